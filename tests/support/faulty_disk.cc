#include "tests/support/faulty_disk.h"

#include <new>

#include <sqlite3.h>

namespace tests {
namespace {

sqlite3_vfs* real_disk = nullptr;

// SQLite's own file lies behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file)->real;
}

// `body` has the whole effect.
template <class Body>
int perform(int error, const Body& body) {
  switch (FaultyDisk::get().next_call()) {
    case FaultyDisk::Answer::kGood:
      return body();
    case FaultyDisk::Answer::kFailAfter:
      (void)body();
      return error;
    default:
      return error;
  }
}

int close_file(sqlite3_file* file) {
  return real_of(file)->pMethods->xClose(real_of(file));
}
int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xRead(real_of(file), into, size, offset);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const auto write = [&](int bytes) { return real_of(file)->pMethods->xWrite(real_of(file), from, bytes, offset); };
  switch (FaultyDisk::get().next_call()) {
    case FaultyDisk::Answer::kGood:
      return write(size);
    case FaultyDisk::Answer::kFailAfter:
      (void)write(size);
      break;
    case FaultyDisk::Answer::kFailHalf:
      (void)write(size / 2);
      break;
    case FaultyDisk::Answer::kFailWithout:
      break;
  }
  return SQLITE_IOERR_WRITE;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return perform(SQLITE_IOERR_TRUNCATE, [&] { return real_of(file)->pMethods->xTruncate(real_of(file), size); });
}
int sync_file(sqlite3_file* file, int flags) {
  return perform(SQLITE_IOERR_FSYNC, [&] { return real_of(file)->pMethods->xSync(real_of(file), flags); });
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int lock) {
  return real_of(file)->pMethods->xLock(real_of(file), lock);
}
int unlock_file(sqlite3_file* file, int lock) {
  return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}
int check_lock(sqlite3_file* file, int* is_reserved) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real_of(file)->pMethods->xSectorSize(real_of(file));
}
int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

constexpr sqlite3_io_methods kMethods{
    1,          &close_file,  &read_file,  &write_file,   &truncate_file, &sync_file,       &size_of_file,
    &lock_file, &unlock_file, &check_lock, &control_file, &sector_size,   &characteristics, nullptr,
    nullptr,    nullptr,      nullptr,     nullptr,       nullptr};

int open_file(sqlite3_vfs* /*disk*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const own = new (static_cast<void*>(file)) File{};
  own->real = reinterpret_cast<sqlite3_file*>(own + 1);
  const int code = real_disk->xOpen(real_disk, name, own->real, flags, out_flags);
  own->base.pMethods = code == SQLITE_OK ? &kMethods : nullptr;
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  real_disk = ::sqlite3_vfs_find(nullptr);
  static sqlite3_vfs disk = *real_disk;
  disk.szOsFile += static_cast<int>(sizeof(File));
  disk.zName = "faulty";
  disk.pNext = nullptr;
  disk.xOpen = &open_file;
  ::sqlite3_vfs_register(&disk, 1);
}

FaultyDisk& FaultyDisk::get() {
  static FaultyDisk disk;
  return disk;
}

void FaultyDisk::fail_at(int call, Effect effect, bool for_good) {
  calls_ = 0;
  failing_ = call;
  effect_ = effect;
  for_good_ = for_good;
}

void FaultyDisk::heal() {
  failing_ = 0;
}

FaultyDisk::Answer FaultyDisk::next_call() {
  ++calls_;
  const bool fails = failing_ > 0 && (calls_ == failing_ || (for_good_ && calls_ > failing_));
  if (!fails) {
    return Answer::kGood;
  }
  switch (effect_) {
    case Effect::kNone:
      return Answer::kFailWithout;
    case Effect::kHalf:
      return Answer::kFailHalf;
    case Effect::kWhole:
      break;
  }
  return Answer::kFailAfter;
}

}  // namespace tests
