#include "tests/unit/dnsd/memory/shortage.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace dnsd {
namespace {

std::atomic<bool> armed{false};
std::atomic<std::uint64_t> allocations{0};
std::atomic<std::uint64_t> first_to_fail{0};
std::atomic<bool> lasting{false};
std::atomic<bool> met{false};
thread_local bool spared = false;

bool fails() {
  if (!armed.load(std::memory_order_acquire) || spared) {
    return false;
  }
  const std::uint64_t number = allocations.fetch_add(1) + 1;
  if (number == first_to_fail || (lasting && number > first_to_fail)) {
    met = true;
    return true;
  }
  return false;
}

void* allocate(std::size_t size, std::size_t alignment) {
  void* const memory =
      fails()
          ? nullptr
          : std::aligned_alloc(alignment, (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

Shortage::Shortage(std::uint64_t nth, Lasts lasts, Among among) {
  allocations = 0;
  first_to_fail = nth;
  lasting = lasts == Lasts::kOn;
  met = false;
  spared = among == Among::kOtherThreads;
  armed.store(true, std::memory_order_release);
}

Shortage::~Shortage() {
  armed = false;
  spared = false;
}

bool Shortage::was_met() const {
  return met;
}

namespace {

bool can_allocate() {
  try {
    const std::unique_ptr<int> memory(new int(1));
    return *memory == 1;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

TEST(Shortage, FailsTheAllocationThatItNames) {
  std::vector<bool> once;
  std::vector<bool> on;
  once.reserve(4);
  on.reserve(4);
  {
    const Shortage shortage(2, Shortage::Lasts::kOnce, Shortage::Among::kAll);
    for (int time = 0; time < 3; ++time) {
      once.push_back(can_allocate());
    }
  }
  {
    const Shortage shortage(2, Shortage::Lasts::kOn, Shortage::Among::kAll);
    for (int time = 0; time < 3; ++time) {
      on.push_back(can_allocate());
    }
  }
  EXPECT_EQ(once, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(on, (std::vector<bool>{true, false, false}));
  EXPECT_TRUE(can_allocate());
}

TEST(Shortage, SparesTheThreadThatMakesIt) {
  const Shortage shortage(1, Shortage::Lasts::kOn, Shortage::Among::kOtherThreads);
  bool other = true;
  std::thread thread([&other] { other = can_allocate(); });
  thread.join();
  EXPECT_FALSE(other);
  EXPECT_TRUE(can_allocate());
}

}  // namespace
}  // namespace dnsd

void* operator new(std::size_t size) {
  return dnsd::allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
  return dnsd::allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return dnsd::allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return dnsd::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
