// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>

#include "zonestore/base/error.h"

namespace zonectl {

// Writes beside the file under another name, and takes its place on commit(): until then, and if commit is never
// reached, what was there before stays as it is. The mode is the user's default (umask), not the old file's.
// Errors: kInvalid for a place that holds something else than a file, kPermission and kIo with the reason.
class WholeFile {
 public:
  [[nodiscard]] static zonestore::Result<WholeFile> create(const std::filesystem::path& file);
  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&&) = delete;
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;
  ~WholeFile();

  [[nodiscard]] std::ostream& stream() { return stream_; }
  // Durable when it returns.
  [[nodiscard]] zonestore::Result<void> commit();

 private:
  WholeFile(std::filesystem::path file, std::filesystem::path temporary);

  std::filesystem::path file_;
  std::filesystem::path temporary_;  // empty: nothing to clean up
  std::ofstream stream_;
};

}  // namespace zonectl
