// The questions that a load asks and what their answers must hold, as one file that is mapped and read from front to
// end: made once for a store by write_questions, read by every run of load_generator.
//
//   Head | SPF questions | apex questions (SOA, NS) | key questions, in random order
//
// A question is: length of the name in wire form (1 byte), the name, type (2), answers (2), TTL (4), hash (8);
// integers in the machine's own order. The keys stand in random order in the file, so that a generator that reads it
// from front to end asks without locality and yet costs the caches it shares with the server little.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace bench {

inline constexpr std::array<char, 8> kQuestionMagic{'Q', 'U', 'E', 'S', 'T', 'I', 'O', '1'};

struct QuestionListHead {
  std::array<char, 8> magic = kQuestionMagic;
  std::uint64_t keys = 0;
  std::uint32_t spf = 0;
  std::uint32_t apex = 0;
  std::uint8_t parent_bytes = 0;           // of the name below which the keys stand
  std::array<std::uint8_t, 255> parent{};  // "_domainkey.dkim.secutix.com" in wire form
};

struct Question {
  std::span<const std::uint8_t> name;  // uncompressed wire form
  std::uint16_t type = 0;
  std::uint16_t answers = 0;     // records in the answer section
  std::uint32_t ttl = 0;         // of each of them, seconds; 0: not looked at
  std::uint64_t rdata_hash = 0;  // XXH3-64 of each answer's RDATA, added up mod 2^64; 0: not looked at
};

// A list as it lies in the file; names point into it. Errors are exceptions (std::runtime_error).
// Threads: read-only after the constructor.
class QuestionList {
 public:
  explicit QuestionList(const std::filesystem::path& file);
  ~QuestionList();
  QuestionList(const QuestionList&) = delete;
  QuestionList& operator=(const QuestionList&) = delete;
  QuestionList(QuestionList&&) = delete;
  QuestionList& operator=(QuestionList&&) = delete;

  [[nodiscard]] const QuestionListHead& head() const { return *reinterpret_cast<const QuestionListHead*>(data_); }
  [[nodiscard]] std::span<const std::uint8_t> parent() const { return {head().parent.data(), head().parent_bytes}; }

 private:
  friend class QuestionWalk;
  const std::uint8_t* data_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t apex_at_ = 0;  // where the apex questions begin, and the keys
  std::size_t keys_at_ = 0;
};

// Goes round one of the three parts for ever. Precondition: the part has a question.
class QuestionWalk {
 public:
  enum class Part : std::uint8_t { kSpf, kApex, kKeys };
  // Begins at question `first` mod their number.
  QuestionWalk(const QuestionList& list, Part part, std::uint64_t first);
  Question next();

 private:
  const std::uint8_t* begin_;
  const std::uint8_t* end_;
  const std::uint8_t* at_;
};

}  // namespace bench
