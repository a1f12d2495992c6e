// The vault's directory and database: made, checked, opened. For the sources of this folder only.
// Errors: db::Failure is thrown.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/vault/key_files.h"

namespace zonestore {

[[nodiscard]] std::filesystem::path vault_directory_of(const std::filesystem::path& store_dir);
[[nodiscard]] std::filesystem::path vault_file_of(const std::filesystem::path& store_dir);

[[noreturn]] void fail_with(ErrorCode code, std::string message, std::string hint = {});

// Refuses what others than the owner may enter or read.
void check_private_directory(const std::filesystem::path& store_dir);
void check_private_file(const std::filesystem::path& store_dir);
// Durable like what will be put in it: the entry in the store's directory is synced.
void make_vault_directory(const std::filesystem::path& store_dir);
[[nodiscard]] db::Connection open_vault_database(const std::filesystem::path& file, db::Access access);

// The store that a vault belongs to, and the wrapping key that it is sealed with; nullopt where there is none yet.
[[nodiscard]] std::optional<std::string> tied_to(db::Connection& connection);
[[nodiscard]] std::optional<std::string> wrapping_key_id_of(db::Connection& connection);
[[noreturn]] void fail_as_foreign(const db::Connection& connection);

// What a key is sealed with beside its bytes: rows of another key or of another store do not open.
[[nodiscard]] std::string seal_context(const std::string& store_id, const std::string& key_id);

// Opens every key that `old_key` has sealed, or that lies in the clear without one, and seals it with `key`.
// Precondition: a write transaction. Gives back how many there were.
std::size_t seal_all(db::Connection& connection, const std::string& store_id, const WrappingKey* old_key,
                     const WrappingKey& key, std::optional<WallTime> now);

// Takes bytes of before the sealing out of the unused parts of the file, once; tried again by the next one if it
// fails.
void sweep_if_due(db::Connection& connection);

}  // namespace zonestore
