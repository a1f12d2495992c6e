// A directory of the test's own, which other users may enter; gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tests {

class TempDirectory {
 public:
  TempDirectory() : TempDirectory(std::filesystem::temp_directory_path()) {}
  explicit TempDirectory(const std::filesystem::path& parent) {
    std::string pattern = (parent / "dnsd-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("cannot make a temporary directory");
    }
    path_ = pattern;
    std::filesystem::permissions(path_, std::filesystem::perms{0755});
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  TempDirectory(TempDirectory&&) = delete;
  TempDirectory& operator=(TempDirectory&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Where a file system in memory is usually found: for tests that make thousands of durable changes.
inline std::filesystem::path directory_in_memory() {
  const std::filesystem::path shared_memory = "/dev/shm";
  std::error_code ignored;
  return std::filesystem::is_directory(shared_memory, ignored) ? shared_memory
                                                               : std::filesystem::temp_directory_path();
}

}  // namespace tests
