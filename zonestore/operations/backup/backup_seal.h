// The seal of a backup: what its files were when it was made, under a code that only the store's own wrapping key
// gives. For the sources of this folder only. Errors: db::Failure is thrown.
//
//   DIR/seal     zonestore-backup 1
//                store 0123...                  the store's id
//                key 89ab...                    the id of the wrapping key that gave the code
//                file zone.db 4096 cdef...      name, bytes, SHA-256: of each file of the backup
//                file vault.db 8192 0123...
//                mac 4567...                    HMAC-SHA256 of all lines before, by a key derived from the wrapping
//                key
//
// It is held against the very bytes that are restored: they are copied into a private place first, and hashed on the
// way. A key that is handed over together with a backup proves nothing, so --key-file is not asked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/operations/backup/backup.h"

namespace zonestore {

struct SealedFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string digest;  // 64 hexadecimal digits
  friend bool operator==(const SealedFile&, const SealedFile&) = default;
};

struct Seal {
  std::string store_id;
  std::string key_id;
  std::vector<SealedFile> files;
  std::string mac;  // 64 hexadecimal digits
};

// The lines that the code is over. Pure, as parse_seal is, which takes nothing but what this and a mac line make.
[[nodiscard]] std::string sealed_text(const Seal& seal);
[[nodiscard]] std::optional<Seal> parse_seal(std::string_view text);

// Writes the seal of the backup in `directory`.
void seal_backup(Store& store, const std::filesystem::path& directory);

// Copies the files of a backup into `directory`, a private one: what they are, by the bytes that arrived there. Links
// are followed; what is no regular file is refused.
[[nodiscard]] std::vector<SealedFile> copy_backup(const std::filesystem::path& backup,
                                                  const std::filesystem::path& directory);

// nullopt: there is none. What cannot be understood is one that fits nothing.
[[nodiscard]] std::optional<Seal> read_seal(const std::filesystem::path& backup);

// Whose it is, by the key of `live`, or, where there is no store, by the keys that are found in its places.
struct SealJudgement {
  SealState state = SealState::kNone;
  std::string why;          // not of kOurs: one line
  bool has_no_key = false;  // there is no wrapping key here at all
};
[[nodiscard]] SealJudgement judge_seal(const std::optional<Seal>& seal, const std::vector<SealedFile>& files,
                                       Store* live, const std::filesystem::path& dir, const VaultKeySources& sources);

}  // namespace zonestore
