// A zone of the store as the rules see it, and the rules applied to it. For the sources of this folder only.
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <vector>

#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/static_rows.h"
#include "zonestore/zone/zone_rules.h"

namespace zonestore {

class StoredContent final : public ZoneContent {
 public:
  // Reads the zone's settings now, the rest when it is asked for.
  StoredContent(db::Connection& connection, const PublishedZone& zone);

  [[nodiscard]] const Name& apex() const override { return zone_.apex; }
  [[nodiscard]] std::vector<RecordType> types_at(const Name& owner) override;
  [[nodiscard]] bool is_name_server(const Name& name) override;

  // judge_name over what is stored at that name, at the apex with its NS.
  void judge(const Name& owner, Objections& objections);
  // What stands strictly below the name, until `most` faults are found.
  void judge_below(const Name& owner, std::size_t most, Objections& objections);

 private:
  db::Connection& connection_;
  const PublishedZone& zone_;
  rows::ZoneSettingsRow settings_;
};

// Takes out the addresses at those names that nothing can serve any more: below a zone cut, and no name server's.
// Gives back what it took.
std::vector<RecordSet> take_out_orphaned_glue(db::Connection& connection, ZoneChange& change,
                                              const PublishedZone& zone, const std::vector<Name>& names);

// Takes out the doubts that were there before the change: they came with a zone's file, with a warning.
void forget_known(Objections& objections, const Objections& known);

// Throws the first fault or doubt as a Failure, kRefused if it has a guard; warnings go to `warnings`.
void throw_first_fault(const Objections& objections, std::vector<std::string>& warnings);

}  // namespace zonestore
