// From the store's published zones to an image, and from one image to the next.
//
// The only place beside transfer/ and the server that sees the store's reader. What it gives out is whole: one
// committed state whose counts and checksums are right. Threads: one thread at a time (the store watcher's); where
// there are cores for it, a load reads the store on a second thread while this one builds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "dnsd/zone/image.h"
#include "zonestore/zone/published_reader.h"

namespace dnsd::zone {

// An image and the place in the store that it was made from.
struct Loaded {
  std::shared_ptr<const Image> image;
  zonestore::PublishedHead head;
  bool whole = true;                 // false: only the journal was read
  std::size_t record_sets_read = 0;  // from the store, or from the journal
  // All records in uncompressed wire form (RFC 1035 section 3.2.1): what the image's memory is measured by.
  std::uint64_t record_data_bytes = 0;
};

enum class Threads : std::uint8_t { kOne, kTwo };
[[nodiscard]] Threads threads_for_a_load();  // as many as there are cores for

// Everything, in one pass. What comes out as it is in `served` (nullptr: none), the image being served, is shared
// with it, so that its memory is not needed twice. Errors: those of the reader, and kDamaged when a zone's record
// sets do not match its count and hash sum, a zone has no SOA, or record data cannot be laid out.
[[nodiscard]] zonestore::Result<Loaded> load(zonestore::PublishedReader& reader, const Image* served = nullptr,
                                             Threads threads = threads_for_a_load());

// What came after `current`: from the journal if it reaches back, else everything. The new image shares all
// that did not change. `before_whole`: called before everything is read. Errors: as load; `current` stays good.
[[nodiscard]] zonestore::Result<Loaded> follow(zonestore::PublishedReader& reader, const Loaded& current,
                                               const std::function<void()>& before_whole = {});

}  // namespace dnsd::zone
