#include "tools/zonectl/text/whole_file.h"

#include <array>
#include <cerrno>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/db/file_check.h"

namespace zonectl {

using zonestore::DraftFile;
using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::FilePlace;
using zonestore::Result;

namespace {

constexpr mode_t kMode = 0644;

tl::unexpected<Error> cannot_write(const std::filesystem::path& file, int reason) {
  return zonestore::fail(reason == EACCES || reason == EPERM ? ErrorCode::kPermission : ErrorCode::kIo,
                         "cannot write " + file.string() + ": " + std::generic_category().message(reason));
}

// Empty, or begins as its kind does. Opened without following a link and without waiting for a pipe.
bool is_of_kind(const FilePlace& place, const FileKind& kind) {
  const zonestore::FileDescriptor opened(
      ::openat(place.directory(), place.name().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  std::string beginning(kind.begins.size(), '\0');
  const ssize_t got = opened.is_open() ? ::read(opened.get(), beginning.data(), beginning.size()) : -1;
  return got == 0 || (got > 0 && std::string_view(beginning.data(), static_cast<std::size_t>(got)) == kind.begins);
}

// Why what is there must stay.
std::optional<Error> obstacle(const FilePlace& place, const FileKind& kind) {
  if (std::optional<Error> inside = zonestore::db::find_store_around(place)) {
    return inside;
  }
  const std::filesystem::path& file = place.path();
  struct stat status {};
  if (::fstatat(place.directory(), place.name().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;  // nothing, or making the draft tells why not
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{
        ErrorCode::kInvalid,
        file.string() + (S_ISLNK(status.st_mode) ? " is a symbolic link, and is not followed" : " is not a file"),
        "name a file; without " + std::string(kind.option) + " it goes to standard output", std::nullopt};
  }
  if (!is_of_kind(place, kind)) {
    return Error{
        ErrorCode::kRefused,
        file.string() + " is there and is no " + std::string(kind.name) + " of zonectl's: it is not replaced",
        "name another file, or move that one away", zonestore::Refusal{zonestore::Guard::kExists, std::nullopt}};
  }
  return std::nullopt;
}

}  // namespace

class WholeFile::Buffer : public std::streambuf {
 public:
  explicit Buffer(DraftFile& draft) : draft_(draft) { setp(block_.data(), block_.data() + block_.size()); }

 protected:
  int_type overflow(int_type byte) override {
    if (sync() != 0) {
      return traits_type::eof();
    }
    if (!traits_type::eq_int_type(byte, traits_type::eof())) {
      *pptr() = traits_type::to_char_type(byte);
      pbump(1);
    }
    return traits_type::not_eof(byte);
  }
  int sync() override {
    const zonestore::ByteView bytes(reinterpret_cast<const std::uint8_t*>(pbase()),
                                    static_cast<std::size_t>(pptr() - pbase()));
    const auto written = draft_.write(bytes);
    setp(block_.data(), block_.data() + block_.size());
    errno = written ? 0 : written.error().value();
    return written ? 0 : -1;
  }

 private:
  DraftFile& draft_;
  std::array<char, 65536> block_{};
};

Result<WholeFile> WholeFile::create(const std::filesystem::path& file, const FileKind& kind) {
  auto place = FilePlace::open(file);
  if (!place) {
    return cannot_write(file, place.error().value());
  }
  if (std::optional<Error> found = obstacle(*place, kind)) {
    return tl::unexpected(std::move(*found));
  }
  auto draft = DraftFile::create(std::move(*place), kMode);
  if (!draft) {
    return cannot_write(file, draft.error().value());
  }
  return WholeFile(file, std::move(*draft));
}

WholeFile::WholeFile(std::filesystem::path file, DraftFile draft)
    : file_(std::move(file)),
      draft_(std::make_unique<DraftFile>(std::move(draft))),
      buffer_(std::make_unique<Buffer>(*draft_)),
      stream_(std::make_unique<std::ostream>(buffer_.get())) {}

Result<void> WholeFile::commit() {
  errno = 0;
  stream_->flush();
  if (!*stream_) {
    return cannot_write(file_, errno == 0 ? EIO : errno);
  }
  if (const auto placed = draft_->replace(); !placed) {
    return cannot_write(file_, placed.error().value());
  }
  if (const FilePlace& place = draft_->place(); !place.is_where_its_path_leads()) {
    return zonestore::fail(ErrorCode::kIo,
                           file_.string() + " was written, but its path leads elsewhere by now: it lies in " +
                               place.real_directory().string(),
                           "name a place whose directories nobody else can rename");
  }
  return {};
}

}  // namespace zonectl
