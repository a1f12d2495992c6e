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
#include "zonestore/publish/institution_rows.h"
#include "zonestore/signer/layout.h"

namespace zonestore::publish {

enum class SignerId : std::int64_t {};

struct SignerRow {
  SignerId id{};
  std::string name;
  signer::Format format = signer::Format::kFiles;
  std::string directory;
  std::string command;  // empty: none
  bool enabled = true;
  WallTime added;
};

[[nodiscard]] std::vector<SignerRow> read_signers(db::Connection& connection);  // by name
[[nodiscard]] std::optional<SignerRow> find_signer(db::Connection& connection, const std::string& name);
// With a task for every institution that is there.
SignerId insert_signer(db::Connection& connection, const SignerRow& row);
void delete_signer(db::Connection& connection, SignerId id);
void enable_signer(db::Connection& connection, SignerId id);

// Every institution but those that have departed, by code, as signers see them.
[[nodiscard]] std::vector<signer::Signing> read_signings(db::Connection& connection);

struct SignerTask {
  InstitutionId institution{};
  std::string code;
  std::int64_t change = 0;
};
[[nodiscard]] std::vector<SignerTask> read_tasks(db::Connection& connection, SignerId signer);  // by code
[[nodiscard]] bool has_task(db::Connection& connection, SignerId signer, InstitutionId institution);
// Of all signers, enabled or not.
[[nodiscard]] bool has_tasks(db::Connection& connection, InstitutionId institution);
// A task for what has not changed: its files are to be made again.
void insert_task(db::Connection& connection, SignerId signer, InstitutionId institution, WallTime now);

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

// Drains that wait, of institutions that no signer has a task for any more, begin now. How many slots.
std::int64_t begin_waiting_drains(db::Connection& connection, const Moment& now);

}  // namespace zonestore::publish
