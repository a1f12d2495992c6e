// What is wrong with an institution's CNAME, and the exact line to publish instead. Pure: sightings in, a finding
// out.
//
//   each server's sighting ──> its verdict ──┐
//   each server's sighting ──> its verdict ──┴─> agreed: the slot's verdict; not agreed: servers-disagree
//
// Each slot is judged from its own sightings alone, so that a fault of one leaves the other's verdict as it is. A
// server that did not answer, or does not hold the zone, has no say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/judgement/verdict.h"
#include "zonestore/zone/record_set.h"

namespace zonectl::probe {

enum class Severity : std::uint8_t { kGood, kWarning, kBad };

struct Finding {
  std::optional<zonestore::Name> domain;  // the mail domain; nullopt: our own side
  std::string subject;                    // "sel1", "sel2", "spf", "dmarc", "servers"
  zonestore::Verdict verdict = zonestore::Verdict::kOk;
  Severity severity = Severity::kGood;
  std::string detail;                   // one line: what was seen
  std::vector<std::string> publish;     // zone file lines to publish in its place
  std::string advice;                   // one line: how; may be empty
  std::vector<std::string> notes = {};  // a line each: what is no fault, but should be known
  // Of our own side, servers as people read them: those that were asked, and of these those that served the right
  // bytes, and other ones.
  std::vector<std::string> asked;
  std::vector<std::string> served;
  std::vector<std::string> behind;
};

// What is said of the thing that was looked at. What is no character to be seen is written as \xHH in it.
void conclude(Finding& finding, zonestore::Verdict verdict, Severity severity, std::string_view detail,
              std::string_view advice = {});

struct SeenText {
  std::string text;
  std::uint32_t ttl = 0;
};

// What one server says of a slot's name in the institution's zone.
struct Sighting {
  enum class State : std::uint8_t { kAnswered, kLame, kUnreachable };
  std::string server;  // "ns1.mosamuseum.com (192.0.2.1)"
  State state = State::kAnswered;
  std::string failure;  // why not, unless it answered
  bool domain_exists = true;
  std::vector<zonestore::Name> cnames;  // targets
  std::vector<SeenText> texts;          // of TXT records of that very name
  bool has_addresses = false;
  bool is_doubled = false;                                   // NAME.DOMAIN or NAME.ZONE leads to us
  std::optional<zonestore::Name> doubled_at = std::nullopt;  // which
  std::optional<zonestore::Name> at_top = std::nullopt;      // the same selector at the zone's top leads to us
  std::string oddity = {};                                   // what resolvers get through, but should be mended
};

// Where a target that is not ours leads on to.
struct Chain {
  zonestore::Name first;              // the target that stands in the institution's zone
  std::vector<zonestore::Name> next;  // further targets
  bool loops = false;
};

struct CnameFacts {
  zonestore::Name domain;
  std::optional<zonestore::Name> zone = std::nullopt;  // that the domain lies in, if it is known
  zonestore::dkim::SlotId slot = zonestore::dkim::SlotId::kSel1;
  zonestore::Name name;      // stxsel1._domainkey.mosamuseum.com.
  zonestore::Name expected;  // sel1-mosa._domainkey.dkim.secutix.com.
  zonestore::Name other_slot;
  zonestore::Name dkim_zone;
  zonestore::dkim::CustomerSelectors selectors{};
  std::string relative_name;   // as the panel of its zone takes it: "stxsel1._domainkey"
  std::string zone_file_line;  // what is to be published
  SeenText served;             // what our zone has at `expected`; empty: nothing
  std::vector<Sighting> sightings;
  std::vector<Chain> chains;
  std::string no_servers;  // why nobody could be asked; empty otherwise
};

[[nodiscard]] Finding diagnose_cname(const CnameFacts& facts);

// The domain's name servers as such, from the sightings of its slots: lame and silent ones.
[[nodiscard]] Finding diagnose_servers(const zonestore::Name& domain, const std::vector<CnameFacts>& slots);

}  // namespace zonectl::probe
