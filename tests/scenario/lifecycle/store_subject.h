// A real store as the subject, driven through zonestore's operations, and looked at in two ways: as its readers see
// the institution, and as the zone is published.
//
// Its disk fails under one command in seven, once or until the command has ended. What is said to be not done is done
// again, and must then be as if it were the first time; of what is not known the audit log decides.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/scenario/lifecycle/subject.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temp_directory.h"
#include "zonestore/operations/bulk/bulk_runs.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/views/checking.h"

namespace tests::lifecycle {

namespace dkim = zonestore::dkim;
using zonestore::Guard;
using zonestore::Store;

[[nodiscard]] inline zonestore::Name name(std::string_view text) {
  return zonestore::Name::parse(text).value();
}

[[nodiscard]] inline std::optional<dkim::SlotId> slot_from(const std::optional<int>& slot) {
  return slot ? std::optional(dkim::kSlots.at(static_cast<std::size_t>(*slot))) : std::nullopt;
}

// One change: one transaction, one audit row.
template <class T>
[[nodiscard]] Answer answer_from(const zonestore::Result<T>& result) {
  return result ? answer_done(result->changed, result->changed ? 1 : 0) : answer_of(result.error());
}

class StoreSubject final : public Subject {
 public:
  StoreSubject(const Timeline& timeline, int institutions);

  Answer apply(const Command& command) override;
  Picture picture(int who) override;
  std::string check_after(const Command& command, const Verdict& verdict) override;
  void reboot() override {
    at_work_.reset();
    open();
  }

 private:
  // What of a selector is in the zone.
  struct Published {
    zonestore::Bytes rdata;
    zonestore::Ttl ttl{};
    friend bool operator==(const Published&, const Published&) = default;
  };
  struct PublishedZone {
    zonestore::Serial serial;
    zonestore::Bytes soa;
    std::vector<std::optional<Published>> selectors;
  };

  [[nodiscard]] std::filesystem::path dir() const { return temp_.path() / "store"; }
  void open() {
    store_.reset();
    store_.emplace(Store::open(dir(), Store::Access::kWrite, clock_).value());
    store_->run_commands_as({1000, 1000});
  }
  [[nodiscard]] static zonestore::ChangeContext context(const Command& command) {
    zonestore::ChangeContext context{{"tester", "tester"}, std::nullopt, command.dry_run};
    if (const auto guard = zonestore::guard_from_code(command.lifts)) {
      context.override_guard = zonestore::Override{*guard, "property test"};
    }
    context.expect = slot_from(command.expect);
    return context;
  }
  [[nodiscard]] std::optional<dkim::Code> code(const Command& command) const {
    return command.who == kWholeStore ? std::nullopt
                                      : std::optional(codes_.at(static_cast<std::size_t>(command.who)));
  }

  Answer perform(const Command& command);
  Answer perform_on_a_failing_disk(const Command& command);
  Answer add(const Command& command);
  Answer revoke(const Command& command);
  Answer see(const Command& command);
  Answer rotate(const Command& command);
  Answer judge_by_policy(const Command& command);
  [[nodiscard]] zonestore::Look look(const zonestore::InstitutionView& view, int slot, Sight sight);
  Answer maintain(const Command& command);
  Answer set_policy(const Command& command);
  Answer set_negative_ttl(const Command& command);
  Answer rotate_without_private_key(const Command& command);
  Answer rotate_with_stale_signer(const Command& command);
  Answer rotate_unfollowed(const Command& command);
  Answer bulk(const Command& command);
  Answer begin_bulk(const Command& command);
  Answer resume_bulk(const Command& command);
  Answer give_up_bulk(const Command& command);
  Answer serve_bulk(const Command& command, zonestore::BulkRun run);

  [[nodiscard]] int number_of(const std::string& key_id);
  [[nodiscard]] SlotPicture slot_picture(const zonestore::SlotView& view);
  [[nodiscard]] std::int64_t newest_audit_id();
  [[nodiscard]] PublishedZone published();
  [[nodiscard]] std::string check_publication(const Verdict& verdict, bool dry_run);
  [[nodiscard]] std::string check_private_halves();

  FaultyDisk& disk_ = FaultyDisk::get();  // before anything is opened
  int eligible_ = 0;                      // commands whose disk may fail
  int stale_signers_ = 0;
  TempDirectory temp_{directory_in_memory()};
  TimelineClock clock_;
  std::optional<Store> store_;
  std::vector<dkim::Code> codes_;
  std::map<std::string, int> numbers_;         // of keys, by id
  std::optional<zonestore::BulkRun> at_work_;  // a bulk run whose process waits for its turn: it holds the lock
  std::int64_t audit_id_ = 0;
  PublishedZone published_;
};

}  // namespace tests::lifecycle
