// What was asked and what was answered, counted by kinds: one worker's, and the sums over workers.
//
//   an answer ─┬─ the usual one ──> one count, by all that tells such answers apart: who asked how, and how long it
//   is
//              └─ any other ──────> a count each: by type, by RCODE, by EDNS, by length
//              └─ of a zone ──────> a count by its slot and the kind of answer
//   when somebody reads ──add_to──> TallySums: both taken apart into the same numbers
//
// A query costs two counts where it is the usual one, five else (a count costs a load and a store). What a client
// chooses freely (a name, a type without a name here) makes no count of its own.
//
// Threads: one writes, any number read; sums are not one instant's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dnsd/metrics/counters.h"

namespace dnsd::metrics {

// Over what, and from where: as Prometheus' labels have them, transport and family.
enum class Way : std::uint8_t { kUdpIpv4, kUdpIpv6, kTcpIpv4, kTcpIpv6 };
inline constexpr std::size_t kWays = 4;
inline constexpr std::size_t kTransports = 2;

[[nodiscard]] constexpr std::size_t transport_of(std::size_t way) {
  return way / kTransports;
}

enum class AskedType : std::uint8_t { kA, kAaaa, kTxt, kSoa, kNs, kCname, kMx, kDs, kDnskey, kAny, kOther };
inline constexpr std::size_t kAskedTypes = 11;
[[nodiscard]] AskedType asked_type(std::uint16_t type);  // of the number in the question (RFC 1035 section 3.2.2)

enum class CountedRcode : std::uint8_t {
  kNoError,
  kFormErr,
  kServFail,
  kNxDomain,
  kNotImp,
  kRefused,
  kNotAuth,
  kBadVers,
  kOther
};
inline constexpr std::size_t kCountedRcodes = 9;
[[nodiscard]] CountedRcode counted_rcode(std::uint16_t rcode);

enum class Asker : std::uint8_t { kPlain, kEdns, kDnssecOk };  // no OPT record; one; one with DO
inline constexpr std::size_t kAskers = 3;
enum class Cookie : std::uint8_t { kNone, kClientOnly, kValid, kInvalid };
inline constexpr std::size_t kCookies = 4;

enum class ZoneAnswer : std::uint8_t { kPositive, kNoData, kNxDomain, kReferral };
inline constexpr std::size_t kZoneAnswers = 4;
inline constexpr std::size_t kZoneSlots = 64;  // zone/zone_slots.h

// Bytes of an answer: at most so many, or more than all of these.
inline constexpr std::array<std::uint16_t, 5> kSizeBounds{128, 256, 512, 1232, 4096};
inline constexpr std::size_t kSizeBuckets = kSizeBounds.size() + 1;
[[nodiscard]] std::size_t size_bucket(std::size_t bytes);

// Numbers that anybody may read.
struct TallySums {
  std::array<std::array<std::uint64_t, kAskedTypes>, kWays> queries{};
  std::array<std::array<std::array<std::uint64_t, 2>, kCountedRcodes>, kTransports> answers{};  // [1]: truncated
  std::array<std::array<std::uint64_t, kCookies>, kAskers> askers{};
  std::array<std::array<std::uint64_t, kSizeBuckets>, kTransports> sizes{};
  std::array<std::array<std::uint64_t, kZoneAnswers>, kZoneSlots> zones{};
};

class AnswerTally {
 public:
  // The longest answer that count_usual takes.
  static constexpr std::size_t kMostUsualBytes = 4096;

  // A TXT record set in full, NOERROR, to a query without a cookie. Precondition: 0 < bytes <= kMostUsualBytes.
  void count_usual(Way way, Asker asker, std::size_t bytes, std::uint8_t zone_slot) {
    const std::size_t row = static_cast<std::size_t>(asker) * kWays + static_cast<std::size_t>(way);
    usual_[row * kUsualSizes + (bytes - 1) / kUsualStep].add();
    count_zone(zone_slot, ZoneAnswer::kPositive);
  }

  // Every other query, answered or not.
  void count_query(Way way, AskedType type, Asker asker, Cookie cookie);
  // What is sent for it.
  void count_answer(Way way, CountedRcode rcode, bool truncated, std::size_t bytes);
  void count_zone(std::uint8_t slot, ZoneAnswer answer) {
    zones_[std::size_t{slot} * kZoneAnswers + static_cast<std::size_t>(answer)].add();
  }

  void add_to(TallySums& sums) const;

 private:
  // Every bound is a multiple of the step, so that no step falls into two buckets.
  static constexpr std::size_t kUsualStep = 16;
  static constexpr std::size_t kUsualSizes = kMostUsualBytes / kUsualStep;

  void add_usual_to(TallySums& sums) const;

  std::array<Counter, kAskers * kWays * kUsualSizes> usual_;
  std::array<Counter, kZoneSlots * kZoneAnswers> zones_;
  std::array<std::array<Counter, kAskedTypes>, kWays> queries_;
  std::array<std::array<std::array<Counter, 2>, kCountedRcodes>, kTransports> answers_;
  std::array<std::array<Counter, kCookies>, kAskers> askers_;
  std::array<std::array<Counter, kSizeBuckets>, kTransports> sizes_;
};

// All that one worker's handler counts. On cache lines of its own, as the worker's are.
struct alignas(64) AnswerCounters : AnswerCounts {
  AnswerTally tally;
};

}  // namespace dnsd::metrics
