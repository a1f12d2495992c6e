#include "tools/zonectl/bulk/opening.h"

#include <set>

namespace zonectl {

using zonestore::ErrorCode;

zonestore::Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                                      const BulkWays& ways, const BulkSteps& steps) {
  if (ways.resume) {
    const auto resumed = resumed_run(session, store, ways.command, change);
    if (!resumed && resumed.error().code == ErrorCode::kNotFound && steps.nothing_to_resume) {
      return steps.nothing_to_resume();
    }
    if (!resumed) {
      return tl::unexpected(resumed.error());
    }
    return steps.resume(*resumed);
  }
  if (ways.give_up) {
    auto given_up = give_up_run(session, store, change, ways.command, *ways.give_up, !ways.begins);
    if (!given_up || !ways.begins) {
      return given_up;
    }
  }
  return steps.begin();
}

zonestore::Result<std::optional<zonestore::dkim::SlotId>> slot_of_many(const std::optional<std::string>& word) {
  if (!word) {
    return std::optional<zonestore::dkim::SlotId>();
  }
  return zonestore::dkim::parse_slot(*word).map([](zonestore::dkim::SlotId slot) { return std::optional(slot); });
}

NamedInstitutions named_institutions(zonestore::Store& store, const std::string& text, const AcceptNamed& accept) {
  NamedInstitutions named;
  std::set<std::string> seen;
  for (const ListedWord& listed : read_list(text)) {
    const auto code = zonestore::dkim::code_in_file("", listed.word);
    if (!code) {
      named.faults.push_back({listed.line, code.error()});
      continue;
    }
    if (!seen.insert(code->text()).second) {
      named.faults.push_back(
          {listed.line, {ErrorCode::kInvalid, code->text() + " is named twice", "", std::nullopt}});
      continue;
    }
    const auto view = show_institution(store, *code);
    const auto accepted = view && accept ? accept(*view) : zonestore::Result<void>{};
    if (!view || !accepted) {
      named.faults.push_back({listed.line, view ? accepted.error() : view.error()});
    } else {
      named.items.push_back({*code, "{}"});
    }
  }
  return named;
}

std::vector<zonestore::BulkPlan::Item> items_of(const std::vector<zonestore::dkim::Code>& codes) {
  std::vector<zonestore::BulkPlan::Item> items;
  items.reserve(codes.size());
  for (const zonestore::dkim::Code& code : codes) {
    items.push_back({code, "{}"});
  }
  return items;
}

}  // namespace zonectl
