#include "tools/zonectl/bulk/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "zonestore/base/file_text.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::without_byte_order_mark;

namespace {

constexpr std::uintmax_t kMostBytes = 64U * 1024 * 1024;

Result<std::string> read_all(std::istream& in, const std::string& name) {
  std::string text;
  std::string block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) {
      return zonestore::fail(ErrorCode::kInvalid, name + " is larger than 64 MiB");
    }
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return zonestore::fail(ErrorCode::kInvalid, name + " is UTF-16", "save it as UTF-8");
  }
  return std::string(without_byte_order_mark(text));
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::error_code unreadable;
  if (!in || std::filesystem::is_directory(file, unreadable)) {
    const int reason = errno == 0 ? EISDIR : errno;
    return zonestore::fail(reason == EACCES ? ErrorCode::kPermission : ErrorCode::kIo,
                           "cannot read " + file.string() + ": " + std::strerror(reason));
  }
  return read_all(in, file.string());
}

Result<std::string> read_list_text(const Session& session, const std::string& file) {
  if (file != kStandardInput) {
    return read_text_file(file);
  }
  if (session.input() == nullptr) {
    return zonestore::fail(ErrorCode::kIo, "there is no standard input to read");
  }
  return read_all(*session.input(), "standard input");
}

}  // namespace zonectl
