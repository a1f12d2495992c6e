// How the outcome of a change and the state of an institution are told in words. Pure: streams are handed in.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "tools/zonectl/text/terminal.h"
#include "tools/zonectl/text/times.h"
#include "zonestore/operations/change/context.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl {

// "moved", or in a dry run "would be moved": `done` and `would` are the two forms.
[[nodiscard]] constexpr std::string_view verb(const zonestore::Changed& changed, std::string_view done,
                                              std::string_view would) {
  return changed.dry_run ? would : done;
}

// " (dkim.secutix.com serial 1764000000)": the zones that the change touched; empty if none.
[[nodiscard]] std::string serials_text(const zonestore::Changed& changed);

// The warnings, what is odd about the clocks, and in a dry run the words that say so. Every changing command ends
// with it.
void write_end(std::ostream& out, const Terminal& terminal, const zonestore::Changed& changed);

[[nodiscard]] Style style_of(zonestore::dkim::SlotState state);

// The slots of an institution, a paragraph each.
void write_slots(std::ostream& out, const Terminal& terminal, const Times& times,
                 const zonestore::InstitutionView& institution);

// "signs with sel1", "is being removed", ...
[[nodiscard]] std::string phase_text(const zonestore::InstitutionView& institution);

}  // namespace zonectl
