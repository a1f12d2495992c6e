#include "dnsd/net/tcp_workspace.h"

#include "dnsd/net/frame_reader.h"

namespace dnsd::net {
namespace {

constexpr std::size_t kInputBytes = 16384;
constexpr std::size_t kOutputBytes = kTcpPrefixBytes + kMaxMessageBytes;
// No power of two: the first lines of all slots would share a few sets of the cache.
constexpr std::size_t kSlotBytes = kInputBytes + kOutputBytes + 575;
static_assert(kSlotBytes % 64 == 0 && kSlotBytes % 4096 != 0);

}  // namespace

TcpWorkspace::TcpWorkspace(const TcpLimits& tcp_limits, Handler& query_handler,
                           metrics::WorkerCounters& worker_counters)
    : limits(tcp_limits),
      handler(query_handler),
      counters(worker_counters),
      output(tcp_limits.unsent_bytes + kTcpPrefixBytes + kMaxMessageBytes),
      discarded(kInputBytes),
      now(Clock::now()),
      unsent_part(tcp_limits.unsent_bytes),
      slot_memory_(std::make_unique_for_overwrite<std::uint8_t[]>(kSlots * kSlotBytes)) {
  for (std::size_t index = 0; index < kSlots; ++index) {
    const std::span memory(slot_memory_.get() + index * kSlotBytes, kSlotBytes);
    slots[index] = {memory.first(kInputBytes), memory.subspan(kInputBytes, kOutputBytes)};
  }
}

void TcpWorkspace::begin_round() {
  now = Clock::now();
  handler.begin_batch();
}

}  // namespace dnsd::net
