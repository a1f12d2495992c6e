#include "dnsd/util/huge_page_heap.h"

#include <cstdint>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace dnsd::util {
namespace {

constexpr int kStepBytes = 64 * 1024 * 1024;
constexpr int kUsualStepBytes = 128 * 1024;  // the C library's own
// To set any of these ends the C library's own adapting of the others. A list of pages or a batch must not be mapped
// and unmapped each time.
constexpr int kMappedFromBytes = 4 * 1024 * 1024;
constexpr int kKeptAtTheTopBytes = 8 * 1024 * 1024;
constexpr std::uintptr_t kHugePageBytes = std::uintptr_t{2} * 1024 * 1024;

}  // namespace

HugePageHeap::HugePageHeap() : marked_to_(::sbrk(0)) {
  ::mallopt(M_MMAP_THRESHOLD, kMappedFromBytes);
  ::mallopt(M_TRIM_THRESHOLD, kKeptAtTheTopBytes);
  ::mallopt(M_TOP_PAD, kStepBytes);
}

HugePageHeap::~HugePageHeap() {
  ::mallopt(M_TOP_PAD, kUsualStepBytes);
}

void HugePageHeap::mark_growth() {
  void* const end = ::sbrk(0);
  if (end == marked_to_) {
    return;
  }
  // From the first whole huge page on; nothing is lost where the system has none.
  const auto begin = (reinterpret_cast<std::uintptr_t>(marked_to_) + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  if (begin < reinterpret_cast<std::uintptr_t>(end)) {
    (void)::madvise(reinterpret_cast<void*>(begin), reinterpret_cast<std::uintptr_t>(end) - begin, MADV_HUGEPAGE);
  }
  marked_to_ = end;
}

}  // namespace dnsd::util
