// The signers and their outbox as rows. The schema's triggers put tasks in; what is here reads them, dates them and
// takes them out.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/signer/layout.h"

namespace zonestore::rows {

enum class SignerId : std::int64_t {};

struct SignerRow {
  SignerId id{};
  std::string name;
  signer::Format format = signer::Format::kFiles;
  std::string directory;
  std::string command;  // empty: none
  bool enabled = true;
  WallTime added;
  bool marked = true;  // its directory and the folders there have manifests; false: of before there were any
};

[[nodiscard]] std::vector<SignerRow> read_signers(db::Connection& connection);  // by name
[[nodiscard]] std::optional<SignerRow> find_signer(db::Connection& connection, const std::string& name);
// With a task for every institution that is there.
SignerId insert_signer(db::Connection& connection, const SignerRow& row);
void delete_signer(db::Connection& connection, SignerId id);
void enable_signer(db::Connection& connection, SignerId id);
void mark_signer(db::Connection& connection, SignerId id);
// Since when this signer is known to be taken; nullopt: it is not, or there is none of that name.
[[nodiscard]] std::optional<WallTime> signer_taken(db::Connection& connection, const std::string& name);
// Switches it off, for good; it has nothing to follow any more.
void mark_signer_taken(db::Connection& connection, const std::string& name, WallTime now);

// Every institution but those that have departed, by code, as signers see them.
[[nodiscard]] std::vector<signer::Signing> read_signings(db::Connection& connection);
// Of these, in this order; who has departed, or never was, comes without keys and domains.
[[nodiscard]] std::vector<signer::Signing> read_signings(db::Connection& connection,
                                                         const std::vector<std::string>& codes);
[[nodiscard]] std::vector<std::string> codes_of_signings(db::Connection& connection);  // by code
// Up to `count` codes after this one, by code; from the first on after the last.
[[nodiscard]] std::vector<std::string> codes_after(db::Connection& connection, const std::string& code,
                                                   std::int64_t count);
[[nodiscard]] std::int64_t count_signings(db::Connection& connection);
// Those that have a key of this kind in a slot, by code.
[[nodiscard]] std::vector<std::string> codes_with_keys_of(db::Connection& connection, crypto::Algorithm algorithm);
// The ids of all keys that the institution ever had.
[[nodiscard]] std::vector<std::string> keys_ever(db::Connection& connection, const std::string& code);

struct SignerTask {
  InstitutionId institution{};
  std::string code;
  std::int64_t change = 0;
};
[[nodiscard]] std::vector<SignerTask> read_tasks(db::Connection& connection, SignerId signer);  // by code
[[nodiscard]] bool has_task(db::Connection& connection, SignerId signer, const std::string& code);
// A task for what has not changed: its files are to be made again.
void insert_task(db::Connection& connection, SignerId signer, const std::string& code, WallTime now);

// The tasks that triggers have put in since the last call began now.
void date_new_tasks(db::Connection& connection, WallTime now);
// The signer has followed: a task that has changed since it was read stays.
void finish_task(db::Connection& connection, SignerId signer, const SignerTask& task);
void note_failure(db::Connection& connection, SignerId signer, const std::string& failure);

struct SignerBacklog {
  std::uint64_t tasks = 0;
  std::optional<WallTime> since;  // of the oldest
  std::uint64_t attempts = 0;     // the most of any
  std::string failure;            // of the last attempt of that one
};
[[nodiscard]] SignerBacklog read_backlog(db::Connection& connection, SignerId signer);

// A file of a signer's directory that a look found otherwise than it should be.
struct SignerFinding {
  std::string path;  // from the directory
  std::string what;  // "has mode 0666: everybody may read it"
  bool needs_attention = false;
  WallTime found{};
};
[[nodiscard]] std::vector<SignerFinding> read_findings(db::Connection& connection, SignerId signer);  // by path
// Only so many of a signer are kept.
void add_findings(db::Connection& connection, SignerId signer, const std::vector<SignerFinding>& findings,
                  WallTime now);
void clear_findings(db::Connection& connection, SignerId signer);

// How far maintain has come in looking at a signer's directory.
struct SignerLookState {
  std::string code;  // the last institution that was looked at
  WallTime looked;
  WallTime tables_looked;
};
[[nodiscard]] SignerLookState read_look(db::Connection& connection, SignerId signer);
void store_look(db::Connection& connection, SignerId signer, const SignerLookState& state);

}  // namespace zonestore::rows
