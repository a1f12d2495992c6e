#include "tools/zonectl/output/spool.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

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
  std::string path = (directory / "zonectl-XXXXXX").string();
  const zonestore::FileDescriptor made(::mkstemp(path.data()));  // mode 0600
  if (!made.is_open()) {
    return no_room(directory.string(), errno);
  }
  std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
  ::unlink(path.c_str());
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
