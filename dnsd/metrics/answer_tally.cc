#include "dnsd/metrics/answer_tally.h"

#include <algorithm>

namespace dnsd::metrics {
namespace {

constexpr bool are_multiples_of(std::size_t step) {
  return std::ranges::all_of(kSizeBounds, [step](std::size_t bound) { return bound % step == 0; });
}

// Arrays of counters, or of arrays of them, into the sums of the same shape.
void add(const Counter& counter, std::uint64_t& sum) {
  sum += counter.read();
}

template <class Counters, class Sums, std::size_t Count>
void add(const std::array<Counters, Count>& counters, std::array<Sums, Count>& sums) {
  for (std::size_t index = 0; index < Count; ++index) {
    add(counters[index], sums[index]);
  }
}

}  // namespace

AskedType asked_type(std::uint16_t type) {
  switch (type) {
    case 1:
      return AskedType::kA;
    case 2:
      return AskedType::kNs;
    case 5:
      return AskedType::kCname;
    case 6:
      return AskedType::kSoa;
    case 15:
      return AskedType::kMx;
    case 16:
      return AskedType::kTxt;
    case 28:
      return AskedType::kAaaa;
    case 43:
      return AskedType::kDs;
    case 48:
      return AskedType::kDnskey;
    case 255:
      return AskedType::kAny;
    default:
      return AskedType::kOther;
  }
}

CountedRcode counted_rcode(std::uint16_t rcode) {
  switch (rcode) {
    case 0:
      return CountedRcode::kNoError;
    case 1:
      return CountedRcode::kFormErr;
    case 2:
      return CountedRcode::kServFail;
    case 3:
      return CountedRcode::kNxDomain;
    case 4:
      return CountedRcode::kNotImp;
    case 5:
      return CountedRcode::kRefused;
    case 9:
      return CountedRcode::kNotAuth;
    case 16:
      return CountedRcode::kBadVers;
    default:
      return CountedRcode::kOther;
  }
}

std::size_t size_bucket(std::size_t bytes) {
  return static_cast<std::size_t>(std::ranges::lower_bound(kSizeBounds, bytes) - kSizeBounds.begin());
}

void AnswerTally::count_query(Way way, AskedType type, Asker asker, Cookie cookie) {
  queries_[static_cast<std::size_t>(way)][static_cast<std::size_t>(type)].add();
  askers_[static_cast<std::size_t>(asker)][static_cast<std::size_t>(cookie)].add();
}

void AnswerTally::count_answer(Way way, CountedRcode rcode, bool truncated, std::size_t bytes) {
  const std::size_t transport = transport_of(static_cast<std::size_t>(way));
  answers_[transport][static_cast<std::size_t>(rcode)][truncated ? 1 : 0].add();
  sizes_[transport][size_bucket(bytes)].add();
}

void AnswerTally::add_to(TallySums& sums) const {
  add(queries_, sums.queries);
  add(answers_, sums.answers);
  add(askers_, sums.askers);
  add(sizes_, sums.sizes);
  for (std::size_t slot = 0; slot < kZoneSlots; ++slot) {
    for (std::size_t answer = 0; answer < kZoneAnswers; ++answer) {
      sums.zones[slot][answer] += zones_[slot * kZoneAnswers + answer].read();
    }
  }
  add_usual_to(sums);
}

void AnswerTally::add_usual_to(TallySums& sums) const {
  static_assert(are_multiples_of(kUsualStep) && kMostUsualBytes <= kSizeBounds.back());
  for (std::size_t index = 0; index < usual_.size(); ++index) {
    const std::uint64_t count = usual_[index].read();
    if (count == 0) {
      continue;
    }
    const std::size_t row = index / kUsualSizes;
    const std::size_t way = row % kWays;
    const std::size_t longest = (index % kUsualSizes + 1) * kUsualStep;
    sums.queries[way][static_cast<std::size_t>(AskedType::kTxt)] += count;
    sums.answers[transport_of(way)][static_cast<std::size_t>(CountedRcode::kNoError)][0] += count;
    sums.askers[row / kWays][static_cast<std::size_t>(Cookie::kNone)] += count;
    sums.sizes[transport_of(way)][size_bucket(longest)] += count;
  }
}

}  // namespace dnsd::metrics
