// A run of `check`: our own name servers and institutions looked at by the child, what was seen kept for rotations,
// and told as it comes. It prints nothing.
//
// What was right when somebody looked before, and is bad now, may be a server that is slow today: where all are
// looked at, such an institution is looked at again at the end, and only what both looks say is bad. Without a
// resolver that answers no domain can be looked at: that is said once, and the domains are left out. It is asked only
// if there is a domain, or a name server of ours whose address nobody gave.
//
// It can be asked to stop between two institutions: what was looked at by then is told and kept. What had turned bad
// and was not looked at again is neither.
//
// Ownership: store, lookout and teller must outlive it. Threads: one. Errors: those of the store; kIo if the child
// does not answer any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "tools/zonectl/probe/institution.h"
#include "zonestore/operations/change/store.h"

namespace zonectl::look {

// What is told, as it comes.
struct Teller {
  std::function<void(std::uint64_t institutions)> expect;
  std::function<void(const zonestore::ExpectedZone&, const std::vector<zonestore::ServerEvidence>&)> servers;
  std::function<void(const probe::Report&)> institution;
  std::function<void(const std::string&)> warning;
  std::function<void()> no_resolver;                                                   // once
  std::function<void(std::uint64_t institutions, std::chrono::seconds left)> waiting;  // for a second look
};

class Campaign {
 public:
  struct Manner {
    bool keeps_evidence = true;
    bool tries_keys = true;          // whether the private keys fit; it needs the vault
    bool has_named_servers = false;  // ours are asked at addresses that the caller gave
    std::chrono::milliseconds again_after{std::chrono::minutes{1}};
    // Waits that long, or until somebody asks it to stop: then it is true, and stays so. Empty: nobody does.
    std::function<bool(std::chrono::milliseconds)> stops_within{};
  };

  Campaign(zonestore::Store& store, Lookout& lookout, Manner manner, const Teller& teller)
      : store_(store), lookout_(lookout), manner_(manner), teller_(teller) {}

  // Each: our own name servers first.
  [[nodiscard]] zonestore::Result<void> look_at_own();
  [[nodiscard]] zonestore::Result<void> look_at(const std::vector<zonestore::dkim::Code>& codes);
  [[nodiscard]] zonestore::Result<void> look_at_all();

  // It was asked to stop, and did before it was through.
  [[nodiscard]] bool was_stopped() const { return was_stopped_; }
  // Those that had turned bad and were not looked at again for it.
  [[nodiscard]] std::uint64_t left_in_doubt() const { return left_in_doubt_; }

 private:
  // An institution that is being looked at.
  struct Begun {
    std::uint32_t number = 0;
    zonestore::CheckSubject subject;
  };
  // One that has turned bad.
  struct Doubtful {
    zonestore::dkim::Code code;
    probe::Report first;
    SteadyTime seen;
  };
  using Seen = std::vector<zonestore::ServerEvidence>;
  struct DoubtfulZone {
    zonestore::ExpectedZone zone;
    Seen first;
    SteadyTime seen;
  };

  [[nodiscard]] zonestore::Result<void> start(const zonestore::dkim::Code& code);
  [[nodiscard]] zonestore::Result<void> start_in_turn(const zonestore::dkim::Code& code);
  [[nodiscard]] zonestore::Result<void> take_oldest();
  [[nodiscard]] zonestore::Result<void> take_all();
  [[nodiscard]] zonestore::Result<probe::Report> take(Begun begun);
  [[nodiscard]] zonestore::Result<void> look_at_each(const std::vector<zonestore::dkim::Code>& codes);
  [[nodiscard]] zonestore::Result<void> look_at_each_of_all();
  [[nodiscard]] zonestore::Result<void> begin_all();
  [[nodiscard]] zonestore::Result<void> look_again();
  [[nodiscard]] zonestore::Result<void> look_again_at(const DoubtfulZone& doubtful);
  [[nodiscard]] zonestore::Result<void> look_again_at(const Doubtful& doubtful);
  [[nodiscard]] zonestore::Result<Seen> see_zone(const zonestore::ExpectedZone& zone);
  [[nodiscard]] zonestore::Result<bool> begin();
  [[nodiscard]] zonestore::Result<void> need_resolver();
  [[nodiscard]] zonestore::Result<bool> resolver_answers();
  // Without a resolver only name servers whose address the caller gave.
  [[nodiscard]] zonestore::Result<void> leave_out_unseen(probe::Report& report);
  void wait_for(SteadyTime seen);
  [[nodiscard]] bool stops();
  void prove_keys(probe::Report& report, const zonestore::CheckSubject& subject, const std::vector<bool>& served);
  [[nodiscard]] bool has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id);
  void finish(const probe::Report& report);
  void keep_seen();
  void finish(const zonestore::ExpectedZone& zone, const Seen& seen);
  void tell_unkept(const zonestore::Result<void>& kept);
  [[nodiscard]] Task task(Kind kind, const zonestore::ExpectedZone& zone) const;
  [[nodiscard]] tl::unexpected<zonestore::Error> nobody_looks() const;

  zonestore::Store& store_;
  Lookout& lookout_;
  Manner manner_;
  const Teller& teller_;
  bool looks_twice_ = false;
  bool has_resolver_ = true;
  bool has_tried_resolver_ = false;
  bool told_unkept_ = false;
  bool was_stopped_ = false;
  std::uint64_t left_in_doubt_ = 0;
  zonestore::ExpectedZone dkim_zone_;
  std::deque<Begun> begun_;
  std::vector<std::pair<zonestore::dkim::Code, zonestore::Look>> seen_;  // told, and not kept yet
  std::vector<Doubtful> doubtful_;
  std::vector<DoubtfulZone> doubtful_zones_;
};

}  // namespace zonectl::look
