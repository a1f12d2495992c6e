// What is asked: a random mix of questions by kind, each as a query in wire form with what its answer must be.
// Threads: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tests/bench/generator/question_list.h"

namespace bench {

inline constexpr std::size_t kMaxQueryBytes = 12 + 255 + 4 + 11;  // header, name, type and class, OPT

enum class Load : std::uint8_t {
  kHits,   // the TXT record of a key
  kMix,    // 80 % hits, 8 % NXDOMAIN, 5 % SPF, 4 % NODATA (AAAA of a key's name), 3 % SOA and NS of an apex
  kFlood,  // a name of 12 random letters and digits beside the keys, never the same: NXDOMAIN
};
[[nodiscard]] std::optional<Load> parse_load(std::string_view text);

struct Expectation {
  std::uint8_t rcode = 0;  // NOERROR or NXDOMAIN
  std::uint16_t answers = 0;
  std::uint32_t ttl = 0;
  std::uint64_t rdata_hash = 0;  // as in Question
};

class Workload {
 public:
  // The seed says which questions come and where in the list they begin. Precondition: the list outlives this.
  Workload(const QuestionList& list, Load load, std::uint64_t seed);

  // Writes a query with EDNS (1232 bytes) and ID 0 into `room` of kMaxQueryBytes; returns its length.
  std::size_t next(std::span<std::uint8_t> room, Expectation& expected);

 private:
  std::uint64_t random();
  std::size_t ask(std::span<std::uint8_t> room, const Question& question, Expectation& expected);
  std::size_t ask_absent(std::span<std::uint8_t> room, Expectation& expected);
  std::size_t ask_other_type(std::span<std::uint8_t> room, Expectation& expected);

  std::uint64_t state_;  // of the random numbers
  Load load_;
  std::span<const std::uint8_t> parent_;
  QuestionWalk keys_;
  std::optional<QuestionWalk> spf_;
  std::optional<QuestionWalk> apex_;
};

}  // namespace bench
