#include "tests/fuzz/answer_rules.h"

#include <algorithm>

#include "tests/fuzz/require.h"
#include "tests/fuzz/section_rules.h"

namespace dnsd::fuzz {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::uint16_t kTypeOpt = 41;

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
}

// RFC 6891 section 6.1.2: code, length, data, until nothing is left.
bool options_add_up(const Bytes& options) {
  std::size_t at = 0;
  while (at + 4 <= options.size()) {
    at += 4U + static_cast<std::size_t>(options[at + 2] << 8 | options[at + 3]);
  }
  return at == options.size();
}

// The answer's OPT record is ours, of version 0, there only if the query has one, and has the query's DO.
void check_opt(const std::optional<WalkedMessage>& query, const WalkedMessage& answer) {
  const auto opts = std::count_if(answer.records.begin(), answer.records.end(),
                                  [](const WalkedRecord& record) { return record.type == kTypeOpt; });
  FUZZ_REQUIRE(opts <= 1);
  const WalkedRecord* opt = find_opt(answer);
  if (opt == nullptr) {
    return;
  }
  FUZZ_REQUIRE(opt->section == Section::kAdditional && opt->owner.size() == 1);
  FUZZ_REQUIRE((opt->ttl & 0x00FF7FFF) == 0);
  FUZZ_REQUIRE(opt->ttl >> 24 <= 1);
  FUZZ_REQUIRE(options_add_up(opt->rdata));
  const WalkedRecord* asked = query ? find_opt(*query) : nullptr;
  FUZZ_REQUIRE(!query || asked != nullptr);
  FUZZ_REQUIRE(asked == nullptr || ((opt->ttl ^ asked->ttl) & 0x8000) == 0);
}

// Behind the name of the algorithm, time and fudge.
bool has_mac(const Bytes& rdata) {
  const auto end_of_name = std::find(rdata.begin(), rdata.end(), 0);
  FUZZ_REQUIRE(rdata.end() - end_of_name > 10);
  return end_of_name[9] != 0 || end_of_name[10] != 0;
}

// A signed query's answer ends with a TSIG record, too; one without a MAC says why the query's does not hold, beside
// NOTAUTH (RFC 8945 sections 5.1 and 5.3.2).
void check_tsig(const std::optional<WalkedMessage>& query, const WalkedMessage& answer) {
  constexpr std::uint16_t kTypeTsig = 250;
  const auto is_tsig = [](const WalkedRecord& record) { return record.type == kTypeTsig; };
  const auto found = std::find_if(answer.records.begin(), answer.records.end(), is_tsig);
  if (found == answer.records.end()) {
    return;
  }
  FUZZ_REQUIRE(found + 1 == answer.records.end() && found->section == Section::kAdditional);
  FUZZ_REQUIRE(found->record_class == 255 && found->ttl == 0);
  FUZZ_REQUIRE(has_mac(found->rdata) || (answer.flags & 0x000F) == 9);
  FUZZ_REQUIRE(!query || std::any_of(query->records.begin(), query->records.end(), is_tsig));
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
  check_opt(query, *walked);
  check_tsig(query, *walked);
  check_size(asked, query, *walked, answer.size());
}

}  // namespace dnsd::fuzz
