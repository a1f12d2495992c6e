#include "tools/zonectl/telling/monitor_line.h"

#include <algorithm>

#include "tools/zonectl/telling/status_words.h"
#include "tools/zonectl/text/terminal.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/views/troubles.h"

namespace zonectl {

using zonestore::OwnServerSeen;
using zonestore::Seconds;
using zonestore::Severity;
using zonestore::StoreStatus;
using zonestore::Trouble;
using zonestore::WallTime;

namespace {

constexpr std::size_t kTroublesTold = 3;
constexpr std::size_t kLongestText = 400;  // of a message that reaches a telephone

// A bar begins the figures, and a line is one line.
std::string plain(const std::string& text) {
  std::string line = printable(text);
  std::replace(line.begin(), line.end(), '|', '/');
  return line;
}

std::string cut(std::string text) {
  if (text.size() > kLongestText) {
    text.resize(kLongestText);
    text += "...";
  }
  return text;
}

// As the guidelines of the monitoring plug-ins have it: 'label'=value[unit];warn;crit;min. A limit is the last value
// that is still well, so "0" warns if there is any. Labels are promised: graphs are kept under them.
class Figures {
 public:
  void add(const std::string& label, std::uint64_t value, const std::string& limits = ";") {
    zonestore::append_joined(text_, " ", label + "=" + std::to_string(value) + ";" + limits + ";0");
  }
  void add_age(const std::string& label, const std::optional<WallTime>& since, WallTime now,
               const std::string& limits) {
    const Seconds age = since ? std::max(Seconds(0), std::chrono::floor<Seconds>(now - *since)) : Seconds(0);
    zonestore::append_joined(text_, " ", label + "=" + std::to_string(age.count()) + "s;" + limits + ";0");
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::uint64_t counted(const StoreStatus& status, const std::string& what) {
  for (const zonestore::Attention& each : status.attention) {
    if (each.what == what) {
      return each.count;
    }
  }
  return 0;
}

std::uint64_t servers_in(const StoreStatus& status, std::initializer_list<OwnServerSeen::State> states) {
  return static_cast<std::uint64_t>(
      std::count_if(status.servers.seen.begin(), status.servers.seen.end(), [&states](const OwnServerSeen& each) {
        return std::find(states.begin(), states.end(), each.state) != states.end();
      }));
}

std::optional<WallTime> oldest_task(const StoreStatus& status) {
  std::optional<WallTime> oldest;
  for (const zonestore::SignerView& signer : status.signers) {
    if (signer.enabled && !signer.taken && signer.since && (!oldest || *signer.since < *oldest)) {
      oldest = signer.since;
    }
  }
  return oldest;
}

// False: nothing can be said of them, and nothing is held against them.
bool knows_servers(const StoreStatus& status) {
  return status.servers.asked && !status.servers.none_to_ask && status.servers.trouble.empty();
}

std::uint64_t troubles_in(const std::vector<Trouble>& troubles, std::string_view what) {
  return static_cast<std::uint64_t>(std::count_if(troubles.begin(), troubles.end(),
                                                  [what](const Trouble& trouble) { return trouble.what == what; }));
}

std::string figures_of(const StoreStatus& status, const std::vector<Trouble>& troubles) {
  using State = OwnServerSeen::State;
  constexpr const char* kWarnIfAny = "0;";
  constexpr const char* kCriticalIfAny = ";0";
  Figures figures;
  figures.add("institutions", status.institutions);
  figures.add("signing", status.signing);
  figures.add("not_signing", counted(status, "not-signing"), kCriticalIfAny);
  figures.add("ready", status.can_rotate);
  figures.add("ripening", status.ripening);
  figures.add("draining", status.draining);
  figures.add("frozen", status.store_frozen ? status.institutions : status.frozen);
  figures.add("no_standby", counted(status, "no-standby"), kWarnIfAny);
  figures.add("overdue", counted(status, "overdue"), kWarnIfAny);
  figures.add("unseen", status.unseen, kWarnIfAny);
  figures.add("wrong_in_dns", status.evidence_against, kWarnIfAny);
  if (knows_servers(status)) {
    figures.add("servers_ahead", servers_in(status, {State::kAhead}), kCriticalIfAny);
    figures.add("servers_behind", servers_in(status, {State::kBehind}), kCriticalIfAny);
    figures.add("servers_silent", servers_in(status, {State::kSilent, State::kLame}), kCriticalIfAny);
  }
  // In how many zones, each of them.
  figures.add("secondaries_ahead", troubles_in(troubles, "secondary-ahead"), kCriticalIfAny);
  figures.add("secondaries_behind", troubles_in(troubles, "secondary-behind"), kWarnIfAny);
  figures.add("secondaries_silent", troubles_in(troubles, "secondary-silent"), kWarnIfAny);
  figures.add_age("maintain_late", status.maintain_due_since, status.as_of,
                  std::to_string(zonestore::kMaintainIsLate.count()) + ";");
  figures.add_age("signer_late", oldest_task(status), status.as_of,
                  ";" + std::to_string(status.signer_limit.count()));
  figures.add(
      "content_faults",
      static_cast<std::uint64_t>(std::count_if(status.looks.begin(), status.looks.end(),
                                               [](const zonestore::LastLook& look) { return !look.fault.empty(); })),
      kCriticalIfAny);
  return figures.text();
}

std::string told_to_monitor(const Trouble& trouble, WallTime now) {
  return trouble.text + (trouble.since ? " (" + late_text(*trouble.since, now) + ")" : "");
}

std::string told_to_monitor(const std::vector<Trouble>& troubles, WallTime now) {
  std::string text;
  for (std::size_t i = 0; i < std::min(troubles.size(), kTroublesTold); ++i) {
    zonestore::append_joined(text, "; ", told_to_monitor(troubles[i], now));
  }
  text = cut(plain(text));
  return troubles.size() > kTroublesTold
             ? text + "; and " + std::to_string(troubles.size() - kTroublesTold) + " more: zonectl status"
             : text;
}

std::string well(const StoreStatus& status) {
  return std::to_string(status.signing) + " of " + std::to_string(status.institutions) + " institutions sign, " +
         std::to_string(status.can_rotate) + " can rotate" + (status.store_frozen ? ", the store is frozen" : "") +
         (status.servers.asked && !knows_servers(status) ? ", no name server of ours could be asked" : "");
}

}  // namespace

bool asks_for_monitor_line(std::span<const std::string> args) {
  return std::find(args.begin(), args.end(), "status") != args.end() &&
         std::find(args.begin(), args.end(), kMonitorFlag) != args.end();
}

MonitorLine monitor_line(const StoreStatus& status) {
  const std::vector<Trouble> troubles = troubles_of(status);
  if (troubles.empty()) {
    return {MonitorCode::kOk, "ZONESTORE OK - " + well(status) + " | " + figures_of(status, troubles) + "\n"};
  }
  const bool is_critical = troubles.front().severity == Severity::kCritical;
  return {is_critical ? MonitorCode::kCritical : MonitorCode::kWarning,
          std::string("ZONESTORE ") + (is_critical ? "CRITICAL" : "WARNING") + " - " +
              told_to_monitor(troubles, status.as_of) + " | " + figures_of(status, troubles) + "\n"};
}

MonitorLine monitor_line(const zonestore::Error& error) {
  // "Unknown", not "critical": that the store cannot be looked at says nothing of the mail.
  return {MonitorCode::kUnknown, "ZONESTORE UNKNOWN - " + cut(plain(error.message)) + "\n"};
}

}  // namespace zonectl
