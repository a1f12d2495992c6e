// Queries: what the parser calls good, a second reader calls good, and they read the same.
#include "dnsd/wire/query.h"
#include "tests/fuzz/message_walk.h"
#include "tests/fuzz/require.h"

namespace {

using dnsd::wire::Form;
using dnsd::wire::Query;
using zonestore::Bytes;
using zonestore::ByteView;

void check_question(const Query& query, const dnsd::fuzz::WalkedMessage& walked) {
  FUZZ_REQUIRE(query.has_question == (walked.questions.size() == 1));
  if (!query.has_question) {
    return;
  }
  const auto& question = walked.questions.front();
  FUZZ_REQUIRE(question.bytes == Bytes(query.question.bytes.begin(), query.question.bytes.end()));
  FUZZ_REQUIRE(question.name.size() == query.question.name.size);
  FUZZ_REQUIRE(question.type == static_cast<std::uint16_t>(query.question.type));
  FUZZ_REQUIRE(question.question_class == query.question.question_class);
}

void check_edns(const Query& query, const dnsd::fuzz::WalkedMessage& walked) {
  std::size_t opts = 0;
  for (const auto& record : walked.records) {
    if (record.type == 41) {
      ++opts;
      FUZZ_REQUIRE(record.section == dnsd::fuzz::Section::kAdditional && record.owner.size() == 1);
      FUZZ_REQUIRE(query.edns && query.edns->udp_bytes == record.record_class);
    }
  }
  FUZZ_REQUIRE(opts == (query.edns ? 1 : 0));
}

// Whether an owner's pointer leads to a whole name is of no use to a query, so the parser does not look.
bool has_pointer(ByteView message) {
  for (const std::uint8_t byte : message) {
    if (byte >= 0xC0) {
      return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView message(data, size);
  Query query;
  const Form form = parse_query(message, query);
  FUZZ_REQUIRE((form == Form::kSilence) == (size < 12 || (data[2] & 0x80) != 0));
  if (form == Form::kGood) {
    const auto walked = dnsd::fuzz::walk_message(message);
    FUZZ_REQUIRE(walked.has_value() || has_pointer(message));
    if (walked) {
      check_question(query, *walked);
      check_edns(query, *walked);
    }
  }
  return 0;
}
