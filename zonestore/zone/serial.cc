#include "zonestore/zone/serial.h"

namespace zonestore {

bool is_before(Serial left, Serial right) {
  const std::uint32_t ahead = right.value - left.value;
  return ahead != 0 && ahead < 0x8000'0000U;
}

Serial next_serial(Serial current, WallTime now) {
  const Serial next{current.value + 1};
  const auto since_1970 = std::chrono::floor<Seconds>(now.time_since_epoch()).count();
  const Serial clock{static_cast<std::uint32_t>(static_cast<std::uint64_t>(since_1970))};
  return is_before(next, clock) ? clock : next;
}

}  // namespace zonestore
