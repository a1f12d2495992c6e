#include "tools/zonectl/commands/secondary_list.h"

#include <algorithm>

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/secondary_words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl::secondary {
namespace {

using zonestore::Name;
using zonestore::SecondarySeen;
using zonestore::SecondaryView;

struct ListOptions {};

void no_arguments(Arguments&, ListOptions&) {}

const SecondarySeen* find_seen(const SecondaryView& secondary, const Name& zone) {
  const auto found = std::find_if(secondary.seen.begin(), secondary.seen.end(),
                                  [&zone](const SecondarySeen& each) { return each.zone == zone; });
  return found == secondary.seen.end() ? nullptr : &*found;
}

Cell state_cell(const SecondaryView& secondary, const SecondarySeen* seen) {
  if (!secondary.enabled) {
    return {"disabled", Style::kCaution};
  }
  if (seen == nullptr) {
    return {"not seen yet"};
  }
  return {state_text(*seen), seen->verdict == zonestore::Verdict::kOk ? Style::kGood : Style::kCaution};
}

// A row for each of its zones: however many there are, a line stays as wide as it is.
void add_rows(Table& table, const Times& times, const SecondaryView& secondary) {
  for (const Name& zone : secondary.zones) {
    const SecondarySeen* const seen = secondary.enabled ? find_seen(secondary, zone) : nullptr;
    table.add({{secondary.name, Style::kBold},
               {keys_text(secondary)},
               {zone.to_text_no_dot()},
               {seen != nullptr && seen->serial ? std::to_string(seen->serial->value) : ""},
               state_cell(secondary, seen),
               {seen != nullptr ? times.text(seen->seen) : ""}});
  }
}

void write_list(const Session& session, const std::vector<SecondaryView>& secondaries) {
  Table table(session.out(), session.terminal(), {"NAME", "KEY", "ZONE", "SERIAL", "STATE", "SEEN"});
  for (const SecondaryView& secondary : secondaries) {
    add_rows(table, session.times(), secondary);
  }
  table.finish("no secondary is enrolled; zonectl secondary add NAME --address ADDRESS --key KEY");
}

zonestore::Result<ExitCode> list(Session& session, const ListOptions&) {
  const auto in_json = [](const std::vector<SecondaryView>& secondaries) {
    return Json{{"secondaries", json_array(secondaries)}};
  };
  return session.tell(session.read([](zonestore::Store& store) { return list_secondaries(store); }), in_json,
                      write_list);
}

}  // namespace

void define_list(CommandLine& secondary) {
  secondary.command<ListOptions>({"list", "list the secondaries, and what was last seen of each in each of its zones",
                                  "zonectl secondary list", exits_of_reading(), For::kOperators},
                                 no_arguments, list);
}

}  // namespace zonectl::secondary
