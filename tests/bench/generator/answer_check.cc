#include "tests/bench/generator/answer_check.h"

#include <cstring>

#include <xxhash.h>

namespace bench {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kOptBytes = 11;

std::uint16_t read16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t read32(const std::uint8_t* at) {
  return std::uint32_t{read16(at)} << 16 | read16(at + 2);
}

// Behind the name at `at`, or `end` if it does not end before.
const std::uint8_t* skip_name(const std::uint8_t* at, const std::uint8_t* end) {
  while (at < end) {
    if (*at >= 0xc0) {  // a pointer ends it (RFC 1035 section 4.1.4)
      return end - at >= 2 ? at + 2 : end;
    }
    if (*at == 0) {
      return at + 1;
    }
    at += 1 + *at;
  }
  return end;
}

const char* fault_of_header(const std::uint8_t* header, const Expectation& expected) {
  const std::uint8_t opcode_and_more = header[2];
  if ((opcode_and_more & 0x80) == 0 || (opcode_and_more & 0x78) != 0) {
    return "not an answer to a query";
  }
  if ((opcode_and_more & 0x02) != 0) {
    return "truncated";
  }
  if ((header[3] & 0x0f) != expected.rcode) {
    return "another RCODE";
  }
  if ((opcode_and_more & 0x04) == 0) {
    return "not authoritative";
  }
  if (read16(header + 4) != 1 || read16(header + 6) != expected.answers) {
    return "another number of answers";
  }
  if (expected.answers == 0 && read16(header + 8) == 0) {
    return "no SOA with a negative answer";
  }
  return read16(header + 10) == 0 ? "no OPT" : nullptr;
}

const char* fault_of_records(const std::uint8_t* at, const std::uint8_t* end, std::uint16_t type,
                             const Expectation& expected) {
  std::uint64_t hash = 0;
  for (unsigned record = 0; record < expected.answers; ++record) {
    at = skip_name(at, end);
    if (end - at < 10 || end - at - 10 < read16(at + 8)) {
      return "ends in a record";
    }
    if (read16(at) != type || read16(at + 2) != 1) {
      return "another type or class";
    }
    if (expected.ttl != 0 && read32(at + 4) != expected.ttl) {
      return "another TTL";
    }
    const std::size_t rdata_bytes = read16(at + 8);
    hash += ::XXH3_64bits(at + 10, rdata_bytes);
    at += 10 + rdata_bytes;
  }
  return expected.rdata_hash != 0 && hash != expected.rdata_hash ? "another RDATA" : nullptr;
}

}  // namespace

const char* find_fault(std::span<const std::uint8_t> answer, std::span<const std::uint8_t> query,
                       const Expectation& expected) {
  const std::size_t question_end = query.size() - kOptBytes;
  if (answer.size() < question_end) {
    return "too short";
  }
  if (const char* const fault = fault_of_header(answer.data(), expected)) {
    return fault;
  }
  if (std::memcmp(answer.data() + kHeaderBytes, query.data() + kHeaderBytes, question_end - kHeaderBytes) != 0) {
    return "another question";
  }
  const std::uint16_t type = read16(query.data() + question_end - 4);
  return fault_of_records(answer.data() + question_end, answer.data() + answer.size(), type, expected);
}

}  // namespace bench
