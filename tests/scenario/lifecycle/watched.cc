#include "tests/scenario/lifecycle/watched.h"

namespace tests::lifecycle {

std::string Watched::look(const zonestore::InstitutionView& view, const Stamp& now) {
  int active_slots = 0;
  for (const zonestore::SlotView& slot : view.slots) {
    active_slots += slot.state == zonestore::dkim::SlotState::kActive ? 1 : 0;
    if (slot.key_id.empty() || slot.record_text.empty()) {
      return code_ + ": " + to_text(slot.slot) + " publishes no key";
    }
  }
  if (active_slots != 1 || !view.active) {
    return code_ + " has " + std::to_string(active_slots) + " active slots";
  }
  std::string wrong = look_at_move(static_cast<int>(*view.active) - 1, now);
  for (std::size_t slot = 0; slot < 2 && wrong.empty(); ++slot) {
    wrong = look_at_key(slot, view.slots.at(slot).key_id, now);
  }
  return wrong;
}

std::string Watched::look_at_move(int active, const Stamp& now) {
  if (active == active_) {
    return {};
  }
  if (!is_open(window_, now.wall)) {
    return code_ + " rotated outside of its window " + window_.text + ", at " + std::to_string(now.wall);
  }
  if (!is_seen(now)) {
    return code_ + " rotated though nobody had looked for a day";
  }
  const Millis jitter = std::min(jitter_, every_ - kDrain - kRipening);
  if (passed(moved_, now) < every_ - jitter) {
    return code_ + " rotated after " + std::to_string(passed(moved_, now)) + " ms: early";
  }
  if (left_.at(static_cast<std::size_t>(active))) {
    return code_ + " rotated to a slot whose key had signed before and was not replaced";
  }
  left_.at(static_cast<std::size_t>(active_)) = now;
  active_ = active;
  moved_ = now;
  ++rotations_;
  return {};
}

std::string Watched::look_at_key(std::size_t slot, const std::string& key_id, const Stamp& now) {
  std::string& known = keys_.at(slot);
  if (known == key_id) {
    return {};
  }
  if (known.empty()) {
    known = key_id;  // the first look
    return {};
  }
  std::optional<Stamp>& left = left_.at(slot);
  if (!left || passed(*left, now) < kDrain) {
    return code_ + ": a key was replaced " +
           (left ? std::to_string(passed(*left, now)) + " ms after it signed" : "") + ": its drain was cut short";
  }
  left.reset();
  known = key_id;
  ++replaced_;
  return {};
}

std::string Watched::missed(const Stamp& now) const {
  const bool is_looked_at = is_seen(now) && passed(*seen_, now) < kDay - kClocksApart;
  if (is_looked_at && is_certainly_due(now) && is_open(window_, now.wall)) {
    return code_ + " has missed a rotation: the last is " + std::to_string(passed(moved_, now)) + " ms ago";
  }
  if (is_looked_at && certain(*seen_since_, now) > 15 * kDay && certain(moved_, now) > every_ + jitter_ + 15 * kDay) {
    return code_ + " has not rotated for " + std::to_string(passed(moved_, now)) + " ms";
  }
  for (const std::optional<Stamp>& left : left_) {
    if (left && certain(*left, now) > kDrain + kClocksApart) {
      return code_ + " keeps a key for " + std::to_string(passed(*left, now)) + " ms after it signed";
    }
  }
  return {};
}

bool Watched::may_have_work(const Stamp& now) const {
  if (passed(moved_, now) > every_ && is_open(window_, now.wall)) {
    return true;
  }
  return (left_[0] && passed(*left_[0], now) > kDrain) || (left_[1] && passed(*left_[1], now) > kDrain);
}

}  // namespace tests::lifecycle
