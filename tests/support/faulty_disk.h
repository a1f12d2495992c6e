// A disk that fails under every SQLite database of this process: the nth write, truncation or sync returns an error,
// before it has any effect or after all of it, once or from then on.
//
// It becomes SQLite's default file system when it is first asked for, and stays. Threads: one at a time.
#pragma once

#include <cstdint>

namespace tests {

class FaultyDisk {
 public:
  enum class Effect : std::uint8_t { kNone, kHalf, kWhole };  // of the call that fails (half: of a write alone)

  static FaultyDisk& get();

  // Counts from here; the nth call (from 1) fails.
  void fail_at(int call, Effect effect, bool for_good);
  void heal();
  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] bool has_failed() const { return calls_ >= failing_ && failing_ > 0; }

  // For its files: what the call that is being made has to do.
  enum class Answer : std::uint8_t { kGood, kFailWithout, kFailHalf, kFailAfter };
  [[nodiscard]] Answer next_call();

  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  FaultyDisk(FaultyDisk&&) = delete;
  FaultyDisk& operator=(FaultyDisk&&) = delete;
  ~FaultyDisk() = default;

 private:
  FaultyDisk();
  int calls_ = 0;
  int failing_ = 0;  // 0: none does
  Effect effect_ = Effect::kNone;
  bool for_good_ = false;
};

}  // namespace tests
