// Looks that do not wait for one another: an answer is a round trip away, and who asks for thirty one after the other
// waits thirty times.
//
// Threads: `look` is called in several at once; it may use what the caller holds, which outlives it.
#pragma once

#include <cstddef>
#include <deque>
#include <future>
#include <type_traits>
#include <utility>
#include <vector>

namespace zonectl::probe {

// Of one list: a zone may name hundreds of servers. An institution that is looked at has at most 16 questions open (8
// to us, 8 of theirs), and 48 of them stay within the 1024 descriptors that confinement.cc leaves.
inline constexpr std::size_t kSideBySide = 4;

// What `look` finds with 0 to count - 1, in this order.
template <class Look>
[[nodiscard]] auto side_by_side(std::size_t count, const Look& look) {
  using Found = std::invoke_result_t<const Look&, std::size_t>;
  // With both, where no thread can be had the look is done in turn.
  const std::launch how = count == 1 ? std::launch::deferred : std::launch::async | std::launch::deferred;
  std::vector<Found> found;
  found.reserve(count);
  std::deque<std::future<Found>> begun;
  for (std::size_t i = 0; i < count || !begun.empty();) {
    if (i < count && begun.size() < kSideBySide) {
      begun.push_back(std::async(how, [&look, at = i++] { return look(at); }));
    } else {
      found.push_back(begun.front().get());
      begun.pop_front();
    }
  }
  return found;
}

}  // namespace zonectl::probe
