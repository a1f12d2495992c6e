// zonectl status: the store at a glance, and whether it needs attention.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/views/views.h"

namespace zonectl::status {
namespace {

using zonestore::Result;
using zonestore::StoreStatus;

struct Options {};

void arguments(Arguments&, Options&) {}

std::string listed(const std::vector<std::string>& codes, std::uint64_t count) {
  std::string text;
  for (const std::string& code : codes) {
    text += (text.empty() ? "" : " ") + code;
  }
  return codes.size() < count ? text + " ..." : text;
}

void write_frozen(const Session& session, const StoreStatus& status) {
  std::ostream& out = session.out();
  if (status.store_frozen) {
    out << "frozen        the whole store since " << session.times().text(status.store_frozen->since) << ": "
        << printable(status.store_frozen->reason) << '\n';
  }
  if (status.frozen > 0) {
    out << "frozen        " << status.frozen << " by themselves\n";
  }
}

// What looks found in its directory; what was altered stays told until somebody has looked.
void write_findings(const Session& session, const zonestore::SignerView& signer) {
  std::ostream& out = session.out();
  bool altered = false;
  for (const zonestore::SignerView::Finding& finding : signer.findings) {
    altered = altered || finding.needs_attention;
    out << "  " << (finding.needs_attention ? session.terminal().styled(Style::kBad, "found") : "found") << " "
        << session.times().text(finding.found) << ": " << printable(finding.path) << " " << printable(finding.what)
        << '\n';
  }
  if (altered) {
    out << "  made good with the next sync; look who could write or read there, then: zonectl signer sync "
        << signer.name << '\n';
  }
}

void write_signer(const Session& session, const zonestore::SignerView& signer) {
  std::ostream& out = session.out();
  out << "signer        " << signer.name << "  ";
  if (signer.taken) {
    out << session.terminal().styled(Style::kBad, "taken") << " at " << session.times().text(*signer.taken)
        << ": zonectl signer remove " << signer.name << '\n';
  } else if (!signer.enabled) {
    out << session.terminal().styled(Style::kCaution, "switched off") << " since a restore: zonectl signer sync "
        << signer.name << " --enable\n";
  } else if (signer.open == 0) {
    out << "has followed every change\n";
  } else {
    out << signer.open << " institutions to follow, since " << session.times().text(*signer.since) << '\n';
  }
  if (signer.open > 0 && !signer.failure.empty()) {
    out << "  " << session.terminal().styled(Style::kBad, "failed") << " " << signer.attempts
        << " times: " << printable(signer.failure) << '\n';
  }
  write_findings(session, signer);
}

// What is odd, and which waits it makes longer.
void write_clock(const Session& session, const StoreStatus& status) {
  std::ostream& out = session.out();
  for (const std::string& note : status.clock.notes) {
    out << "clock         " << printable(note) << '\n';
  }
  if (!status.clock.notes.empty()) {
    out << "  waits that run: " << status.draining << " draining, " << status.ripening << " ripening, "
        << status.starting << " starting, " << status.departing << " being removed\n";
  }
}

void write_attention(const Session& session, const StoreStatus& status) {
  std::ostream& out = session.out();
  if (!needs_attention(status)) {
    out << session.terminal().styled(Style::kGood, "nothing needs attention") << '\n';
  }
  if (status.clock.identity == zonestore::ClockIdentity::kUnknown) {
    out << session.terminal().styled(Style::kBad, "no time passes") << ": nobody can say whose clock this is\n";
  }
  if (status.maintain_due > 0) {
    out << session.terminal().styled(Style::kCaution, "maintain is due") << " for " << status.maintain_due
        << " of them: " << listed(status.maintain_due_codes, status.maintain_due) << "\n  run: zonectl maintain\n";
  }
  if (status.spf_step_due) {
    out << session.terminal().styled(Style::kCaution, "maintain is due")
        << " for the SPF records: zonectl spf show\n  run: zonectl maintain\n";
  }
  if (status.evidence_against > 0) {
    out << session.terminal().styled(Style::kCaution, "not right in the DNS")
        << " when last looked at: " << listed(status.evidence_against_codes, status.evidence_against)
        << "\n  run: zonectl check INST\n";
  }
  for (const zonestore::Attention& each : status.attention) {
    out << session.terminal().styled(Style::kCaution, each.what) << ": " << each.count << " " << each.text << ": "
        << listed(each.codes, each.count) << "\n  run: " << each.run << '\n';
  }
}

void write(const Session& session, const StoreStatus& status) {
  std::ostream& out = session.out();
  out << "institutions  " << status.institutions << "  (" << status.signing << " signing, " << status.starting
      << " starting, " << status.departing << " being removed)\n";
  out << "rotation      " << status.can_rotate << " ready, " << status.ripening << " ripening, " << status.draining
      << " draining\n";
  if (status.never_seen > 0) {
    out << "in DNS        nobody ever looked at " << status.never_seen << " of them: zonectl check --all\n";
  }
  for (const zonestore::ZoneSerial& zone : status.zones) {
    out << "zone          " << zone.apex.to_text_no_dot() << "  serial " << zone.serial.value << '\n';
  }
  for (const zonestore::SignerView& signer : status.signers) {
    write_signer(session, signer);
  }
  write_frozen(session, status);
  write_clock(session, status);
  write_attention(session, status);
}

Result<ExitCode> body(Session& session, const Options&) {
  const auto in_json = [](const StoreStatus& status) { return to_json(status); };
  const auto exit_of = [](const StoreStatus& status) {
    return needs_attention(status) ? ExitCode::kFailed : ExitCode::kDone;
  };
  return session.tell(session.read(zonestore::store_status), in_json, write, exit_of);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"status", "show the store at a glance, and whether anything needs attention", "zonectl status",
       exits_of_reading(
           {{ExitCode::kDone, "nothing needs attention"},
            {ExitCode::kFailed,
             "maintain is due, a signer does not follow, its files were altered, or check saw a fault; or the "
             "command failed"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::status
