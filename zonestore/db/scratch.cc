#include "zonestore/db/scratch.h"

#include <array>
#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <new>

#include <sqlite3.h>

#include "zonestore/db/scratch_pages.h"

namespace zonestore::db {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Longer than most dry runs take, and short for a writer that waits (its busy timeout is ten times that).
constexpr std::chrono::milliseconds kLongestHold{1000};

// What a commit always changes in the header: change counter, size, free list (fileformat.html section 1.3). SQLite
// compares these to know whether its cache is still good.
constexpr std::int64_t kVersionAt = 24;
using Version = std::array<std::byte, 16>;

// Beyond those of SQLite (below 100 and, for its tests, above 10000).
constexpr int kControlDrops = 7101;
constexpr int kControlHold = 7102;

sqlite3_vfs* real_layer() {
  static sqlite3_vfs* const layer = ::sqlite3_vfs_find(nullptr);
  return layer;
}

// One open database. `real` is SQLite's own, behind this object in the same memory.
class ScratchFile {
 public:
  explicit ScratchFile(sqlite3_file* real) : real_(real) {}

  int read(std::span<std::byte> into, std::int64_t offset);
  int write(std::span<const std::byte> from, std::int64_t offset);
  int truncate(std::int64_t size);
  int file_size(std::int64_t& size) const;
  int lock(int level);
  int unlock(int level);
  int check_reserved(int& taken) const { return real_->pMethods->xCheckReservedLock(real_, &taken); }
  int control(int operation, void* argument);
  int close() { return real_->pMethods->xClose(real_); }

 private:
  int lock_shared();
  int release();
  int begin_pages();
  int drop_if_changed();
  void drop();
  [[nodiscard]] int real_version(Version& version) const;
  [[nodiscard]] bool read_real(std::span<std::byte> into, std::int64_t offset) const;
  [[nodiscard]] ScratchPages::BaseRead base() const;

  sqlite3_file* real_;
  ScratchPages pages_;
  Version below_{};           // of the file when the pages began
  bool committed_ = false;    // the pages hold a commit
  bool stale_cache_ = false;  // SQLite must forget what it has read
  std::uint64_t drops_ = 0;
  int level_ = SQLITE_LOCK_NONE;  // as SQLite sees it
  bool has_real_lock_ = false;
  bool hold_ = false;
  SteadyClock::time_point locked_;
};

bool ScratchFile::read_real(std::span<std::byte> into, std::int64_t offset) const {
  const int code = real_->pMethods->xRead(real_, into.data(), static_cast<int>(into.size()), offset);
  return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ;  // SQLite fills up with zeros
}

ScratchPages::BaseRead ScratchFile::base() const {
  return [this](std::span<std::byte> into, std::int64_t offset) { return read_real(into, offset); };
}

int ScratchFile::read(std::span<std::byte> into, std::int64_t offset) {
  if (stale_cache_ && offset == kVersionAt && into.size() == Version{}.size()) {
    // What was dropped, and what stands there now, may have come as far by chance: a version that is neither's.
    stale_cache_ = false;
    Version version{};
    if (const int code = real_version(version); code != SQLITE_OK) {
      return code;
    }
    for (std::size_t i = 0; i < into.size(); ++i) {
      into[i] = ~version.at(i);
    }
    return SQLITE_OK;
  }
  if (pages_.empty()) {
    return real_->pMethods->xRead(real_, into.data(), static_cast<int>(into.size()), offset);
  }
  if (!pages_.read(into, offset, base())) {
    return SQLITE_IOERR_READ;
  }
  return offset + std::ssize(into) > pages_.size() ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int ScratchFile::real_version(Version& version) const {
  version.fill({});
  return read_real(version, kVersionAt) ? SQLITE_OK : SQLITE_IOERR_READ;
}

int ScratchFile::begin_pages() {
  if (!pages_.empty()) {
    return SQLITE_OK;
  }
  sqlite3_int64 size = 0;
  if (const int code = real_->pMethods->xFileSize(real_, &size); code != SQLITE_OK) {
    return code;
  }
  if (const int code = real_version(below_); code != SQLITE_OK) {
    return code;
  }
  pages_.begin(size);
  return SQLITE_OK;
}

int ScratchFile::write(std::span<const std::byte> from, std::int64_t offset) {
  if (const int code = begin_pages(); code != SQLITE_OK) {
    return code;
  }
  return pages_.write(from, offset, base()) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int ScratchFile::truncate(std::int64_t size) {
  if (const int code = begin_pages(); code != SQLITE_OK) {
    return code;
  }
  pages_.truncate(size);
  return SQLITE_OK;
}

int ScratchFile::file_size(std::int64_t& size) const {
  if (!pages_.empty()) {
    size = pages_.size();
    return SQLITE_OK;
  }
  sqlite3_int64 real = 0;
  const int code = real_->pMethods->xFileSize(real_, &real);
  size = real;
  return code;
}

void ScratchFile::drop() {
  stale_cache_ = true;
  drops_ += committed_ ? 1 : 0;
  committed_ = false;
  pages_.clear();
}

int ScratchFile::drop_if_changed() {
  if (pages_.empty()) {
    return SQLITE_OK;
  }
  Version now{};
  const int code = real_version(now);
  if (code == SQLITE_OK && now != below_) {
    drop();
  }
  return code;
}

int ScratchFile::release() {
  has_real_lock_ = false;
  return real_->pMethods->xUnlock(real_, SQLITE_LOCK_NONE);
}

// A lock that was held across transactions for long is given back first: a writer that waits for it comes before us,
// because nobody gets a new one while that writer is there.
int ScratchFile::lock_shared() {
  if (has_real_lock_ && SteadyClock::now() - locked_ >= kLongestHold) {
    if (const int code = release(); code != SQLITE_OK) {
      return code;
    }
  }
  if (has_real_lock_) {
    return SQLITE_OK;
  }
  if (const int code = real_->pMethods->xLock(real_, SQLITE_LOCK_SHARED); code != SQLITE_OK) {
    return code;
  }
  has_real_lock_ = true;
  locked_ = SteadyClock::now();
  return drop_if_changed();
}

int ScratchFile::lock(int level) {
  if (level <= level_) {
    return SQLITE_OK;
  }
  if (level_ == SQLITE_LOCK_NONE) {
    if (const int code = lock_shared(); code != SQLITE_OK) {
      return code;
    }
    level_ = SQLITE_LOCK_SHARED;
  }
  // From SHARED straight to EXCLUSIVE goes only who wants to roll a hot journal back.
  if (level == SQLITE_LOCK_EXCLUSIVE && level_ == SQLITE_LOCK_SHARED) {
    return SQLITE_READONLY_ROLLBACK;
  }
  level_ = level;
  return SQLITE_OK;
}

int ScratchFile::unlock(int level) {
  if (level >= level_) {
    return SQLITE_OK;
  }
  if (level_ > SQLITE_LOCK_SHARED && !committed_) {
    pages_.clear();  // rolled back, so that what was read is as the file has it
  }
  level_ = level;
  if (level > SQLITE_LOCK_NONE || (hold_ && has_real_lock_)) {
    return SQLITE_OK;
  }
  return release();
}

int ScratchFile::control(int operation, void* argument) {
  switch (operation) {
    case SQLITE_FCNTL_COMMIT_PHASETWO:
      committed_ = committed_ || !pages_.empty();
      return SQLITE_OK;
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_LAST_ERRNO:
      return real_->pMethods->xFileControl(real_, operation, argument);
    case kControlDrops:
      *static_cast<std::uint64_t*>(argument) = drops_;
      return SQLITE_OK;
    case kControlHold:
      hold_ = *static_cast<const bool*>(argument);
      return !hold_ && has_real_lock_ && level_ == SQLITE_LOCK_NONE ? release() : SQLITE_OK;
    default:
      return SQLITE_NOTFOUND;  // size hints and the like are for the real file alone
  }
}

// ---- the functions that SQLite calls: nothing may be thrown through them ----

// What SQLite has made room for. It is its own from open to close; so it is made and ended in place.
struct OpenFile {
  sqlite3_file base;
  ScratchFile scratch;
};

constexpr std::size_t kRealAt =
    (sizeof(OpenFile) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

ScratchFile& scratch_of(sqlite3_file* file) {
  return reinterpret_cast<OpenFile*>(file)->scratch;
}

template <class Body>
int told_to_sqlite(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::exception&) {
    return SQLITE_IOERR_NOMEM;
  }
}

int close_file(sqlite3_file* file) {
  auto* const open = reinterpret_cast<OpenFile*>(file);
  const int code = open->scratch.close();
  std::destroy_at(&open->scratch);
  return code;
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return told_to_sqlite([&] {
    return scratch_of(file).read({static_cast<std::byte*>(into), static_cast<std::size_t>(amount)}, offset);
  });
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  return told_to_sqlite([&] {
    return scratch_of(file).write({static_cast<const std::byte*>(from), static_cast<std::size_t>(amount)}, offset);
  });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return told_to_sqlite([&] { return scratch_of(file).truncate(size); });
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return told_to_sqlite([&] {
    std::int64_t bytes = 0;
    const int code = scratch_of(file).file_size(bytes);
    *size = bytes;
    return code;
  });
}

int lock_file(sqlite3_file* file, int level) {
  return told_to_sqlite([&] { return scratch_of(file).lock(level); });
}

int unlock_file(sqlite3_file* file, int level) {
  return told_to_sqlite([&] { return scratch_of(file).unlock(level); });
}

int check_reserved(sqlite3_file* file, int* taken) {
  return scratch_of(file).check_reserved(*taken);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
  return told_to_sqlite([&] { return scratch_of(file).control(operation, argument); });
}

constexpr sqlite3_io_methods kMethods{
    .iVersion = 1,  // no shared memory: a write-ahead log cannot be read this way, and no mapping
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = [](sqlite3_file*, int) { return SQLITE_OK; },
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control_file,
    .xSectorSize = [](sqlite3_file*) { return 512; },
    .xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_database_file(const char* name, sqlite3_file* file, int flags, int* flags_out) {
  void* const memory = file;
  auto* const real = reinterpret_cast<sqlite3_file*>(static_cast<std::byte*>(memory) + kRealAt);
  int real_flags = 0;
  const int reading = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  if (const int code = real_layer()->xOpen(real_layer(), name, real, reading, &real_flags); code != SQLITE_OK) {
    return code;
  }
  auto* const open = new (memory) OpenFile{sqlite3_file{&kMethods}, ScratchFile(real)};
  (void)open;
  if (flags_out != nullptr) {
    *flags_out = flags;
  }
  return SQLITE_OK;
}

// Beside the database there are only files that are read (is its journal hot?) and temporary ones of no name.
int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    return open_database_file(name, file, flags, flags_out);
  }
  if ((flags & SQLITE_OPEN_READONLY) != 0) {
    // Root's SQLite would give a journal to the database's owner, even one that it only reads.
    const int type = (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 ? SQLITE_OPEN_SUPER_JOURNAL : 0;
    return real_layer()->xOpen(real_layer(), name, file, (flags & ~SQLITE_OPEN_MAIN_JOURNAL) | type, flags_out);
  }
  if (name == nullptr) {
    return real_layer()->xOpen(real_layer(), name, file, flags, flags_out);
  }
  return SQLITE_CANTOPEN;
}

int delete_nothing(sqlite3_vfs*, const char*, int) {
  return SQLITE_OK;
}

// Everything else is SQLite's own layer's, which asks for itself by the pointer that it is handed.
sqlite3_vfs made_layer() {
  sqlite3_vfs layer = *real_layer();
  layer.pNext = nullptr;
  layer.zName = "zonestore-scratch";
  layer.szOsFile = static_cast<int>(kRealAt) + real_layer()->szOsFile;
  layer.xOpen = open_file;
  layer.xDelete = delete_nothing;
  return layer;
}

}  // namespace

const char* scratch_layer() {
  static sqlite3_vfs layer = made_layer();
  static const int registered = ::sqlite3_vfs_register(&layer, 0);
  return registered == SQLITE_OK ? layer.zName : nullptr;
}

std::uint64_t scratch_drops(sqlite3* handle) {
  std::uint64_t drops = 0;
  (void)::sqlite3_file_control(handle, "main", kControlDrops, &drops);
  return drops;
}

void hold_scratch(sqlite3* handle, bool hold) {
  (void)::sqlite3_file_control(handle, "main", kControlHold, &hold);
}

}  // namespace zonestore::db
