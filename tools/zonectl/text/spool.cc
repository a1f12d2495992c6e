#include "tools/zonectl/text/spool.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "zonestore/base/durable_file.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;

namespace {

tl::unexpected<zonestore::Error> no_room(const std::string& where, int reason) {
  return zonestore::fail(ErrorCode::kIo, "cannot use a temporary file in " + where + ": " + std::strerror(reason),
                         "make room there, or set TMPDIR to another directory");
}

}  // namespace

Result<Spool> Spool::open() {
  std::error_code failure;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(failure);
  if (failure) {
    return no_room("$TMPDIR", failure.value());
  }
  const auto made = zonestore::unnamed_file(directory);
  if (!made) {
    return no_room(directory.string(), made.error().value());
  }
  errno = 0;
  std::fstream stream("/proc/self/fd/" + std::to_string(made->get()),
                      std::ios::in | std::ios::out | std::ios::binary);
  if (!stream) {
    return no_room(directory.string(), errno == 0 ? EIO : errno);
  }
  return Spool(std::move(stream));
}

Result<void> Spool::pour(std::ostream& out) {
  errno = 0;
  stream_.flush();
  stream_.seekg(0);
  std::array<char, 65536> block{};
  while (stream_ && out) {
    stream_.read(block.data(), block.size());
    out.write(block.data(), stream_.gcount());
  }
  if (stream_.bad() || (out && !stream_.eof())) {
    return no_room("the directory for temporary files", errno == 0 ? EIO : errno);
  }
  return {};
}

}  // namespace zonectl
