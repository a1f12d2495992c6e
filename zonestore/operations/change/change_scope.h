// One change, whole: a write transaction in which an operation alters rows, publishes zones and leaves its audit
// row. For the sources of zonestore/operations only. Errors: db::Failure is thrown; whatever is not finished is
// rolled back.
#pragma once

#include <map>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/operations/change/audit_writer.h"
#include "zonestore/operations/change/context.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/publish/publisher.h"

namespace zonestore {

class ChangeScope {
 public:
  // Takes the write lock; then reads the clock, so that what waited for the lock is not dated before it.
  ChangeScope(Store& store, const ChangeContext& context, std::string command, std::string subject);
  // Of a change that was not finished nothing stays but its moment; in a dry run not even that.
  ~ChangeScope();
  ChangeScope(const ChangeScope&) = delete;
  ChangeScope& operator=(const ChangeScope&) = delete;
  ChangeScope(ChangeScope&&) = delete;
  ChangeScope& operator=(ChangeScope&&) = delete;

  [[nodiscard]] db::Connection& connection() { return store_.connection; }
  [[nodiscard]] Store::Impl& store() { return store_; }
  [[nodiscard]] const Now& now() const { return now_; }
  [[nodiscard]] const Moment& moment() const { return now_.moment; }
  [[nodiscard]] WallTime wall() const { return now_.moment.wall; }

  // The institution that this change is of, as the caller expects it to be. Throws kNotFound if there is none or it
  // has departed; kRefused/kExpect if another slot signs than the one that the caller named.
  [[nodiscard]] rows::InstitutionRow institution(const dkim::Code& code);

  // The record sets of one zone that this change touches.
  [[nodiscard]] ZoneChange& zone(const PublishedZone& zone);
  void publish(const rows::InstitutionRow& institution);
  // A zone has come or gone: the catalog, if there is one, says so.
  void publish_catalog();

  // The wall clock is right, an operator says. What it should have said as far as was known comes back.
  std::optional<WallTime> accept_clock();

  // Publishes, writes the audit row and commits. In a dry run all of it is done and then rolled back, or kept in
  // memory where later steps are to see it. Throws kUnknown if it cannot be told whether the change was made: nothing
  // is taken back or destroyed for it then.
  void finish(const AuditNote& note, Changed& outcome);

 private:
  void publish_zones(Changed& outcome);
  void commit(Changed& outcome);
  void keep_moment();
  void complete_bulk_item();

  Store::Impl& store_;
  const ChangeContext& context_;
  std::string command_;
  std::string subject_;
  db::Transaction transaction_;
  KeptTime kept_;  // before this change
  Now now_;
  bool ended_ = false;
  struct Touched {
    Name apex;
    ZoneChange change;
  };
  std::map<ZoneId, Touched> zones_;
};

// The guard that the caller overrides, if any.
[[nodiscard]] std::optional<Guard> overridden(const ChangeContext& context);

// The institution, or a Failure: kNotFound if there is none or it has departed.
[[nodiscard]] rows::InstitutionRow require_institution(db::Connection& connection, const dkim::Code& code);
// The same, as the caller of a change expects it to be (ChangeContext::expect): else kRefused/kExpect. Of what is
// asked before the change's own transaction, in which ChangeScope::institution asks again.
[[nodiscard]] rows::InstitutionRow require_expected(db::Connection& connection, const dkim::Code& code,
                                                    const ChangeContext& context);

// An institution's state for the audit: phase, active slot, each slot's state and key id.
[[nodiscard]] AuditValue audit_state(const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                                     const Now& now);

}  // namespace zonestore
