#include "zonestore/db/lock_holders.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "zonestore/base/joined.h"

namespace zonestore::db {
namespace {

constexpr std::uint64_t kPendingByte = 0x40000000;  // SQLite's; the reserved byte and 510 shared ones follow
constexpr std::uint64_t kLastSharedByte = kPendingByte + 511;
constexpr std::size_t kMostTold = 4;

template <class T>
std::optional<T> number_in(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "1: POSIX  ADVISORY  WRITE 812 08:02:1234 1073741825 1073741825"; one who waits has "->" before the kind.
struct Line {
  std::string kind;
  bool writes = false;
  std::int64_t pid = 0;
  LockedFile file;
  std::uint64_t first = 0;
  std::uint64_t last = UINT64_MAX;  // EOF
};

std::optional<LockedFile> parse_file(const std::string& text) {
  const std::size_t one = text.find(':');
  const std::size_t two = one == std::string::npos ? one : text.find(':', one + 1);
  if (two == std::string::npos) {
    return std::nullopt;
  }
  const std::string_view whole(text);
  const auto major = number_in<unsigned>(whole.substr(0, one), 16);
  const auto minor = number_in<unsigned>(whole.substr(one + 1, two - one - 1), 16);
  const auto inode = number_in<std::uint64_t>(whole.substr(two + 1));
  return major && minor && inode ? std::optional(LockedFile{*major, *minor, *inode}) : std::nullopt;
}

std::optional<Line> parse_line(const std::string& text) {
  std::istringstream words(text);
  std::string index;
  std::string advisory;
  std::string access;
  std::string pid;
  std::string place;
  std::string first;
  std::string last;
  Line line;
  if (!(words >> index >> line.kind) || line.kind == "->" ||
      !(words >> advisory >> access >> pid >> place >> first >> last)) {
    return std::nullopt;
  }
  const auto holder = number_in<std::int64_t>(pid);
  const auto file = parse_file(place);
  const auto begin = number_in<std::uint64_t>(first);
  if (!holder || !file || !begin) {
    return std::nullopt;
  }
  line.writes = access == "WRITE";
  line.pid = *holder;
  line.file = *file;
  line.first = *begin;
  line.last = number_in<std::uint64_t>(last).value_or(UINT64_MAX);
  return line;
}

bool is_of_kind(const Line& line, LockKind kind) {
  if (kind == LockKind::kWhole) {
    return line.kind == "FLOCK";
  }
  return (line.kind == "POSIX" || line.kind == "OFDLCK") && line.first >= kPendingByte &&
         line.last <= kLastSharedByte;
}

void add(std::vector<LockHolder>& holders, const Line& line) {
  const auto found =
      std::find_if(holders.begin(), holders.end(), [&](const LockHolder& each) { return each.pid == line.pid; });
  if (found == holders.end()) {
    holders.push_back({line.pid, line.writes});
  } else {
    found->writes = found->writes || line.writes;
  }
}

std::string program_of(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::string text_of(const LockHolder& holder, LockKind kind) {
  const std::string program = holder.pid > 0 ? program_of(holder.pid) : "";
  std::string text = holder.pid > 0 ? "pid " + std::to_string(holder.pid)
                                    : "a process that has no pid here (it runs in another pid namespace)";
  text += program.empty() ? "" : " (" + program + ")";
  if (kind == LockKind::kDatabase) {
    text += holder.writes ? " is writing" : " is reading";
  }
  return text;
}

}  // namespace

std::vector<LockHolder> holders_in(std::string_view locks, const LockedFile& file, LockKind kind) {
  std::vector<LockHolder> holders;
  std::vector<LockHolder> by_inode;
  std::istringstream lines{std::string(locks)};
  for (std::string text; std::getline(lines, text);) {
    const std::optional<Line> line = parse_line(text);
    if (!line || line->file.inode != file.inode || !is_of_kind(*line, kind)) {
      continue;
    }
    const bool same_device = line->file.major == file.major && line->file.minor == file.minor;
    add(same_device ? holders : by_inode, *line);
  }
  if (holders.empty() && kind == LockKind::kDatabase) {
    holders = std::move(by_inode);
  }
  std::stable_partition(holders.begin(), holders.end(), [](const LockHolder& each) { return each.writes; });
  return holders;
}

std::string who_holds(const std::filesystem::path& file, LockKind kind) {
  struct stat status {};
  std::ifstream locks("/proc/locks");
  std::ostringstream text;
  text << locks.rdbuf();
  std::vector<LockHolder> holders;
  if (::stat(file.c_str(), &status) == 0) {
    holders = holders_in(text.str(), {major(status.st_dev), minor(status.st_dev), status.st_ino}, kind);
  }
  const bool is_ours =
      std::erase_if(holders, [](const LockHolder& each) { return each.pid == ::getpid() && each.writes; }) > 0;
  std::erase_if(holders, [](const LockHolder& each) { return each.pid == ::getpid(); });
  if (holders.empty() && is_ours) {
    return kind == LockKind::kDatabase ? "this process itself is writing" : "this process itself";
  }
  if (holders.empty()) {
    return "by whom cannot be seen from here (a process of another pid namespace, or one that has just let go)";
  }
  return joined_first(holders, kMostTold, [kind](const LockHolder& each) { return text_of(each, kind); });
}

}  // namespace zonestore::db
