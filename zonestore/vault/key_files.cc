#include "zonestore/vault/key_files.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/base/joined.h"
#include "zonestore/db/failure.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::Failure;

constexpr std::string_view kCredentialName = "zonestore-vault-key";
constexpr mode_t kKeyFileMode = 0600;
constexpr off_t kKeyFileBytes = 65;      // that we write; a draft that was cut off has fewer
constexpr std::size_t kMostBytes = 256;  // of a key's file: more is something else

[[noreturn]] void throw_file_error(const std::string& verb, const fs::path& file, int reason) {
  const ErrorCode code = reason == EACCES || reason == EPERM ? ErrorCode::kPermission
                         : reason == EROFS                   ? ErrorCode::kReadOnly
                         : reason == ENOSPC                  ? ErrorCode::kFull
                                                             : ErrorCode::kIo;
  throw Failure(Error{code, "cannot " + verb + " the wrapping key " + file.string() + ": " + std::strerror(reason),
                      "run as the store's owner: sudo -u zonestore zonectl ...", std::nullopt});
}

// systemd gives a credential to its service alone; where it does so by an access list, the group's bits show that
// list.
void check_mode(const KeyPlace& place, const struct stat& status) {
  if (place.source != KeySource::kCredential && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Failure(Error{ErrorCode::kPermission,
                        "the wrapping key " + place.file().string() + " is open to others than its owner",
                        "run: chmod 600 " + place.file().string(), std::nullopt});
  }
}

void check_owner(const KeyPlace& place, const struct stat& status) {
  if (place.is_draft && (status.st_uid != ::geteuid() || status.st_nlink != 1)) {
    throw Failure(Error{ErrorCode::kPermission,
                        place.file().string() + " is no draft of ours: another user owns it, or it has a second name",
                        "move it away", std::nullopt});
  }
}

// Else whoever may write there could plant what we shall find again as our draft.
void check_directory_is_ours(const fs::path& draft) {
  struct stat status {};
  const fs::path directory = directory_of(draft);
  if (::stat(directory.c_str(), &status) != 0) {
    throw_file_error("write", draft, errno);
  }
  const bool is_ours = status.st_uid == ::geteuid() || status.st_uid == 0;
  if (!is_ours || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw Failure(Error{ErrorCode::kPermission,
                        "others may write in " + directory.string() + ", where the new wrapping key is to be drafted",
                        "run: chmod go-w " + directory.string() +
                            "; or give the new key another file: zonectl vault rekey --key-file FILE",
                        std::nullopt});
  }
}

WrappingKey read_key(const KeyPlace& place, const FileDescriptor& descriptor) {
  Bytes buffer(kMostBytes);
  const ssize_t got = ::read(descriptor.get(), buffer.data(), buffer.size());
  const int reason = errno;
  const crypto::SecretBytes content(std::move(buffer));  // cleansed whatever comes of it
  if (got < 0) {
    throw_file_error("read", place.file(), reason);
  }
  const ByteView read = content.view().first(static_cast<std::size_t>(got));
  Result<WrappingKey> key =
      WrappingKey::parse(std::string_view(reinterpret_cast<const char*>(read.data()), read.size()));
  if (!key) {
    throw Failure(
        Error{key.error().code, place.file().string() + ": " + key.error().message, key.error().hint, std::nullopt});
  }
  return std::move(*key);
}

void sync_directory_of(const fs::path& file) {
  if (const auto synced = sync_directory(directory_of(file)); !synced) {
    throw_file_error("make durable", file, synced.error().value());
  }
}

void write_durably(const fs::path& file, const FileDescriptor& descriptor, ByteView bytes) {
  auto done = write_all(descriptor, bytes);
  done = done ? sync_file(descriptor) : done;
  if (!done) {
    throw_file_error("write", file, done.error().value());
  }
}

// As far as the file system lets one: a copy on write, a snapshot or a flash cell keeps what it keeps.
void overwrite(const fs::path& file) {
  const FileDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (descriptor.is_open()) {
    const Bytes zeros(kMostBytes);
    struct stat status {};
    if (::fstat(descriptor.get(), &status) == 0 && status.st_size <= static_cast<off_t>(zeros.size())) {
      write_durably(file, descriptor, ByteView(zeros).first(static_cast<std::size_t>(status.st_size)));
    }
  }
}

void destroy_file(const fs::path& file) {
  overwrite(file);
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
    throw_file_error("destroy", file, errno);
  }
}

// FILE.new may also be a file that somebody else put there.
void destroy_old_draft(const fs::path& key_file) {
  const fs::path draft = draft_of(key_file);
  struct stat status {};
  if (::lstat(draft.c_str(), &status) != 0) {
    return;
  }
  const bool is_our_size = S_ISREG(status.st_mode) && status.st_size <= kKeyFileBytes;
  const bool is_draft = is_our_size && (status.st_size < kKeyFileBytes || db::at_border<void>([&] {
                                          (void)read_key_file(KeyPlace{KeySource::kOwnFile, key_file, true});
                                        }));
  if (!is_draft) {
    throw Failure(Error{ErrorCode::kRefused, draft.string() + " is there, and is no draft of a wrapping key",
                        "move it away, or name another file", Refusal{Guard::kExists, std::nullopt}});
  }
  destroy_file(draft);
}

// What is at a place, in a few words for the error that lists them all; `key` is set if it is a key.
std::string look_at(const KeyPlace& place, std::optional<WrappingKey>& key) {
  const Result<void> looked = db::at_border<void>([&] { key = read_key_file(place); });
  if (!looked) {
    return looked.error().message;
  }
  return place.file().string() + (key ? " is another key, " + key->id() : " is not there");
}

std::optional<FoundKey> look_for(const std::string& id, const std::vector<KeyPlace>& places, std::string& seen) {
  seen.clear();
  for (const KeyPlace& place : places) {
    std::optional<WrappingKey> key;
    const std::string what = look_at(place, key);
    if (key && key->id() == id) {
      return FoundKey{std::move(*key), place};
    }
    append_joined(seen, "; ", what);
  }
  return std::nullopt;
}

std::optional<fs::path> credential_file(const VaultKeySources& sources) {
  return sources.credentials_directory ? std::optional(*sources.credentials_directory / kCredentialName)
                                       : std::nullopt;
}

}  // namespace

fs::path own_key_file(const fs::path& store_dir) {
  return store_dir / "vault" / "wrapping.key";
}

fs::path draft_of(const fs::path& key_file) {
  return key_file.string() + ".new";
}

fs::path KeyPlace::file() const {
  return is_draft ? draft_of(key_file) : key_file;
}

std::vector<KeyPlace> key_places(const fs::path& store_dir, const VaultKeySources& sources) {
  std::vector<KeyPlace> places;
  if (const auto credential = credential_file(sources)) {
    places.push_back({KeySource::kCredential, *credential});
  }
  if (sources.key_file) {
    places.push_back({KeySource::kNamedFile, *sources.key_file});
    places.push_back({KeySource::kNamedFile, *sources.key_file, true});
  }
  places.push_back({KeySource::kOwnFile, own_key_file(store_dir)});
  places.push_back({KeySource::kOwnFile, own_key_file(store_dir), true});
  return places;
}

FoundKey find_key(const std::string& id, const std::vector<KeyPlace>& places, const std::string& whose,
                  const std::string& hint) {
  constexpr int kAttempts = 3;  // a draft may take its file's place between the looks at the one and at the other
  std::string seen;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (std::optional<FoundKey> found = look_for(id, places, seen)) {
      return std::move(*found);
    }
  }
  throw Failure(Error{ErrorCode::kCrypto,
                      whose + " was sealed with the wrapping key " + id + ", which is not here: " + seen, hint,
                      std::nullopt});
}

FoundKey key_for_new_vault(const fs::path& store_dir, const VaultKeySources& sources) {
  const std::optional<fs::path> credential = credential_file(sources);
  if (credential) {
    const KeyPlace place{KeySource::kCredential, *credential};
    if (std::optional<WrappingKey> key = read_key_file(place)) {
      return {std::move(*key), place};
    }
  }
  if (sources.key_file) {
    const KeyPlace place{KeySource::kNamedFile, *sources.key_file};
    if (std::optional<WrappingKey> key = read_key_file(place)) {
      return {std::move(*key), place};
    }
    throw Failure(Error{ErrorCode::kCrypto,
                        "ZONESTORE_VAULT_KEY names " + place.file().string() + ", which is not there",
                        "make one: (umask 077; openssl rand -hex 32 > " + place.file().string() + ")", std::nullopt});
  }
  const KeyPlace place{KeySource::kOwnFile, own_key_file(store_dir)};
  if (std::optional<WrappingKey> key = read_key_file(place)) {
    return {std::move(*key), place};
  }
  WrappingKey key = db::unwrap(WrappingKey::generate());
  write_draft(place.key_file, key);
  put_draft_in_place(place.key_file);
  return {std::move(key), place};
}

std::optional<WrappingKey> read_key_file(const KeyPlace& place) {
  // O_NONBLOCK: should it be a pipe, opening it must not hang. A draft is ours, and no link.
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (place.is_draft ? O_NOFOLLOW : 0);
  const FileDescriptor descriptor(::open(place.file().c_str(), flags));
  if (!descriptor.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    throw_file_error("read", place.file(), errno);
  }
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Failure(Error{ErrorCode::kInvalid, "the wrapping key " + place.file().string() + " is not a regular file",
                        "", std::nullopt});
  }
  check_mode(place, status);
  check_owner(place, status);
  return read_key(place, descriptor);
}

void write_new_key_file(const fs::path& key_file, const WrappingKey& key) {
  auto draft = DraftFile::create(key_file, kKeyFileMode);
  SystemResult<void> done = draft ? draft->write(key.hexadecimal().view()) : tl::unexpected(draft.error());
  done = done ? draft->put_beside_nothing() : done;
  if (!done && done.error().value() == EEXIST) {
    throw Failure(Error{ErrorCode::kRefused, key_file.string() + " is there by now: nothing was changed",
                        "run the command again to take the key in it, or name another file",
                        Refusal{Guard::kExists, std::nullopt}});
  }
  if (!done) {
    throw_file_error("write", key_file, done.error().value());
  }
}

void write_draft(const fs::path& key_file, const WrappingKey& key) {
  const fs::path draft = draft_of(key_file);
  check_directory_is_ours(draft);
  destroy_old_draft(key_file);
  {
    const auto descriptor = create_file(draft, kKeyFileMode);
    if (!descriptor) {
      throw_file_error("write", draft, descriptor.error().value());
    }
    write_durably(draft, *descriptor, key.hexadecimal().view());
  }
  sync_directory_of(draft);
}

void put_draft_in_place(const fs::path& key_file) {
  overwrite(key_file);
  if (const auto placed = rename_durably(draft_of(key_file), key_file); !placed) {
    throw_file_error("replace", key_file, placed.error().value());
  }
}

void destroy_key_file(const fs::path& key_file) {
  destroy_file(key_file);
  destroy_file(draft_of(key_file));
  sync_directory_of(key_file);
}

}  // namespace zonestore
