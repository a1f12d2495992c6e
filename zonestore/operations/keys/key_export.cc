#include "zonestore/operations/keys/key_export.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/file_check.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/change/served_key.h"

namespace zonestore {
namespace {

constexpr mode_t kSecretFileMode = 0600;

[[noreturn]] void throw_file_error(const std::filesystem::path& file, int error) {
  const ErrorCode code = error == EACCES || error == EPERM ? ErrorCode::kPermission
                         : error == EROFS                  ? ErrorCode::kReadOnly
                         : error == ENOSPC                 ? ErrorCode::kFull
                                                           : ErrorCode::kIo;
  throw db::Failure(Error{code, "cannot write " + file.string() + ": " + std::strerror(error),
                          "choose another file with --out", std::nullopt});
}

[[noreturn]] void throw_exists(const std::filesystem::path& file) {
  throw db::Failure(Error{ErrorCode::kRefused, file.string() + " is there already, and a key is never overwritten",
                          "choose another file with --out, or move that one away",
                          Refusal{Guard::kExists, std::nullopt}});
}

template <class T>
T done_with(SystemResult<T> result, const std::filesystem::path& file) {
  if (!result && result.error().value() == EEXIST) {
    throw_exists(file);
  }
  if (!result) {
    throw_file_error(file, result.error().value());
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

// A key is written nowhere but where it was looked at, whatever the path leads to by then. A place that cannot be
// opened is told later: first the key must be there.
SystemResult<FilePlace> look_at_place(const std::filesystem::path& file) {
  SystemResult<FilePlace> place = FilePlace::open(file);
  if (!place) {
    return place;
  }
  if (std::optional<Error> inside = db::find_store_around(*place)) {
    throw db::Failure(std::move(*inside));
  }
  struct stat status {};
  if (::fstatat(place->directory(), place->name().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    throw_exists(file);
  }
  return place;
}

const rows::SlotKey& require_key(const rows::InstitutionRow& row, dkim::SlotId slot) {
  const std::optional<rows::SlotKey>& key = row.key(slot);
  if (!key) {
    throw db::Failure(Error{ErrorCode::kNotFound, row.code.text() + " " + dkim::to_text(slot) + " holds no key",
                            "zonectl show " + row.code.text(), std::nullopt});
  }
  return *key;
}

// The row of the export is in the log by then: another says that it came to nothing.
[[noreturn]] void throw_not_in_place(Store& store, const ChangeContext& context, const dkim::Code& code,
                                     const std::string& what, const std::string& reason) {
  std::string log = "the log has a row of it, and one that says so";
  const Result<void> told = db::at_border<void>([&] {
    ChangeScope change(store, context, "key export", code.text());
    Changed ignored;
    change.finish({what + ": no, it was not: " + reason}, ignored);
  });
  if (!told) {
    log = "the log has a row of it all the same, and none that says so: " + told.error().message;
  }
  throw db::Failure(Error{ErrorCode::kIo, what + ": no, it could not take its place: " + reason + "; " + log,
                          "choose another file with --out", std::nullopt});
}

}  // namespace

Result<KeyExported> export_private_key(Store& store, const ChangeContext& context, const dkim::Code& code,
                                       dkim::SlotId slot, const std::filesystem::path& file) {
  return db::at_border<KeyExported>([&] {
    SystemResult<FilePlace> looked_at = look_at_place(file);
    ChangeScope change(store, context, "key export", code.text());
    const rows::InstitutionRow row = change.institution(code);
    KeyExported outcome;
    outcome.key_id = require_key(row, slot).key_id;
    outcome.file = file;
    check_served_key(change.store(), row, slot);
    FilePlace place = done_with(std::move(looked_at), file);
    const std::string exported =
        "private key " + outcome.key_id + " of " + dkim::to_text(slot) + " exported to " + file.string();
    const AuditNote note{exported};
    if (context.dry_run) {
      change.finish(note, outcome);
      return outcome;
    }
    const crypto::PrivateKey key = db::unwrap(change.store().vault().get(outcome.key_id));
    DraftFile draft = done_with(DraftFile::create(std::move(place), kSecretFileMode), file);
    done_with(draft.write(db::unwrap(key.pem()).view()), file);
    change.finish(note, outcome);
    if (const auto placed = draft.put_beside_nothing(); !placed) {
      const bool is_there = placed.error().value() == EEXIST;
      throw_not_in_place(store, context, code, exported,
                         is_there ? "there is a file of that name by now" : placed.error().message());
    }
    return outcome;
  });
}

}  // namespace zonestore
