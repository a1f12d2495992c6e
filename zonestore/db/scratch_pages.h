// What a dry run has written: blocks of memory over a file that stays as it is. Inside db/ only.
//
// Pure: the file below is handed in as a function that reads it. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace zonestore::db {

class ScratchPages {
 public:
  // Fills the span with the file's bytes from `offset` on, with zeros past its end. False: it could not be read.
  using BaseRead = std::function<bool(std::span<std::byte> into, std::int64_t offset)>;

  [[nodiscard]] bool empty() const { return !size_.has_value(); }
  [[nodiscard]] std::int64_t size() const { return size_.value_or(0); }  // of the whole, if not empty
  void clear();

  // Before the first write or truncation: how long the file is.
  void begin(std::int64_t file_size_bytes);
  // What is past the end reads as zeros. False: the file could not be read.
  [[nodiscard]] bool read(std::span<std::byte> into, std::int64_t offset, const BaseRead& base) const;
  [[nodiscard]] bool write(std::span<const std::byte> from, std::int64_t offset, const BaseRead& base);
  void truncate(std::int64_t size);

 private:
  static constexpr std::int64_t kBlockBytes = 4096;
  using Block = std::vector<std::byte>;

  [[nodiscard]] bool read_base(std::span<std::byte> into, std::int64_t offset, const BaseRead& base) const;
  // The block to write to; nullptr: what was there could not be read.
  [[nodiscard]] Block* writable(std::int64_t number, bool whole, const BaseRead& base);

  std::optional<std::int64_t> size_;
  std::int64_t seen_bytes_ = 0;  // so much of the file still shows through
  std::map<std::int64_t, Block> blocks_;
};

}  // namespace zonestore::db
