#include "tools/zonectl/commands/list_columns.h"

#include <algorithm>
#include <array>

#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/suggestion.h"
#include "zonestore/base/joined.h"

namespace zonectl::list {
namespace {

using zonestore::ListedInstitution;

constexpr std::size_t kDefaultColumns = 8;

std::string text_of(const std::optional<zonestore::WallTime>& time, const Times& times) {
  return time ? times.plain(*time) : "";
}

std::string slots_text(const ListedInstitution& institution) {
  return zonestore::joined(institution.slots, "/",
                           [](const zonestore::SlotView& slot) { return to_text(slot.state); });
}

Cell slot_cell(const ListedInstitution& institution, std::size_t index) {
  const zonestore::SlotView& slot = institution.slots.at(index);
  return {std::string(to_text(slot.state)), style_of(slot.state)};
}

// "ready", or the guard that stands in the way of a rotation.
Cell rotate_cell(const ListedInstitution& institution, const Times&) {
  if (!institution.rotate_refusal) {
    return {"ready", Style::kGood};
  }
  if (const auto& refusal = institution.rotate_refusal->refusal) {
    return {std::string(zonestore::guard_code(refusal->guard)), Style::kCaution};
  }
  return {"", Style::kPlain};
}

Cell domains_cell(const ListedInstitution& institution, const Times&) {
  return {zonestore::joined(institution.domains, " ",
                            [](const zonestore::Name& domain) { return domain.to_text_no_dot(); })};
}

Cell attention_cell(const ListedInstitution& institution, const Times&) {
  return {zonestore::joined(institution.attention, ","), Style::kCaution};
}

constexpr std::array kColumns{
    Column{"code", "CODE", "",
           [](const auto& each, const Times&) -> Cell {
             return {each.code, Style::kBold};
           }},
    Column{"phase", "PHASE", "",
           [](const auto& each, const Times&) -> Cell { return {std::string(to_text(each.phase))}; }},
    Column{"signs", "SIGNS", "the slot that signs",
           [](const auto& each, const Times&) -> Cell {
             return {each.active ? zonestore::dkim::to_text(*each.active) : ""};
           }},
    Column{"sel1", "SEL1", "", [](const auto& each, const Times&) { return slot_cell(each, 0); }},
    Column{"sel2", "SEL2", "", [](const auto& each, const Times&) { return slot_cell(each, 1); }},
    Column{"rotate", "ROTATE", "ready, or the guard that stands in its way", rotate_cell},
    Column{"due", "DUE", "whether maintain has something to do",
           [](const auto& each, const Times&) -> Cell {
             return {each.maintain_due ? "due" : "", Style::kCaution};
           }},
    Column{"domains", "DOMAINS", "", domains_cell},
    Column{"state", "STATE", "of sel1 and sel2 in one: ACTIVE/STANDBY",
           [](const auto& each, const Times&) -> Cell { return {slots_text(each)}; }},
    Column{"attention", "ATTENTION", "why somebody must look at it", attention_cell},
    Column{"seen", "SEEN", "never: nobody ever saw an answer about it in the DNS",
           [](const auto& each, const Times&) -> Cell {
             return {each.never_seen ? "never" : "", Style::kCaution};
           }},
    Column{"frozen", "FROZEN", "since when",
           [](const auto& each, const Times& times) -> Cell {
             return {each.frozen ? times.plain(each.frozen->since) : ""};
           }},
    Column{"rotates", "ROTATES", "when policy will rotate it",
           [](const auto& each, const Times& times) -> Cell { return {text_of(each.next_rotation, times)}; }},
    Column{"leaves", "LEAVES", "when a removed one's records may leave",
           [](const auto& each, const Times& times) -> Cell { return {text_of(each.leaves_at, times)}; }},
    Column{"key", "KEY", "the type of its new keys",
           [](const auto& each, const Times&) -> Cell {
             return {std::string(zonestore::crypto::to_text(each.algorithm))};
           }},
    Column{"added", "ADDED", "",
           [](const auto& each, const Times& times) -> Cell { return {times.plain(each.added)}; }},
};

}  // namespace

std::vector<Column> default_columns() {
  return {kColumns.begin(), kColumns.begin() + kDefaultColumns};
}

zonestore::Result<std::vector<Column>> parse_columns(std::string_view text) {
  std::vector<Column> columns;
  while (true) {
    const std::string_view name = text.substr(0, text.find(','));
    const auto* const found =
        std::find_if(kColumns.begin(), kColumns.end(), [name](const Column& each) { return each.name == name; });
    if (found == kColumns.end()) {
      std::vector<std::string> names;
      names.reserve(kColumns.size());
      for (const Column& column : kColumns) {
        names.emplace_back(column.name);
      }
      const std::optional<std::string> meant = nearest(std::string(name), names);
      return zonestore::fail(
          zonestore::ErrorCode::kInvalid, "there is no column of that name",
          (meant ? "did you mean " + *meant + "?  " : "") + "there are: " + zonestore::joined(names, ", "));
    }
    columns.push_back(*found);
    if (name.size() == text.size()) {
      return columns;
    }
    text.remove_prefix(name.size() + 1);
  }
}

std::string columns_help() {
  return zonestore::joined(kColumns, ", ", [](const Column& column) {
    return std::string(column.name) + (column.what.empty() ? "" : " (" + std::string(column.what) + ")");
  });
}

}  // namespace zonectl::list
