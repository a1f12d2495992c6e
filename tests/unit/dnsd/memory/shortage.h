// Memory that runs out when a test says so: this program's operator new is ours (shortage_test.cc).
//
// Threads: one shortage at a time, made and ended by one thread; all others may allocate meanwhile.
#pragma once

#include <cstdint>

namespace dnsd {

class Shortage {
 public:
  enum class Lasts : std::uint8_t { kOnce, kOn };           // that allocation alone; it and all after it
  enum class Among : std::uint8_t { kAll, kOtherThreads };  // whose allocations count, and fail

  // Fails the `nth` allocation from now on (the first is 1).
  Shortage(std::uint64_t nth, Lasts lasts, Among among);
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;
  Shortage(Shortage&&) = delete;
  Shortage& operator=(Shortage&&) = delete;
  ~Shortage();

  [[nodiscard]] bool was_met() const;  // an allocation has failed
};

// Does `operation` with the first allocation failing, then with the second, until it needs no more of them; once
// where that one fails, once where all after it do too. `check` follows each, with memory for all.
template <class Operation, class Check>
void for_every_allocation(Shortage::Among among, Operation operation, Check check) {
  for (const Shortage::Lasts lasts : {Shortage::Lasts::kOnce, Shortage::Lasts::kOn}) {
    bool met = true;
    for (std::uint64_t nth = 1; met; ++nth) {
      {
        const Shortage shortage(nth, lasts, among);
        operation();
        met = shortage.was_met();
      }
      check(nth);
    }
  }
}

}  // namespace dnsd
