#include "zonestore/operations/change/clock_report.h"

#include <algorithm>

namespace zonestore {
namespace {

// Less is what two readings, and a daemon that pulls a clock right, may differ by.
constexpr Milliseconds kFarApart = std::chrono::minutes(5);
constexpr std::string_view kWaits = "drains and ripenings that run";

std::string span_text(Milliseconds span) {
  return to_duration_text(std::chrono::ceil<Seconds>(span));
}

std::string note_on_identity(ClockIdentity identity, const std::string& missing) {
  if (identity == ClockIdentity::kUnknown) {
    return missing + ": nothing is proven to pass, and no drain and no ripening ends until it can be read";
  }
  return missing + ": " + std::string(kWaits) + " count within a boot alone, and last longer by the time that this " +
         "machine is switched off";
}

// Forward it costs nothing: what the wall clock went too far does not count.
std::string note_on_step(const Moment& last, const Moment& now, Milliseconds apart) {
  const Milliseconds ran = now.since_boot - last.since_boot;
  const std::string since = " than the clock that only runs, since " + to_rfc3339(last.wall) + ": ";
  if (apart > Milliseconds(0)) {
    return "the wall clock has gone " + span_text(apart) + " further" + since +
           "that does not count, and what is shown as coming has moved by it; no wait has become shorter or longer";
  }
  const Milliseconds lost = ran - std::clamp(now.wall - last.wall, Milliseconds(0), ran);
  return "the wall clock has gone " + span_text(-apart) + " less far" + since + std::string(kWaits) +
         " last longer by up to " + span_text(lost);
}

}  // namespace

ClockReport clock_report(const KeptTime& kept, const Moment& now, const std::string& missing) {
  ClockReport report;
  report.synchronised = now.synchronised;
  report.identity = kind_of(now.boot_id);
  report.trusted = now.trusted;
  if (kept.known) {
    report.expected = WallTime(now.trusted + *kept.known);
  }
  if (report.identity != ClockIdentity::kBoot) {
    report.notes.push_back(note_on_identity(report.identity, missing));
  } else if (!now.synchronised) {
    report.notes.push_back("the clock is not synchronised: " + std::string(kWaits) +
                           " last longer by the time that this machine is switched off");
  }
  if (kept.last) {
    report.last_kept = kept.last->wall;
    if (share_boot(*kept.last, now)) {
      report.apart = (now.wall - kept.last->wall) - (now.since_boot - kept.last->since_boot);
      if (*report.apart > kFarApart || *report.apart < -kFarApart) {
        report.notes.push_back(note_on_step(*kept.last, now, *report.apart));
      }
    }
  }
  return report;
}

ClockReport report_clock_of(const KeptTime& kept, const Moment& now) {
  const bool is_whole = kind_of(now.boot_id) == ClockIdentity::kBoot;
  return clock_report(kept, now, is_whole ? std::string() : missing_for_boot_identity(read_clock_files()));
}

}  // namespace zonestore
