// Which refused requests for transfers are worth a line in the log: whoever is not let in shall find out why, and
// nobody shall fill the log, for the sources of datagrams are forged.
//
// One line a minute for each client prefix (/24, /56), ten a minute in all; what was not said is counted, and told
// with the next line. Pure: time is handed in. Threads: one at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace dnsd::transfer {

class Refusals {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMostLines = 10;
  static constexpr std::chrono::minutes kStretch{1};

  // One more, from this address (4 or 16 bytes). How many were not said before it, if it is to be said.
  [[nodiscard]] std::optional<std::uint64_t> note(std::span<const std::uint8_t> address, Time now);

 private:
  struct Said {
    std::array<std::uint8_t, 8> prefix{};  // of 3 bytes for IPv4, of 7 for IPv6; the rest 0
    bool is_ipv6 = false;
    Time at;
  };

  std::array<Said, kMostLines> said_{};
  std::size_t count_ = 0;
  std::uint64_t unsaid_ = 0;
};

}  // namespace dnsd::transfer
