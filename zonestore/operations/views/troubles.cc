#include "zonestore/operations/views/troubles.h"

#include <algorithm>

#include "zonestore/base/joined.h"

namespace zonestore {
namespace {

std::string listed(const std::vector<std::string>& codes, std::uint64_t count) {
  return joined(codes, " ") + (codes.size() < count ? " ..." : "");
}

// Collects them: critical ones first, as they were found.
class Finder {
 public:
  explicit Finder(const StoreStatus& status) : status_(status) {}

  std::vector<Trouble> find() {
    for (const OwnServerSeen& server : status_.servers.seen) {
      look_at(server);
    }
    for (const SecondaryNow& secondary : status_.secondaries) {
      look_at(secondary);
    }
    for (const LastLook& look : status_.looks) {
      if (!look.fault.empty()) {
        critical("content", look.fault, look.at, look.what == "log" ? "zonectl log verify" : "zonectl store verify");
      }
    }
    if (status_.clock.identity == ClockIdentity::kUnknown) {
      critical("clock", "no time passes: nobody can say whose clock this is", std::nullopt, "zonectl status --json");
    }
    for (const Attention& each : status_.attention) {
      look_at(each);
    }
    for (const SignerView& signer : status_.signers) {
      look_at(signer);
    }
    look_at_maintain();
    if (status_.evidence_against > 0) {
      warning("evidence",
              "not right in the DNS when last looked at: " +
                  listed(status_.evidence_against_codes, status_.evidence_against),
              std::nullopt, "zonectl check INST");
    }
    std::stable_sort(troubles_.begin(), troubles_.end(),
                     [](const Trouble& left, const Trouble& right) { return left.severity > right.severity; });
    return std::move(troubles_);
  }

 private:
  void critical(std::string what, std::string text, std::optional<WallTime> since, std::string run) {
    troubles_.push_back({std::move(what), Severity::kCritical, std::move(text), since, std::move(run)});
  }
  void warning(std::string what, std::string text, std::optional<WallTime> since, std::string run) {
    troubles_.push_back({std::move(what), Severity::kWarning, std::move(text), since, std::move(run)});
  }

  [[nodiscard]] const ZoneNow* find_zone(const Name& apex) const {
    const auto found = std::find_if(status_.zones.begin(), status_.zones.end(),
                                    [&apex](const ZoneNow& zone) { return zone.apex == apex; });
    return found == status_.zones.end() ? nullptr : &*found;
  }
  // When the store got the serial that it has.
  [[nodiscard]] std::optional<WallTime> changed_of(const Name& apex) const {
    const ZoneNow* const zone = find_zone(apex);
    return zone == nullptr ? std::nullopt : zone->changed;
  }

  void look_at(const OwnServerSeen& server) {
    const std::string of_zone = " for " + server.zone.to_text_no_dot();
    switch (server.state) {
      case OwnServerSeen::State::kBehind:
        critical("server-behind",
                 server.server + " is behind" + of_zone + ": serial " + std::to_string(server.serial->value) +
                     ", the store has " + std::to_string(server.stored.value),
                 changed_of(server.zone), "zonectl check --own");
        break;
      case OwnServerSeen::State::kAhead:
        critical("server-ahead",
                 server.server + " is ahead" + of_zone + ": serial " + std::to_string(server.serial->value) +
                     ", the store has " + std::to_string(server.stored.value),
                 std::nullopt, raise_above(server.zone, *server.serial));
        break;
      case OwnServerSeen::State::kSilent:
        critical("server-silent", server.server + " does not answer" + of_zone, std::nullopt, "zonectl check --own");
        break;
      case OwnServerSeen::State::kLame:
        critical("server-silent",
                 server.server + " answers, and does not serve " + server.zone.to_text_no_dot() +
                     (server.detail.empty() ? "" : ": " + server.detail),
                 std::nullopt, "zonectl check --own");
        break;
      case OwnServerSeen::State::kFollows:
      case OwnServerSeen::State::kNeverAnswered:
        break;
    }
  }

  // The same serial would be current for whoever has it.
  static std::string raise_above(const Name& zone, Serial serial) {
    return "zonectl zone serial " + zone.to_text_no_dot() + " --at-least " + std::to_string(serial.value + 1);
  }

  // One that was current when it was looked at is not behind because the store has changed since.
  void look_at(const SecondaryNow& secondary) {
    const SecondarySeen& seen = secondary.seen;
    const std::string head = "secondary " + secondary.name;
    const std::string run = "zonectl secondary check " + secondary.name;
    if (seen.verdict == Verdict::kAhead) {
      critical("secondary-ahead", head + " is ahead" + serials_text(seen), std::nullopt,
               raise_above(seen.zone, *seen.serial));
    } else if (seen.verdict == Verdict::kUnreachable) {
      warning("secondary-silent", head + " does not answer for " + seen.zone.to_text_no_dot(), std::nullopt, run);
    } else if (seen.verdict == Verdict::kLame) {
      warning("secondary-silent",
              head + " answers, and does not serve " + seen.zone.to_text_no_dot() +
                  (seen.detail.empty() ? "" : ": " + seen.detail),
              std::nullopt, run);
    } else if (seen.verdict == Verdict::kLagging && seen.then != Verdict::kOk) {
      warning("secondary-behind", head + " is behind" + serials_text(seen), std::nullopt, run);
    }
  }

  // " for dkim.secutix.com: serial 19, the store has 20"
  [[nodiscard]] std::string serials_text(const SecondarySeen& seen) const {
    const ZoneNow* const zone = find_zone(seen.zone);
    return " for " + seen.zone.to_text_no_dot() + ": serial " + std::to_string(seen.serial->value) +
           (zone == nullptr ? "" : ", the store has " + std::to_string(zone->serial.value));
  }

  void look_at(const Attention& each) {
    const std::string text = std::to_string(each.count) + " " + each.text + ": " + listed(each.codes, each.count);
    if (each.what == "not-signing") {
      critical(each.what, text, each.since, each.run);
    } else {
      warning(each.what, text, each.since, each.run);
    }
  }

  void look_at(const SignerView& signer) {
    const std::string head = "signer " + signer.name + " ";
    const bool is_late = signer.enabled && !signer.taken && signer.open > 0 && signer.since &&
                         status_.as_of - *signer.since > limit_of(signer);
    if (is_late) {
      critical("signer-late",
               head + "has not followed " + std::to_string(signer.open) +
                   (signer.open == 1 ? " institution" : " institutions") +
                   (signer.failure.empty() ? "" : ": " + signer.failure),
               signer.since, "zonectl signer sync " + signer.name);
    } else if (needs_attention(signer)) {
      warning("signer", head + reason_of(signer), signer.taken ? signer.taken : signer.since,
              signer.taken ? "zonectl signer remove " + signer.name
                           : "zonectl signer sync " + signer.name + (signer.enabled ? "" : " --enable"));
    }
  }

  // What nobody has tried yet waits for maintain.
  [[nodiscard]] Seconds limit_of(const SignerView& signer) const {
    return signer.failure.empty() ? std::max(kMaintainIsLate, status_.signer_limit) : status_.signer_limit;
  }

  static std::string reason_of(const SignerView& signer) {
    if (signer.taken) {
      return "was taken: it is off for good";
    }
    if (!signer.enabled) {
      return "is switched off since a restore";
    }
    return signer.open > 0 && !signer.failure.empty() ? "has not followed: " + signer.failure
                                                      : "has files that somebody altered";
  }

  void look_at_maintain() {
    if (!status_.maintain_due_since || status_.as_of - *status_.maintain_due_since <= kMaintainIsLate) {
      return;
    }
    std::string text = "maintain is late";
    if (status_.maintain_due > 0) {
      text += " for " + std::to_string(status_.maintain_due) +
              " of them: " + listed(status_.maintain_due_codes, status_.maintain_due);
    }
    if (status_.spf_step_due) {
      text += std::string(status_.maintain_due > 0 ? ", and" : "") + " for the SPF records (zonectl spf show)";
    }
    warning("maintain-late", text, status_.maintain_due_since, "zonectl maintain");
  }

  const StoreStatus& status_;
  std::vector<Trouble> troubles_;
};

}  // namespace

std::string_view to_text(Severity severity) {
  return severity == Severity::kCritical ? "critical" : "warning";
}

std::vector<Trouble> troubles_of(const StoreStatus& status) {
  return Finder(status).find();
}

bool needs_attention(const StoreStatus& status) {
  return !troubles_of(status).empty();
}

}  // namespace zonestore
