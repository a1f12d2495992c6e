#include "tools/zonectl/telling/words.h"

#include <iomanip>

namespace zonectl {

using zonestore::InstitutionView;
using zonestore::SlotView;
using zonestore::dkim::Phase;
using zonestore::dkim::SlotState;

std::string serials_text(const zonestore::Changed& changed) {
  std::string text;
  for (const zonestore::ZoneSerial& zone : changed.zones) {
    if (zone.changed) {
      text +=
          (text.empty() ? " (" : ", ") + zone.apex.to_text_no_dot() + " serial " + std::to_string(zone.serial.value);
    }
  }
  return text.empty() ? text : text + ")";
}

void write_end(std::ostream& out, const Terminal& terminal, const zonestore::Changed& changed) {
  for (const std::string& warning : changed.warnings) {
    out << terminal.styled(Style::kCaution, "warning:") << ' ' << printable(warning) << '\n';
  }
  for (const std::string& note : changed.clock) {
    out << terminal.styled(Style::kCaution, "clock:") << ' ' << printable(note) << '\n';
  }
  if (changed.dry_run) {
    out << terminal.styled(Style::kBold, "dry run: nothing was changed") << '\n';
  }
}

Style style_of(SlotState state) {
  switch (state) {
    case SlotState::kActive:
    case SlotState::kStandby:
      return Style::kGood;
    case SlotState::kPublished:
    case SlotState::kDraining:
      return Style::kCaution;
    case SlotState::kRevoked:
      return Style::kBad;
    case SlotState::kEmpty:
    case SlotState::kDrained:
      break;
  }
  return Style::kDim;
}

namespace {

constexpr std::string_view kIndent = "        ";  // under the slot's state

void write_slot_line(std::ostream& out, const Terminal& terminal, const SlotView& slot) {
  constexpr std::size_t kStateWidth = 9;  // PUBLISHED
  const std::string_view state = zonestore::dkim::to_text(slot.state);
  out << "  " << terminal.styled(Style::kBold, zonestore::dkim::to_text(slot.slot)) << "  "
      << terminal.styled(style_of(slot.state), state);
  if (!slot.record_text.empty() || slot.fresh) {
    out << std::string(state.size() < kStateWidth ? kStateWidth - state.size() : 0, ' ');
    if (slot.algorithm) {
      out << "  " << zonestore::crypto::to_text(*slot.algorithm) << "  "
          << (slot.fresh            ? "a fresh key"
              : slot.key_id.empty() ? "the key given"
                                    : "key " + slot.key_id);
    }
    out << "  TTL " << zonestore::seconds(slot.ttl) << "  answer " << slot.answer_size_bytes << " bytes";
  }
  out << '\n';
}

void write_slot_time(std::ostream& out, const Times& times, std::string_view what, zonestore::WallTime time) {
  out << kIndent << std::left << std::setw(12) << what << times.text(time) << '\n';
}

}  // namespace

void write_slots(std::ostream& out, const Terminal& terminal, const Times& times,
                 const InstitutionView& institution) {
  for (const SlotView& slot : institution.slots) {
    write_slot_line(out, terminal, slot);
    out << kIndent << terminal.styled(Style::kDim, slot.owner.to_text_no_dot()) << '\n';
    if (slot.published && !slot.key_id.empty()) {
      write_slot_time(out, times, "published", *slot.published);
    }
    if (slot.ripe_at) {
      write_slot_time(out, times, "ripe at", *slot.ripe_at);
    }
    if (slot.drained_at) {
      write_slot_time(out, times, "drained at", *slot.drained_at);
      if (slot.waits_for_signers) {
        out << "        at the earliest: signers have still to follow; zonectl signer list\n";
      }
    }
  }
}

std::string phase_text(const InstitutionView& institution) {
  switch (institution.phase) {
    case Phase::kStarting:
      return institution.starts_with ? "does not sign: begins with " +
                                           zonestore::dkim::to_text(*institution.starts_with) + " once it is ripe"
                                     : "does not sign: it has no fresh key to begin with";
    case Phase::kSigning:
      return "signs with " + (institution.active ? zonestore::dkim::to_text(*institution.active) : "nothing");
    case Phase::kDeparting:
      return "being removed: nothing signs, the records stay until the last mail has arrived; until then zonectl "
             "undo " +
             institution.code + " takes it back";
    case Phase::kDeparted:
      return "removed";
  }
  return {};
}

}  // namespace zonectl
