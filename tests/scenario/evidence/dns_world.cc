#include "tests/scenario/evidence/dns_world.h"

#include <algorithm>

namespace tests::evidence {

namespace {

using zonectl::probe::Finding;
using zonectl::probe::Severity;
using zonestore::Name;
using zonestore::Verdict;

Finding own_finding(const std::array<Sight, kServers>& servers) {
  Finding finding;
  finding.subject = "sel2";
  for (std::size_t i = 0; i < kServers; ++i) {
    finding.asked.push_back(server_text(i));
    if (servers.at(i) == Sight::kRight) {
      finding.served.push_back(server_text(i));
    } else if (servers.at(i) == Sight::kWrong) {
      finding.behind.push_back(server_text(i));
    }
  }
  finding.verdict = !finding.behind.empty()  ? Verdict::kLagging
                    : finding.served.empty() ? Verdict::kUnreachable
                                             : Verdict::kOk;
  finding.severity = finding.verdict == Verdict::kOk ? Severity::kGood : Severity::kBad;
  return finding;
}

Finding finding_of_domain(const std::string& subject, Sight sight, Verdict if_wrong) {
  Finding finding;
  finding.domain = domain();
  finding.subject = subject;
  finding.verdict = sight == Sight::kRight ? Verdict::kOk : sight == Sight::kWrong ? if_wrong : Verdict::kUnreachable;
  finding.severity = sight == Sight::kRight   ? Severity::kGood
                     : sight == Sight::kWrong ? Severity::kBad
                                              : Severity::kWarning;
  return finding;
}

zonestore::ServerEvidence server_evidence(std::size_t number, Sight sight, std::uint32_t serial) {
  zonestore::ServerEvidence server;
  server.zone = dkim_zone();
  server.server = server_text(number);
  switch (sight) {
    case Sight::kRight:
      server.verdict = Verdict::kOk;
      server.serial = zonestore::Serial{serial};
      break;
    case Sight::kWrong:
      server.verdict = Verdict::kLagging;
      server.serial = zonestore::Serial{serial - 1};
      break;
    case Sight::kSilent:
      server.verdict = Verdict::kUnreachable;
      break;
  }
  return server;
}

Sight sight_of(Verdict verdict) {
  return verdict == Verdict::kOk ? Sight::kRight : verdict == Verdict::kUnreachable ? Sight::kSilent : Sight::kWrong;
}

}  // namespace

Name domain() {
  return *Name::parse("mosamuseum.com");
}

Name dkim_zone() {
  return *Name::parse("dkim.secutix.com");
}

std::vector<Name> name_servers() {
  return {*Name::parse("ns1.secutix.com"), *Name::parse("ns2.secutix.com")};
}

std::string server_text(std::size_t number) {
  const std::string digit = std::to_string(number + 1);
  return "ns" + digit + ".secutix.com (192.0.2." + digit + ")";
}

Sight& DnsWorld::thing(Sights& sights, std::uint64_t number) {
  switch (number) {
    case 0:
      return sights.servers.front();
    case 1:
      return sights.servers.back();
    case 2:
      return sights.cname;
    default:
      return sights.answer;
  }
}

void DnsWorld::turn() {
  // Mended twice as often as broken, so that there are weeks in which all is right.
  static constexpr std::array kTurns{Sight::kRight, Sight::kRight, Sight::kRight, Sight::kWrong, Sight::kSilent};
  thing(truth_, below(kThings)) = kTurns.at(below(kTurns.size()));
}

void DnsWorld::publish_another_key() {
  key_id_ = "key " + std::to_string(++keys_);
  serial_ += 10;
}

DnsWorld::Seen DnsWorld::look(const zonestore::Moment& now) {
  Sights sights = truth_;
  const std::uint64_t before = hiccup_;
  hiccup_ = one_in(3) ? below(kThings) : kThings;
  const bool is_twice = hiccup_ == before || (hiccup_ < kServers && before < kServers);
  if (hiccup_ != kThings && !is_twice) {
    Sight& sight = thing(sights, hiccup_);
    if (sight == Sight::kRight) {
      sight = one_in(2) ? Sight::kWrong : Sight::kSilent;
    }
  }
  Seen seen{{*zonestore::dkim::Code::parse("mosa"), now, {}, {}}, {}};
  seen.report.findings = {own_finding(sights.servers), finding_of_domain("sel2", sights.cname, Verdict::kMissing),
                          finding_of_domain("sel2-answer", sights.answer, Verdict::kLagging)};
  seen.report.slots = {{"", {}}, {key_id_, {}}};
  for (std::size_t i = 0; i < kServers; ++i) {
    seen.servers.push_back(server_evidence(i, sights.servers.at(i), serial_));
  }
  return seen;
}

Sights sights_in(const zonectl::probe::Report& report) {
  Sights sights;
  for (const Finding& finding : report.findings) {
    if (!finding.domain) {
      for (std::size_t i = 0; i < kServers; ++i) {
        const auto has = [i](const std::vector<std::string>& servers) {
          return std::find(servers.begin(), servers.end(), server_text(i)) != servers.end();
        };
        sights.servers.at(i) = has(finding.served)   ? Sight::kRight
                               : has(finding.behind) ? Sight::kWrong
                                                     : Sight::kSilent;
      }
    } else {
      (finding.subject == "sel2" ? sights.cname : sights.answer) = sight_of(finding.verdict);
    }
  }
  return sights;
}

}  // namespace tests::evidence
