#include "tests/fuzz/answer_rules.h"

#include <algorithm>

#include "tests/fuzz/require.h"

namespace dnsd::fuzz {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::uint16_t kTypeSoa = 6;
constexpr std::uint16_t kTypeOpt = 41;
constexpr std::uint16_t kTypeAny = 255;

bool same_name(const Bytes& left, const Bytes& right) {
  const auto lower = [](unsigned byte) { return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](unsigned one, unsigned other) { return lower(one) == lower(other); });
}

bool ends_with(const Bytes& name, const Bytes& end) {
  return name.size() >= end.size() &&
         same_name(Bytes(name.end() - static_cast<std::ptrdiff_t>(end.size()), name.end()), end);
}

std::size_t count(const WalkedMessage& message, Section section) {
  return static_cast<std::size_t>(
      std::count_if(message.records.begin(), message.records.end(),
                    [&](const WalkedRecord& record) { return record.section == section; }));
}

const WalkedRecord* find_opt(const WalkedMessage& message) {
  const auto found = std::find_if(message.records.begin(), message.records.end(),
                                  [](const WalkedRecord& record) { return record.type == kTypeOpt; });
  return found == message.records.end() ? nullptr : &*found;
}

void check_header(ByteView query, const WalkedMessage& answer, bool over_udp) {
  const unsigned asked = static_cast<unsigned>(query[2] << 8 | query[3]);
  FUZZ_REQUIRE(answer.id == (query[0] << 8 | query[1]));
  FUZZ_REQUIRE((answer.flags & 0x8000) != 0);                 // QR
  FUZZ_REQUIRE((answer.flags & 0x7900) == (asked & 0x7900));  // opcode, RD
  FUZZ_REQUIRE((answer.flags & 0x00F0) == 0);                 // RA, Z, AD, CD
  FUZZ_REQUIRE(over_udp || (answer.flags & 0x0200) == 0);     // TC
  const unsigned rcode = answer.flags & 0x000F;
  FUZZ_REQUIRE((answer.flags & 0x0400) == 0 || rcode == 0 || rcode == 3);  // AA
}

// The answer's OPT record is ours, of version 0, and the only record of the additional section.
void check_opt(const WalkedMessage& answer) {
  const WalkedRecord* opt = find_opt(answer);
  FUZZ_REQUIRE(count(answer, Section::kAdditional) == (opt == nullptr ? 0 : 1));
  if (opt != nullptr) {
    FUZZ_REQUIRE(opt->section == Section::kAdditional);
    FUZZ_REQUIRE(opt->owner.size() == 1);
    FUZZ_REQUIRE((opt->ttl & 0x00FF7FFF) == 0);
    FUZZ_REQUIRE(opt->ttl >> 24 <= 1);
  }
}

void check_size(const Asked& asked, const std::optional<WalkedMessage>& query, const WalkedMessage& answer,
                std::size_t answer_bytes) {
  if (!asked.over_udp) {
    return;
  }
  std::size_t limit = 512;
  const WalkedRecord* client = query ? find_opt(*query) : nullptr;
  if (client != nullptr && find_opt(answer) != nullptr) {
    limit = std::max<std::size_t>(512, std::min<std::size_t>(client->record_class, asked.udp_limit_bytes));
  }
  FUZZ_REQUIRE(answer_bytes <= limit);
}

void check_question(ByteView query, const WalkedMessage& answer) {
  FUZZ_REQUIRE(answer.questions.size() <= 1);
  for (const WalkedQuestion& question : answer.questions) {
    FUZZ_REQUIRE(question.bytes.size() <= query.size() - kHeaderBytes);
    FUZZ_REQUIRE(std::equal(question.bytes.begin(), question.bytes.end(), query.begin() + kHeaderBytes));
  }
}

void check_sections(const WalkedMessage& answer) {
  const std::size_t answers = count(answer, Section::kAnswer);
  const std::size_t authorities = count(answer, Section::kAuthority);
  const bool authoritative = (answer.flags & 0x0400) != 0;
  const bool truncated = (answer.flags & 0x0200) != 0;
  if (!authoritative || truncated) {
    FUZZ_REQUIRE(answers + authorities == 0);
    return;
  }
  FUZZ_REQUIRE(answer.questions.size() == 1);
  FUZZ_REQUIRE((answers == 0) == (authorities == 1));
  FUZZ_REQUIRE(answers == 0 || (answer.flags & 0x000F) == 0);
  const WalkedQuestion& question = answer.questions.front();
  for (const WalkedRecord& record : answer.records) {
    if (record.section == Section::kAnswer) {
      FUZZ_REQUIRE(record.owner == question.name && record.record_class == 1 && record.ttl > 0);
      FUZZ_REQUIRE(record.type == question.type || question.type == kTypeAny);
    } else if (record.section == Section::kAuthority) {
      FUZZ_REQUIRE(record.type == kTypeSoa && record.record_class == 1 && ends_with(question.name, record.owner));
    }
  }
}

// A query that cannot be read, or asks more or less than one question, gets no more than an error. But for a cookie
// probe (RFC 7873 section 5.4), which asks none: NOERROR or BADCOOKIE, whose lower bits are 7. The second reader
// follows pointers, which the server rightly does not: beside them it has no say.
void check_form(ByteView bytes, const std::optional<WalkedMessage>& query, const WalkedMessage& answer) {
  const bool may_have_pointers = std::any_of(bytes.begin(), bytes.end(), [](unsigned byte) { return byte >= 0xC0; });
  const bool good = query ? query->questions.size() == 1 : may_have_pointers;
  const unsigned rcode = answer.flags & 0x000F;
  const bool probe = query && query->questions.empty() && find_opt(answer) != nullptr && (rcode == 0 || rcode == 7);
  FUZZ_REQUIRE(good || probe || rcode == 1 || rcode == 4);
}

}  // namespace

void check_answer(const Asked& asked, ByteView answer) {
  const bool silent = asked.query.size() < kHeaderBytes || (asked.query[2] & 0x80) != 0;
  FUZZ_REQUIRE(silent == answer.empty());
  if (silent) {
    return;
  }
  const auto walked = walk_message(answer);
  FUZZ_REQUIRE(walked.has_value());
  const auto query = walk_message(asked.query);
  check_header(asked.query, *walked, asked.over_udp);
  check_form(asked.query, query, *walked);
  check_question(asked.query, *walked);
  check_sections(*walked);
  check_opt(*walked);
  check_size(asked, query, *walked, answer.size());
  FUZZ_REQUIRE(find_opt(*walked) == nullptr || !query || find_opt(*query) != nullptr);
}

}  // namespace dnsd::fuzz
