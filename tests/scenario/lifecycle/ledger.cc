#include "tests/scenario/lifecycle/ledger.h"

#include <algorithm>

namespace tests::lifecycle {

namespace {

constexpr Millis kMailTravels = 7 * kDay + kHour + 10 * kMinute;  // drain, TTL and slack, by default
constexpr Millis kSlack = 10 * kMinute;
constexpr Millis kNegativeTtl = 300 * kSecond;
constexpr const char* kRevoked = "p=";

}  // namespace

std::string Ledger::content_of(const zonestore::SlotView& slot) {
  if (slot.record_text.empty()) {
    return "";
  }
  return slot.key_id.empty() ? kRevoked : slot.key_id;
}

void Ledger::serve(Name& name, const std::string& what, Millis ttl, Millis truly) {
  if (name.contents.empty() || name.contents.back().what != what) {
    if (!name.contents.empty()) {
      name.contents.back().ended = truly;
    }
    name.contents.push_back({what, what.empty() ? kNegativeTtl : 0, std::nullopt});
  }
  name.contents.back().largest_ttl = std::max(name.contents.back().largest_ttl, ttl);
}

bool Ledger::may_be_remembered(const Name& name, Millis truly) {
  const std::string& now = name.contents.back().what;
  return std::any_of(name.contents.begin(), name.contents.end(), [&](const Content& each) {
    return each.ended && each.what != now && truly - *each.ended < each.largest_ttl + kSlack;
  });
}

std::string Ledger::text_of(const Name& name, Millis truly) {
  std::string text;
  for (const Content& each : name.contents) {
    text += (each.what.empty() ? "nothing" : each.what) + " TTL " + std::to_string(each.largest_ttl / kSecond) +
            (each.ended ? ", until " + std::to_string((truly - *each.ended) / kSecond) + " s ago; " : ", now");
  }
  return text;
}

std::string Ledger::look(const std::string& code, const Seen& view, Millis truly, bool is_planned) {
  Institution& institution = institutions_[code];
  const auto signs = [&](std::size_t slot) {
    const std::string& key = institution.names.at(slot).contents.back().what;
    keys_[code][key].last_signed = truly;
  };
  if (institution.active) {
    signs(*institution.active);  // until now
  }
  for (std::size_t slot = 0; slot < institution.names.size(); ++slot) {
    const zonestore::SlotView* const seen = view ? &view->slots.at(slot) : nullptr;
    serve(institution.names.at(slot), seen != nullptr ? content_of(*seen) : "",
          seen != nullptr ? zonestore::seconds(seen->ttl) * kSecond : 0, truly);
    const bool is_remembered = may_be_remembered(institution.names.at(slot), truly);
    if (seen != nullptr && seen->state == zonestore::dkim::SlotState::kStandby && is_remembered) {
      return code + ": sel" + std::to_string(slot + 1) +
             " is called ripe, and resolvers may hold what was before: " + text_of(institution.names.at(slot), truly);
    }
  }
  const std::optional<std::size_t> before = institution.active;
  institution.active = view && view->active
                           ? std::optional(*view->active == zonestore::dkim::SlotId::kSel1 ? std::size_t{0} : 1)
                           : std::nullopt;
  if (institution.active) {
    signs(*institution.active);
    if (is_planned && before && before != institution.active &&
        may_be_remembered(institution.names.at(*institution.active), truly)) {
      return code + ": signing moved to a key in whose place resolvers may hold another";
    }
  }
  return check_mail(code, truly);
}

// What is under way needs its key, and what was revoked is gone for good.
std::string Ledger::check_mail(const std::string& code, Millis truly) const {
  const auto of_code = keys_.find(code);
  if (of_code == keys_.end()) {
    return {};
  }
  const std::array<Name, 2>& names = institutions_.at(code).names;
  for (const auto& [id, key] : of_code->second) {
    const bool is_served = std::any_of(names.begin(), names.end(),
                                       [&id = id](const Name& name) { return name.contents.back().what == id; });
    if (key.is_revoked && is_served) {
      return code + ": key " + id + " is served again, and was revoked";
    }
    if (!key.is_revoked && !is_served && key.last_signed && truly - *key.last_signed < kMailTravels) {
      return code + ": key " + id + " is gone " + std::to_string(truly - *key.last_signed) + " ms after it signed";
    }
  }
  return {};
}

void Ledger::revoke(const std::string& code, std::size_t slot) {
  const auto found = institutions_.find(code);
  if (found == institutions_.end() || found->second.names.at(slot).contents.empty()) {
    return;
  }
  const std::string& key = found->second.names.at(slot).contents.back().what;
  if (!key.empty() && key != kRevoked) {
    keys_[code][key].is_revoked = true;
  }
}

void Ledger::forget_since(const Ledger& then) {
  keys_ = then.keys_;
  for (auto each = institutions_.begin(); each != institutions_.end();) {
    const auto known = then.institutions_.find(each->first);
    const bool was_known = known != then.institutions_.end() &&
                           std::any_of(known->second.names.begin(), known->second.names.end(), [](const Name& name) {
                             return name.contents.size() > 1 || !name.contents.back().what.empty();
                           });
    each->second.active.reset();
    each = was_known ? std::next(each) : institutions_.erase(each);
  }
}

}  // namespace tests::lifecycle
