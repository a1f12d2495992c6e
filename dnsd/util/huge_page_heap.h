// Huge pages for what a load allocates, where the system leaves that to programs (transparent_hugepage is "madvise"
// or "always").
//
// A million institutions take a gigabyte. In pages of 4 KB that is a quarter of a million page faults, half of a
// load's time, and a query there misses the TLB before it misses the cache; in pages of 2 MB neither. The C library
// asks for them only by an environment variable that is set before the program begins. So the heap is made to grow by
// large steps during a load, and the steps are marked while they are empty.
//
// It is the main thread's heap that is marked: the one of a start's load. Others, those of later loads, which share
// most of their memory with the image that is served, grow as ever. Threads: one at a time.
#pragma once

namespace dnsd::util {

class HugePageHeap {
 public:
  HugePageHeap();
  HugePageHeap(const HugePageHeap&) = delete;
  HugePageHeap& operator=(const HugePageHeap&) = delete;
  HugePageHeap(HugePageHeap&&) = delete;
  HugePageHeap& operator=(HugePageHeap&&) = delete;
  ~HugePageHeap();  // from here on the heap grows as it did before

  void mark_growth();  // cheap: to be called often while the heap grows

 private:
  void* marked_to_;
};

}  // namespace dnsd::util
