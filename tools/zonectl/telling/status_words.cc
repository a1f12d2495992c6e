#include "tools/zonectl/telling/status_words.h"

#include <algorithm>
#include <map>
#include <set>

#include "zonestore/base/joined.h"
#include "zonestore/operations/views/troubles.h"

namespace zonectl {
namespace {

using zonestore::OwnServerSeen;
using zonestore::Severity;
using zonestore::StoreStatus;
using zonestore::Trouble;

constexpr std::string_view kLabelIndent = "              ";

// A person's terminal folds it; a pipe has it in one line.
void write_line(const Session& session, const std::string& text, std::string_view indent) {
  const Terminal& terminal = session.terminal();
  session.out() << (terminal.interactive ? wrapped(text, terminal.width, indent) : text) << '\n';
}

// "maintain      " and what it says of it.
void write_row(const Session& session, std::string label, const std::string& text) {
  label.resize(kLabelIndent.size(), ' ');
  write_line(session, label + text, kLabelIndent);
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
  for (const auto& finding : signer.findings) {
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
    write_row(session, "clock", printable(note));
  }
  if (!status.clock.notes.empty()) {
    out << "  waits that run: " << status.draining << " draining, " << status.ripening << " ripening, "
        << status.starting << " starting, " << status.departing << " being removed\n";
  }
}

void write_own_servers(const Session& session, const StoreStatus& status) {
  const zonestore::OwnServersSeen& servers = status.servers;
  if (!servers.asked) {
    return;
  }
  if (!servers.trouble.empty()) {
    write_row(session, "servers", "could not be asked: " + printable(servers.trouble));
    return;
  }
  if (servers.none_to_ask) {
    write_row(session, "servers", "not asked: no address was found to which there is a way");
    return;
  }
  std::map<OwnServerSeen::State, std::set<std::string>> by_state;
  for (const OwnServerSeen& server : servers.seen) {
    by_state[server.state].insert(printable(server.server));
  }
  for (const auto& [state, names] : by_state) {
    std::string text =
        state == OwnServerSeen::State::kNeverAnswered ? "never answered yet:" : std::string(to_text(state)) + ":";
    for (const std::string& name : names) {
      text += (text.ends_with(':') ? " " : ", ") + name;
    }
    write_row(session, "servers", text);
  }
}

void write_maintain(const Session& session, const StoreStatus& status) {
  const Times times = session.times();
  std::string text = status.maintained ? "last ran " + times.text(*status.maintained) : "never ran to its end yet";
  if (status.maintain_due_since) {
    text += "; something is due since " + times.text(*status.maintain_due_since);
  }
  write_row(session, "maintain", text);
}

void write_looks(const Session& session, const StoreStatus& status) {
  const zonestore::LastLook* newest = nullptr;
  for (const zonestore::LastLook& look : status.looks) {
    if (look.what == "zones") {
      newest = &look;
    }
  }
  if (newest == nullptr) {
    write_row(session, "content", "nobody has looked whether it is whole: zonectl store verify");
  } else {
    write_row(session, "content",
              (newest->fault.empty() ? "whole, " : "NOT WHOLE, ") + session.times().text(newest->at) + " (" +
                  newest->command + ")");
  }
}

void write_trouble(const Session& session, const Trouble& trouble) {
  const Style style = trouble.severity == Severity::kCritical ? Style::kBad : Style::kCaution;
  const Terminal& terminal = session.terminal();
  std::string text = trouble.what + ": " + printable(trouble.text);
  if (terminal.interactive) {
    text = wrapped(text, terminal.width, "  ");
  }
  session.out() << terminal.styled(style, text.substr(0, trouble.what.size())) << text.substr(trouble.what.size())
                << '\n';
  if (trouble.since) {
    session.out() << "  since " << session.times().plain(*trouble.since) << ": "
                  << late_text(*trouble.since, session.times().now()) << '\n';
  }
  session.out() << "  run: ";
  write_line(session, trouble.run, "       ");
}

void write_troubles(const Session& session, const std::vector<Trouble>& troubles, Severity severity) {
  for (const Trouble& trouble : troubles) {
    if (trouble.severity == severity) {
      write_trouble(session, trouble);
    }
  }
}

}  // namespace

std::string late_text(zonestore::WallTime since, zonestore::WallTime now) {
  return span_text(std::max(zonestore::Seconds(0), std::chrono::floor<zonestore::Seconds>(now - since)));
}

void write_status(const Session& session, const StoreStatus& status) {
  const std::vector<Trouble> troubles = troubles_of(status);
  write_troubles(session, troubles, Severity::kCritical);
  write_row(session, "institutions",
            std::to_string(status.institutions) + "  (" + std::to_string(status.signing) + " signing, " +
                std::to_string(status.starting) + " starting, " + std::to_string(status.departing) +
                " being removed)");
  write_row(session, "rotation",
            std::to_string(status.can_rotate) + " ready, " + std::to_string(status.ripening) + " ripening, " +
                std::to_string(status.draining) + " draining");
  write_frozen(session, status);
  if (status.never_seen > 0) {
    write_row(session, "in DNS",
              "nobody ever looked at " + std::to_string(status.never_seen) + " of them: zonectl check --all");
  }
  for (const zonestore::ZoneNow& zone : status.zones) {
    write_row(session, "zone", zone.apex.to_text_no_dot() + "  serial " + std::to_string(zone.serial.value));
  }
  write_own_servers(session, status);
  if (!status.secondaries_never_seen.empty()) {
    write_row(session, "secondaries",
              "nobody has looked yet at " + zonestore::joined(status.secondaries_never_seen, ", ") +
                  ": zonectl secondary check");
  }
  for (const zonestore::SignerView& signer : status.signers) {
    write_signer(session, signer);
  }
  write_maintain(session, status);
  write_looks(session, status);
  write_clock(session, status);
  write_troubles(session, troubles, Severity::kWarning);
  if (troubles.empty()) {
    session.out() << session.terminal().styled(Style::kGood, "nothing needs attention") << '\n';
  }
}

}  // namespace zonectl
