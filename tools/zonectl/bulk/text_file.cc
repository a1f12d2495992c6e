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

template <class Text>
Result<Text> read_all(std::istream& in, const std::string& name) {
  Text text;
  Text block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) {
      return zonestore::fail(ErrorCode::kInvalid, name + " is larger than 64 MiB",
                             "is it the file that was meant? a longer list is given in parts");
    }
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return zonestore::fail(ErrorCode::kInvalid, name + " is UTF-16", "save it as UTF-8");
  }
  text.erase(0, text.size() - without_byte_order_mark(text).size());
  return text;
}

template <class Text>
Result<Text> read_file(const std::filesystem::path& file) {
  std::ifstream in;
  in.rdbuf()->pubsetbuf(nullptr, 0);  // it would keep what was read last
  errno = 0;
  in.open(file, std::ios::binary);
  std::error_code unreadable;
  if (!in || std::filesystem::is_directory(file, unreadable)) {
    const int reason = errno == 0 ? EISDIR : errno;
    return zonestore::fail(reason == EACCES ? ErrorCode::kPermission : ErrorCode::kIo,
                           "cannot read " + file.string() + ": " + std::strerror(reason));
  }
  return read_all<Text>(in, file.string());
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file) {
  return read_file<std::string>(file);
}

Result<zonestore::crypto::SecretText> read_secret_file(const std::filesystem::path& file) {
  return read_file<zonestore::crypto::SecretText>(file);
}

Result<std::string> read_list_text(const Session& session, const std::string& file) {
  if (file != kStandardInput) {
    return read_text_file(file);
  }
  if (session.input() == nullptr) {
    return zonestore::fail(ErrorCode::kIo, "there is no standard input to read");
  }
  return read_all<std::string>(*session.input(), "standard input");
}

}  // namespace zonectl
