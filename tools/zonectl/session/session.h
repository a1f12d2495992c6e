// One run of one command: the store that it works on, who asks, and where the answer goes.
//
// Ownership: what is handed in must outlive the session. Threads: one.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "tools/zonectl/session/environment.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/text/times.h"
#include "zonestore/base/moment.h"
#include "zonestore/operations/change/store.h"

namespace zonectl {

// The flags that every command takes.
struct GlobalOptions {
  std::optional<std::string> store;
  std::optional<std::string> actor;
  bool json = false;
};

// The flags that every changing command takes.
struct ChangeOptions {
  bool dry_run = false;
  std::optional<zonestore::Guard> override_guard;
  std::optional<std::string> reason;
};

class Session {
 public:
  // After the parse: the options are read.
  Session(const GlobalOptions& options, Streams& streams, const Environment& environment,
          const zonestore::Clock& clock);

  // --store, else $ZONESTORE, else /var/lib/zonestore.
  [[nodiscard]] std::filesystem::path store_dir() const;
  // What a killed writer left behind is rolled back first.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_read() const;
  // For a change. A dry run decides by the same code on a store that it cannot change: see Store::Access::kDryRun.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_change(const ChangeOptions& options) const;
  // For what writes beside changes, or needs the vault, and has no dry run.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_write() const;

  // Before the store is opened: root becomes its owner, where that is another (become_owner.h).
  [[nodiscard]] zonestore::Result<void> become_owner();

  [[nodiscard]] zonestore::ChangeContext context(const ChangeOptions& options) const;

  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] std::ostream& out() const { return streams_.out; }
  [[nodiscard]] const Terminal& terminal() const { return streams_.out_terminal; }
  // For what is no answer: progress, errors.
  [[nodiscard]] std::ostream& err() const { return streams_.err; }
  [[nodiscard]] const Terminal& err_terminal() const { return streams_.err_terminal; }
  [[nodiscard]] Times times() const;
  // Prints what `write` writes once it is all there; nothing if it fails. See text/spool.h.
  [[nodiscard]] zonestore::Result<ExitCode> print_whole(
      const std::function<zonestore::Result<void>(std::ostream&)>& write) const;
  // Is there a person who can be asked? One reads standard error and writes on standard input.
  [[nodiscard]] bool can_ask() const { return streams_.in != nullptr && streams_.err_terminal.interactive; }
  // What comes by standard input; nullptr: nothing does.
  [[nodiscard]] std::istream* input() const { return streams_.input; }
  // Asks that person, on standard error. Anything but "y" or "yes" is no, and so is the end of the input.
  [[nodiscard]] bool confirms(const std::string& question) const;
  // Tells an error in words, on standard error.
  void report(const zonestore::Error& error) const;
  [[nodiscard]] const zonestore::Clock& clock() const { return clock_; }
  [[nodiscard]] const std::vector<probe::Address>& resolvers() const { return environment_.resolvers; }
  [[nodiscard]] const zonestore::VaultKeySources& key_sources() const { return key_sources_; }

 private:
  [[nodiscard]] zonestore::Result<zonestore::Store> open(zonestore::Store::Access access) const;
  [[nodiscard]] zonestore::Result<zonestore::Store> open_recovered(zonestore::Store::Access access) const;

  const GlobalOptions& options_;
  Streams& streams_;
  const Environment& environment_;
  const zonestore::Clock& clock_;
  zonestore::VaultKeySources key_sources_;
  std::optional<std::string> became_;  // whom root has become
};

}  // namespace zonectl
