#include "tools/zonectl/bulk/text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tools/zonectl/telling/json.h"
#include "zonestore/base/file_text.h"

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::without_byte_order_mark;

namespace {

constexpr std::size_t kMostTold = 50;
constexpr std::uintmax_t kMostBytes = 64U * 1024 * 1024;

Error at_line(const std::string& file, const FileFault& fault) {
  Error error = fault.error;
  error.message = (file == kStandardInput ? "standard input" : file) +
                  (fault.line == 0 ? "" : ":" + std::to_string(fault.line)) + ": " + error.message;
  return error;
}

}  // namespace

namespace {

Result<std::string> read_all(std::istream& in, const std::string& name) {
  std::string text;
  std::string block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) {
      return zonestore::fail(ErrorCode::kInvalid, name + " is larger than 64 MiB");
    }
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

ExitCode tell_faults(const Session& session, const std::string& file, const std::vector<FileFault>& faults) {
  Json told = Json::array();
  for (std::size_t i = 0; i < std::min(faults.size(), kMostTold); ++i) {
    session.report(at_line(file, faults[i]));
    told.push_back(Json{{"line", faults[i].line == 0 ? Json(nullptr) : Json(faults[i].line)},
                        {"error", to_json(faults[i].error)}});
  }
  session.report(
      {ErrorCode::kInvalid,
       file + ": nothing was done, " + std::to_string(faults.size()) + (faults.size() == 1 ? " fault" : " faults") +
           (faults.size() > kMostTold ? ", of which the first " + std::to_string(kMostTold) + " are shown" : ""),
       "", std::nullopt});
  const auto malformed = std::find_if(faults.begin(), faults.end(),
                                      [](const FileFault& each) { return each.error.code == ErrorCode::kInvalid; });
  const FileFault& worst = malformed == faults.end() ? faults.front() : *malformed;
  if (session.json()) {
    print(session.out(),
          Json{{"error", to_json(at_line(file, worst))}, {"faults", told}, {"fault_count", faults.size()}});
  }
  return exit_code_of(worst.error.code);
}

}  // namespace zonectl
