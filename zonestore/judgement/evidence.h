// What a look saw in the DNS, and what was seen last of one thing, as the store keeps it. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/judgement/verdict.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/serial.h"

namespace zonestore {

// What a look says of one thing.
struct Evidence {
  std::optional<Name> domain;  // the mail domain; nullopt: our own side
  std::string subject;         // as of EvidenceView
  Verdict verdict = Verdict::kOk;
  std::string detail;       // one line for people
  std::string key_id = {};  // that the slot held when it was looked at: the look counts only for that
  // Of our own side: the servers that were asked, and those of them that served the right bytes and other ones.
  std::vector<std::string> asked = {};
  std::vector<std::string> served = {};
  std::vector<std::string> behind = {};
};

// What somebody saw of one institution; the moment is its own reading of the clocks, before any lock.
struct Look {
  std::vector<Evidence> evidence;
  Moment seen;
};

// What a look says of one server of one zone.
struct ServerEvidence {
  Name zone;
  std::string server;  // name and address
  Verdict verdict = Verdict::kOk;
  std::optional<Serial> serial;
  std::string detail;
};

// What is known of one thing: what was seen last, by the rules of what a look may change.
struct EvidenceView {
  std::optional<Name> domain;  // the mail domain; nullopt: our own side
  std::string subject;         // "sel1", "sel2", "sel1-answer", "sel2-answer", "spf", "dmarc", "servers"
  Verdict verdict = Verdict::kOk;
  std::string detail;
  Moment seen;
  std::string key_id = {};               // that the slot held when it was looked at; empty: not known
  std::vector<std::string> behind = {};  // of our own side: the name servers that were last seen to serve other bytes
};

struct ServerEvidenceView : ServerEvidence {
  Moment seen;
};

// The last that one of our name servers was seen to serve.
struct ServerSight {
  std::string server;  // name and address, or the address alone of one that was named so
  Verdict verdict = Verdict::kOk;
  std::optional<Serial> serial;
  std::string detail;
  Moment seen;
};

// The subject of what the whole way to a slot's record answers: the domain's CNAME, then our record.
[[nodiscard]] inline std::string answer_subject(const std::string& slot) {
  return slot + "-answer";
}

// "ns1.secutix.com (192.0.2.1)": does it speak of a server that the zone names now? One that was named by its address
// alone is taken at its word.
[[nodiscard]] bool is_named(const std::string& server, const std::vector<Name>& name_servers);
// The part before the address, or empty.
[[nodiscard]] std::string_view server_name(const std::string& server);

}  // namespace zonestore
