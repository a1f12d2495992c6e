#include "zonestore/operations/backup/backup_seal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/digest.h"
#include "zonestore/db/file_check.h"
#include "zonestore/operations/backup/backup_files.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/vault/keyed_code.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "zonestore-backup 1\n";
constexpr std::string_view kPurpose = "zonestore backup: seal 1";
constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kMostSealBytes = 4096;
constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;
constexpr std::array<std::string_view, 2> kFiles{"zone.db", "vault.db"};

fs::path seal_file_of(const fs::path& backup) {
  return backup / "seal";
}

// Takes "WORD rest\n" off the front.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end <= word.size() || !text.starts_with(word) || text[word.size()] != ' ') {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(word.size() + 1, end - word.size() - 1);
  text.remove_prefix(end + 1);
  return rest;
}

std::optional<SealedFile> parse_sealed_file(std::string_view line) {
  const std::size_t one = line.find(' ');
  const std::size_t two = one == std::string_view::npos ? one : line.find(' ', one + 1);
  if (two == std::string_view::npos) {
    return std::nullopt;
  }
  SealedFile file{std::string(line.substr(0, one)), 0, std::string(line.substr(two + 1))};
  const std::string_view size = line.substr(one + 1, two - one - 1);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), file.size_bytes);
  const bool good = error == std::errc{} && end == size.data() + size.size();
  return good && is_hex(file.digest, kDigestDigits) ? std::optional(file) : std::nullopt;
}

[[noreturn]] void throw_at(std::string_view verb, const fs::path& file, int reason) {
  throw db::Failure(db::file_error(verb, file, reason));
}

// A file of a backup may have become anything: opening it waits for nobody.
FileDescriptor open_plain(const fs::path& file) {
  FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
    throw_at("open", file, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    throw db::Failure(
        Error{ErrorCode::kForeign, file.string() + " is not a regular file", "take another backup", std::nullopt});
  }
  return opened;
}

// Reads to the end, through `take`.
template <class Taker>
SealedFile read_through(const fs::path& file, const Taker& take) {
  const FileDescriptor opened = open_plain(file);
  SealedFile read{file.filename().string(), 0, {}};
  crypto::Sha256 digest;
  Bytes block(kBlockBytes);
  for (;;) {
    const ssize_t got = ::read(opened.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw_at("read", file, errno);
    }
    if (got == 0) {
      break;
    }
    const ByteView bytes = ByteView(block).first(static_cast<std::size_t>(got));
    digest.add(bytes);
    take(bytes);
    read.size_bytes += bytes.size();
  }
  read.digest = hex_of(digest.finish());
  return read;
}

SealedFile copy_one(const fs::path& file, const fs::path& to) {
  const auto made = create_file(to, kBackupFileMode);
  if (!made) {
    throw_at("make", to, made.error().value());
  }
  return read_through(file, [&](ByteView bytes) {
    if (const auto written = write_all(*made, bytes); !written) {
      throw_at("write", to, written.error().value());
    }
  });
}

// The code is compared without telling by the time it takes how much of it was right.
bool is_same(std::string_view one, std::string_view other) {
  unsigned difference = one.size() == other.size() ? 0U : 1U;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    difference |= static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
  }
  return difference == 0;
}

ByteView seal_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// When vault rekey put another key in the place of that one; nullopt: it is not known ever to have been the store's.
std::optional<WallTime> replaced_at(db::Connection& connection, const std::string& key_id) {
  db::Statement row = connection.prepare(
      "SELECT at_ms FROM audit WHERE command = 'vault rekey' AND instr(before_json, ?1) > 0 "
      "ORDER BY audit_id DESC LIMIT 1");
  return row.bind(1, std::string_view(key_id)).step() ? std::optional(rows::wall_column(row, 0)) : std::nullopt;
}

// By the key that the vault is sealed with now.
KeyedCode code_of_vault(Vault& vault, const fs::path& dir, const VaultKeySources& sources, ByteView message) {
  const VaultStatus status = db::unwrap(vault.status());
  for (KeyedCode& each : db::unwrap(codes_by_found_keys(dir, sources, kPurpose, message))) {
    if (each.key_id == status.wrapping_key_id) {
      return std::move(each);
    }
  }
  throw db::Failure(Error{ErrorCode::kCrypto, status.problem, "", std::nullopt});
}

// By the keys that may answer for this store: the vault's own, or, without a vault, those that are found.
std::vector<KeyedCode> codes_of(ByteView message, Store* live, const fs::path& dir, const VaultKeySources& sources) {
  if (live != nullptr) {
    Result<KeyedCode> code =
        db::at_border<KeyedCode>([&] { return code_of_vault(live->impl().vault(), dir, sources, message); });
    if (code) {
      return {*std::move(code)};
    }
    if (code.error().code == ErrorCode::kPermission) {
      throw db::Failure(code.error());
    }
  }
  return db::unwrap(codes_by_found_keys(dir, sources, kPurpose, message));
}

}  // namespace

std::string sealed_text(const Seal& seal) {
  std::string text(kHead);
  text.append("store ").append(seal.store_id).append("\nkey ").append(seal.key_id).append("\n");
  for (const SealedFile& file : seal.files) {
    text.append("file ").append(file.name).append(" ").append(std::to_string(file.size_bytes));
    text.append(" ").append(file.digest).append("\n");
  }
  return text;
}

std::optional<Seal> parse_seal(std::string_view text) {
  const std::string_view whole = text;
  if (!text.starts_with(kHead)) {
    return std::nullopt;
  }
  text.remove_prefix(kHead.size());
  const auto store = take_line(text, "store");
  const auto key = take_line(text, "key");
  if (!store || !key || !is_hex(*store, kIdDigits) || !is_hex(*key, kIdDigits)) {
    return std::nullopt;
  }
  Seal seal{std::string(*store), std::string(*key), {}, {}};
  while (const auto line = take_line(text, "file")) {
    const std::optional<SealedFile> file = parse_sealed_file(*line);
    if (!file) {
      return std::nullopt;
    }
    seal.files.push_back(*file);
  }
  const auto mac = take_line(text, "mac");
  if (!mac || !is_hex(*mac, kDigestDigits) || !text.empty()) {
    return std::nullopt;
  }
  seal.mac = *mac;
  const std::string again = sealed_text(seal) + "mac " + seal.mac + "\n";
  return again == whole ? std::optional(seal) : std::nullopt;  // one form alone
}

void seal_backup(Store& store, const fs::path& directory) {
  Store::Impl& impl = store.impl();
  Vault& vault = impl.vault();
  Seal seal{impl.store_id, db::unwrap(vault.status()).wrapping_key_id, {}, {}};
  for (const std::string_view name : kFiles) {
    seal.files.push_back(read_through(directory / name, [](ByteView) {}));
  }
  // Another key may be put in charge meanwhile: the text names the one that gives the code.
  const auto code_of_text = [&] {
    return code_of_vault(vault, impl.dir, impl.key_sources, seal_bytes(sealed_text(seal)));
  };
  KeyedCode code = code_of_text();
  while (code.key_id != seal.key_id) {
    seal.key_id = code.key_id;
    code = code_of_text();
  }
  const std::string text = sealed_text(seal) + "mac " + hex_of(code.code) + "\n";
  auto draft = DraftFile::create(seal_file_of(directory), kBackupFileMode);
  SystemResult<void> done = draft ? draft->write(seal_bytes(text)) : tl::unexpected(draft.error());
  done = done ? draft->put_beside_nothing() : done;
  if (!done) {
    throw_at("write", seal_file_of(directory), done.error().value());
  }
}

std::vector<SealedFile> copy_backup(const fs::path& backup, const fs::path& directory) {
  std::vector<SealedFile> files;
  files.reserve(kFiles.size());
  for (const std::string_view name : kFiles) {
    files.push_back(copy_one(backup / name, directory / name));
  }
  return files;
}

std::optional<Seal> read_seal(const fs::path& backup) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(seal_file_of(backup), ignored))) {
    return std::nullopt;
  }
  const FileDescriptor opened = open_plain(seal_file_of(backup));
  std::string text(kMostSealBytes, '\0');
  const ssize_t got = ::read(opened.get(), text.data(), text.size());
  if (got < 0) {
    throw_at("read", seal_file_of(backup), errno);
  }
  text.resize(static_cast<std::size_t>(got));
  return parse_seal(text).value_or(Seal{});
}

SealJudgement judge_seal(const std::optional<Seal>& seal, const std::vector<SealedFile>& files, Store* live,
                         const fs::path& dir, const VaultKeySources& sources) {
  if (!seal) {
    return {SealState::kNone, "it carries no seal: it was made before backups were sealed, or not by this store",
            false};
  }
  if (seal->key_id.empty()) {
    return {SealState::kBroken, "its seal is none of ours", false};
  }
  const std::vector<KeyedCode> codes = codes_of(seal_bytes(sealed_text(*seal)), live, dir, sources);
  const auto own =
      std::find_if(codes.begin(), codes.end(), [&](const KeyedCode& each) { return each.key_id == seal->key_id; });
  if (own != codes.end()) {
    if (is_same(hex_of(own->code), seal->mac) && seal->files == files) {
      return {SealState::kOurs, {}, false};
    }
    return {SealState::kBroken, "its seal does not fit its files: they were altered, or come from two backups",
            false};
  }
  const std::string sealed = "it was sealed with the wrapping key " + seal->key_id;
  if (codes.empty()) {
    return {SealState::kOtherKey, sealed + ", and there is none here", true};
  }
  if (const auto when = live != nullptr ? replaced_at(live->impl().connection, seal->key_id) : std::nullopt) {
    return {SealState::kEarlierKey, sealed + ", which vault rekey replaced at " + to_rfc3339(*when), false};
  }
  return {SealState::kOtherKey, sealed + "; this store's is " + codes.front().key_id, false};
}

}  // namespace zonestore
