// One question to one server, by ldns: what goes out, and what came back as plain values.
//
// With reply.h the only place of zonectl that knows ldns. Nothing that a server sends can do more than make a Reply
// that says so: an answer to another question, or with another id, is none. Threads: any number at once. Errors: in
// the Reply.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/probe/address.h"
#include "zonestore/base/moment.h"
#include "zonestore/zone/record_set.h"

namespace zonectl::probe {

struct Question {
  zonestore::Name name;
  zonestore::RecordType type = zonestore::RecordType::kTxt;
};

enum class Transport : std::uint8_t { kUdp, kTcp };

struct Manner {
  Transport transport = Transport::kUdp;
  bool edns = true;        // with a payload size of 1232
  bool recursion = false;  // RD
};
[[nodiscard]] std::string to_text(const Manner& manner);  // "UDP with EDNS"

struct Patience {
  zonestore::Milliseconds timeout{2000};  // of one attempt
  unsigned attempts = 2;
  std::optional<std::chrono::steady_clock::time_point> until{};  // of the whole look: afterwards nobody is asked
};

struct Record {
  zonestore::Name owner;
  zonestore::RecordType type = zonestore::RecordType::kTxt;
  std::uint32_t ttl = 0;
  zonestore::Bytes rdata;  // uncompressed
};

// Response codes (RFC 1035 section 4.1.1) that are told apart.
inline constexpr std::uint8_t kNoError = 0;
inline constexpr std::uint8_t kFormErr = 1;
inline constexpr std::uint8_t kServFail = 2;
inline constexpr std::uint8_t kNxDomain = 3;
inline constexpr std::uint8_t kNotImp = 4;
inline constexpr std::uint8_t kRefused = 5;
[[nodiscard]] std::string rcode_text(std::uint8_t rcode);  // "NXDOMAIN"

struct Reply {
  bool answered = false;
  std::string failure;  // why not: "no answer within 2 s", ...
  std::uint8_t rcode = kNoError;
  bool authoritative = false;
  bool truncated = false;
  std::vector<Record> answer;
  std::vector<Record> authority;
  std::vector<Record> additional;

  [[nodiscard]] bool is(std::uint8_t code) const { return answered && rcode == code; }
  // The records of the answer section with that owner and type.
  [[nodiscard]] std::vector<Record> records(const zonestore::Name& owner, zonestore::RecordType type) const;
};

[[nodiscard]] Reply exchange(const Address& server, const Question& question, const Manner& manner,
                             const Patience& patience);

// As a resolver asks: over UDP with EDNS; without it if the server does not know it; over TCP if the answer came
// back truncated.
[[nodiscard]] Reply ask(const Address& server, const Question& question, bool recursion, const Patience& patience);

}  // namespace zonectl::probe
