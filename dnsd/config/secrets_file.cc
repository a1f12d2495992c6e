#include "dnsd/config/secrets_file.h"

#include <algorithm>

#include <sys/stat.h>

#include "dnsd/config/small_file.h"

namespace dnsd::config {
namespace {

constexpr std::size_t kMostFileBytes = 16384;
constexpr mode_t kNobodyElse = S_IWGRP | S_IRWXO;

std::string_view strip(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  line = line.substr(0, line.find('#'));
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin);
}

std::string too_open(const struct stat& status) {
  return (status.st_mode & kNobodyElse) == 0
             ? std::string()
             : "others may read it or its group may write it; make it root:dnsd with mode 0640";
}

}  // namespace

util::Result<void> for_each_secret_line(
    std::string_view text, std::string_view source,
    const std::function<util::Result<void>(std::string_view line, const std::string& place)>& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view said = strip(line);
    if (said.empty()) {
      continue;
    }
    auto taken = take(said, std::string(source) + ":" + std::to_string(number) + ": ");
    if (!taken) {
      return taken;
    }
  }
  return {};
}

util::Result<std::string> read_secrets_file(const std::filesystem::path& file, std::string_view what) {
  auto text = read_small_file(file, kMostFileBytes, too_open);
  if (!text) {
    return util::fail("cannot read the " + std::string(what) + " in " + file.string() + ": " + text.error());
  }
  return text;
}

}  // namespace dnsd::config
