// A file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string_view>

#include "zonestore/base/durable_file.h"
#include "zonestore/base/error.h"

namespace zonectl {

// What a command writes, so that it replaces a file of that kind alone.
struct FileKind {
  std::string_view name;    // "zone file"
  std::string_view begins;  // what each file of the kind begins with
  std::string_view option;  // that names the file: "--out"
};

// Writes beside the file under a name that nobody can guess, and takes its place on commit(): until then, and if
// commit is never reached, what was there before stays as it is. The mode is 0644, whatever the umask and the old
// file's. Replaced is a file of the same kind, or an empty one, and nothing else: what the option names may be the
// vault by mistake, or a link that somebody planted. Errors: kInvalid for a place in a store, a link, a device, a
// directory; kRefused (E_EXISTS) for a file of another kind; kPermission and kIo with the reason.
class WholeFile {
 public:
  [[nodiscard]] static zonestore::Result<WholeFile> create(const std::filesystem::path& file, const FileKind& kind);

  [[nodiscard]] std::ostream& stream() { return *stream_; }
  // Durable when it returns.
  [[nodiscard]] zonestore::Result<void> commit();

 private:
  class Buffer;
  WholeFile(std::filesystem::path file, zonestore::DraftFile draft);

  std::filesystem::path file_;
  std::unique_ptr<zonestore::DraftFile> draft_;
  std::unique_ptr<std::streambuf> buffer_;  // writes into the draft
  std::unique_ptr<std::ostream> stream_;
};

}  // namespace zonectl
