// Tells secondaries of new serials: sockets, clock and chance for notify_plan.h.
//
// A NOTIFY goes from a socket of its own, so from a random port, and its answer counts only from the address that was
// asked. It leaves from an address that the secondary knows: one that is set, else one that dnsd listens on.
//
// Threads: the service's. What is handed in outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "dnsd/transfer/in_force.h"
#include "dnsd/transfer/notify_plan.h"
#include "dnsd/transfer/settings.h"
#include "dnsd/util/log.h"

namespace dnsd::transfer {

class Notifier {
 public:
  Notifier(boost::asio::io_context& context, const InForce& in_force, const Settings& settings,
           std::vector<zonestore::SocketAddress> listening, const util::Log& log);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  Notifier(Notifier&&) = delete;
  Notifier& operator=(Notifier&&) = delete;
  ~Notifier();

  // What is in force has changed, perhaps.
  void look();
  // A peer has asked for a zone: it is there, and if it has signed, it knows that key.
  void note_request(zonestore::SecondaryId peer, const std::optional<zonestore::Name>& key);
  void stop();

 private:
  struct UnderWay;

  void set_plan(const InForce::Seen& now);
  void send_due();
  void send(const NotifyPlan::Sending& sending);
  [[nodiscard]] const wire::TsigKey* key_for(const zonestore::Peer& peer, unsigned attempt) const;
  [[nodiscard]] bool bind_source(int socket, const zonestore::SocketAddress& target);
  void wait_for_answer(const std::shared_ptr<UnderWay>& under_way);
  void take_answer(const std::shared_ptr<UnderWay>& under_way);
  void say(const NotifyTarget& target, NotifyPlan::Said said, const std::string& detail);
  void note_missing_keys();
  void note_other_keys();
  [[nodiscard]] const zonestore::Peer* find(zonestore::SecondaryId peer) const;

  boost::asio::io_context& context_;
  const InForce& in_force_;
  const Settings& settings_;
  std::vector<zonestore::SocketAddress> listening_;
  const util::Log& log_;
  NotifyPlan plan_;
  boost::asio::steady_timer timer_;
  std::mt19937 random_;
  bool said_no_source_ = false;
  std::optional<InForce::Seen> seen_;  // that the plan was set by
  std::map<zonestore::SecondaryId, zonestore::Name> used_keys_;
  std::map<zonestore::SecondaryId, bool> had_key_;
  std::shared_ptr<const wire::TsigKeys> keys_;  // that were in force at the last look
  std::vector<std::shared_ptr<UnderWay>> under_way_;
};

}  // namespace dnsd::transfer
