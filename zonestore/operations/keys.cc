#include "zonestore/operations/keys.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/operations/fresh_keys.h"
#include "zonestore/operations/institution_view.h"

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

// A file of its own name beside the wanted one, which takes its place by link(): whole or not at all, and never over
// a file that is there.
class NewSecretFile {
 public:
  explicit NewSecretFile(std::filesystem::path file)
      : file_(std::move(file)), draft_(file_.string() + ".new-" + dkim::random_hex(8)) {
    descriptor_ = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kSecretFileMode);
    if (descriptor_ < 0) {
      throw_file_error(file_, errno);
    }
  }
  ~NewSecretFile() {
    ::close(descriptor_);
    ::unlink(draft_.c_str());
  }
  NewSecretFile(const NewSecretFile&) = delete;
  NewSecretFile& operator=(const NewSecretFile&) = delete;
  NewSecretFile(NewSecretFile&&) = delete;
  NewSecretFile& operator=(NewSecretFile&&) = delete;

  void write(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        throw_file_error(file_, errno);
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) {
      throw_file_error(file_, errno);
    }
  }

  void put_in_place() {
    if (::link(draft_.c_str(), file_.c_str()) == 0) {
      return;
    }
    if (errno == EEXIST) {
      throw_exists(file_);
    }
    throw_file_error(file_, errno);
  }

  [[noreturn]] static void throw_exists(const std::filesystem::path& file) {
    throw db::Failure(Error{ErrorCode::kRefused, file.string() + " is there already, and a key is never overwritten",
                            "choose another file with --out, or move that one away",
                            Refusal{Guard::kExists, std::nullopt}});
  }

 private:
  std::filesystem::path file_;
  std::filesystem::path draft_;
  int descriptor_;
};

const publish::SlotKey& require_key(const publish::InstitutionRow& row, dkim::SlotId slot) {
  const std::optional<publish::SlotKey>& key = row.key(slot);
  if (!key) {
    throw db::Failure(Error{ErrorCode::kNotFound, row.code.text() + " " + dkim::to_text(slot) + " holds no key",
                            "zonectl show " + row.code.text(), std::nullopt});
  }
  return *key;
}

}  // namespace

Result<KeyExported> export_private_key(Store& store, const ChangeContext& context, const dkim::Code& code,
                                       dkim::SlotId slot, const std::filesystem::path& file) {
  return db::at_border<KeyExported>([&] {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
      NewSecretFile::throw_exists(file);
    }
    ChangeScope change(store, context, "key export", code.text());
    const publish::InstitutionRow row = require_institution(change.connection(), code);
    KeyExported outcome;
    outcome.key_id = require_key(row, slot).key_id;
    outcome.file = file;
    check_served_key(change.store(), row, slot);
    const AuditNote note{"private key " + outcome.key_id + " of " + dkim::to_text(slot) + " exported to " +
                         file.string()};
    if (context.dry_run) {
      change.finish(note, outcome);
      return outcome;
    }
    const dkim::PrivateKey key = db::unwrap(change.store().vault().get(outcome.key_id));
    NewSecretFile draft(file);
    draft.write(db::unwrap(key.pem()).view());
    change.finish(note, outcome);
    draft.put_in_place();
    return outcome;
  });
}

}  // namespace zonestore
