// One run of one command: the store that it works on, who asks, and where the answer goes.
//
// Ownership: what is handed in must outlive the session. Threads: one.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "tools/zonectl/session/environment.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/text/folding.h"
#include "tools/zonectl/text/json_value.h"
#include "tools/zonectl/text/silence.h"
#include "tools/zonectl/text/times.h"
#include "zonestore/base/moment.h"
#include "zonestore/operations/change/store.h"

namespace zonectl {

// The flags that every command takes.
struct GlobalOptions {
  std::optional<std::string> store;
  std::optional<std::string> actor;
  bool json = false;
  bool quiet = false;  // errors and refusals alone; JSON is printed all the same
  bool yes = false;    // whoever would be asked has said yes
};

// The flags that every changing command takes.
struct ChangeOptions {
  bool dry_run = false;
  std::optional<zonestore::Guard> override_guard;
  std::optional<std::string> reason;
  std::optional<zonestore::dkim::SlotId> expect;  // of a change of institutions: the slot that signs
};

class Session {
 public:
  // After the parse: the options are read.
  Session(const GlobalOptions& options, Streams& streams, const Environment& environment,
          const zonestore::Clock& clock);

  // The same run, as if its flags were these; they must outlive it.
  [[nodiscard]] Session with(const GlobalOptions& options) const {
    return Session(options, streams_, environment_, clock_);
  }
  // The rest of the run must not take long (Environment::limit_time).
  void limit_time() const {
    if (environment_.limit_time) {
      environment_.limit_time();
    }
  }

  // By --store.
  [[nodiscard]] bool names_store() const { return options_.store.has_value(); }
  // --store, else $ZONESTORE, else /var/lib/zonestore.
  [[nodiscard]] std::filesystem::path store_dir() const;
  // What a killed writer left behind is rolled back first.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_read() const;
  // The same before a change opens the store: what that one runs, such as a signer's command, keeps its rights.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_peek() const;
  // To find out what is meant before anything is done: leaves no trace, whatever the command will be, and opens no
  // vault.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_find() const;
  // For a change. A dry run decides by the same code on a store that it cannot change: see Store::Access::kDryRun.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_change(const ChangeOptions& options) const;
  // For what writes beside changes, or needs the vault, and has no dry run.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_to_write() const;
  // As it is, for a look at whether there is something to roll back.
  [[nodiscard]] zonestore::Result<zonestore::Store> open_unrecovered() const;
  // Rolls back what a killed writer left, and does nothing else.
  [[nodiscard]] zonestore::Result<void> recover() const;

  // Before the store is opened: root becomes its owner, where that is another (become_owner.h).
  [[nodiscard]] zonestore::Result<void> become_owner();

  [[nodiscard]] zonestore::ChangeContext context(const ChangeOptions& options) const;

  // What most commands are: open the store, do one thing with it, tell its outcome.
  //
  //   const auto operation = [&](Store& store, const ChangeContext& context) { return thaw(store, context, code); };
  //   return session.tell(session.change(options.change, operation), to_json, write);
  //
  // A change, or in a dry run what it would be. Errors: those of open_to_change, and the operation's.
  template <class Operation>
  [[nodiscard]] auto change(const ChangeOptions& options, const Operation& operation) const
      -> std::invoke_result_t<Operation, zonestore::Store&, const zonestore::ChangeContext&>;
  // What reads. Errors: those of open_to_read, and the operation's.
  template <class Operation>
  [[nodiscard]] auto read(const Operation& operation) const -> std::invoke_result_t<Operation, zonestore::Store&>;
  // Prints the outcome: with --json the document that `in_json` makes of it, else what `in_words` writes.
  template <class Outcome, class InJson, class InWords>
  [[nodiscard]] zonestore::Result<ExitCode> tell(const zonestore::Result<Outcome>& outcome, const InJson& in_json,
                                                 const InWords& in_words) const;
  // With the exit code that `exit_of` says of it.
  template <class Outcome, class InJson, class InWords, class ExitOf>
  [[nodiscard]] zonestore::Result<ExitCode> tell(const zonestore::Result<Outcome>& outcome, const InJson& in_json,
                                                 const InWords& in_words, const ExitOf& exit_of) const;

  [[nodiscard]] bool json() const { return options_.json; }
  // For answers in words, which a person's terminal folds (text/folding.h), and for JSON. Silent if errors and
  // refusals alone are wanted.
  [[nodiscard]] std::ostream& out() const { return is_quiet() ? silence_ : words(); }
  // The same, and never silent: for --help.
  [[nodiscard]] std::ostream& words() const { return out_ ? *out_ : streams_.out; }
  // For what is copied from line to line, such as zone text: never folded.
  [[nodiscard]] std::ostream& whole_lines() const { return is_quiet() ? silence_ : streams_.out; }
  [[nodiscard]] const Terminal& terminal() const { return streams_.out_terminal; }
  // For what is no answer: progress, errors.
  [[nodiscard]] std::ostream& err() const { return is_quiet() ? silence_ : words_of_errors(); }
  [[nodiscard]] const Terminal& err_terminal() const { return streams_.err_terminal; }
  // For refusals and failures within an answer: of some of many. With the answer, or without one on standard error.
  [[nodiscard]] std::ostream& troubles() const { return is_quiet() ? words_of_errors() : words(); }
  [[nodiscard]] const Terminal& troubles_terminal() const {
    return is_quiet() ? streams_.err_terminal : streams_.out_terminal;
  }
  [[nodiscard]] Times times() const;
  // Prints what `write` writes once it is all there; nothing if it fails. See text/spool.h.
  [[nodiscard]] zonestore::Result<ExitCode> print_whole(
      const std::function<zonestore::Result<void>(std::ostream&)>& write) const;
  // The same for what is never folded.
  [[nodiscard]] zonestore::Result<ExitCode> print_whole_lines(
      const std::function<zonestore::Result<void>(std::ostream&)>& write) const;
  // Is there a person who can be asked? One reads standard error and writes on standard input.
  [[nodiscard]] bool can_ask() const { return streams_.in != nullptr && streams_.err_terminal.interactive; }
  // What comes by standard input; nullptr: nothing does.
  [[nodiscard]] std::istream* input() const { return streams_.input; }
  [[nodiscard]] bool says_yes() const { return options_.yes; }
  // Asks that person, on standard error. Anything but "y" or "yes" is no, and so is the end of the input.
  [[nodiscard]] bool confirms(const std::string& question) const;
  // Tells an error in words, on standard error.
  void report(const zonestore::Error& error) const;
  // Of the error that the command ended with: whatever but a busy store kept it from being opened is kNoStore.
  [[nodiscard]] ExitCode exit_code_of(const zonestore::Error& error) const;
  [[nodiscard]] const zonestore::Clock& clock() const { return clock_; }
  [[nodiscard]] const std::vector<probe::Address>& resolvers() const { return environment_.resolvers; }
  [[nodiscard]] const zonestore::VaultKeySources& key_sources() const { return key_sources_; }

 private:
  [[nodiscard]] std::ostream& words_of_errors() const { return err_ ? *err_ : streams_.err; }
  [[nodiscard]] bool is_quiet() const { return options_.quiet && !options_.json; }
  [[nodiscard]] zonestore::Result<zonestore::Store> open(zonestore::Store::Access access) const;
  [[nodiscard]] zonestore::Result<void> keep_older_schema() const;
  void run_nothing() const;  // of a process of root's that became the store's owner: for good
  [[nodiscard]] zonestore::Result<zonestore::Store> open_recovered(zonestore::Store::Access access) const;
  template <class T>
  [[nodiscard]] zonestore::Result<T> noted(zonestore::Result<T> opened) const {
    is_shut_ = !opened;
    return opened;
  }

  const GlobalOptions& options_;
  mutable Silence silence_;
  Streams& streams_;
  mutable std::optional<FoldingStream> out_;  // of a terminal
  mutable std::optional<FoldingStream> err_;
  const Environment& environment_;
  const zonestore::Clock& clock_;
  zonestore::VaultKeySources key_sources_;
  std::optional<std::string> became_;  // whom root has become
  mutable bool is_shut_ = false;       // the store: the last attempt to open it failed
};

template <class Operation>
auto Session::change(const ChangeOptions& options, const Operation& operation) const
    -> std::invoke_result_t<Operation, zonestore::Store&, const zonestore::ChangeContext&> {
  zonestore::Result<zonestore::Store> store = open_to_change(options);
  if (!store) {
    return tl::unexpected(store.error());
  }
  return operation(*store, context(options));
}

template <class Operation>
auto Session::read(const Operation& operation) const -> std::invoke_result_t<Operation, zonestore::Store&> {
  zonestore::Result<zonestore::Store> store = open_to_read();
  if (!store) {
    return tl::unexpected(store.error());
  }
  return operation(*store);
}

template <class Outcome, class InJson, class InWords>
zonestore::Result<ExitCode> Session::tell(const zonestore::Result<Outcome>& outcome, const InJson& in_json,
                                          const InWords& in_words) const {
  return tell(outcome, in_json, in_words, [](const Outcome&) { return ExitCode::kDone; });
}

template <class Outcome, class InJson, class InWords, class ExitOf>
zonestore::Result<ExitCode> Session::tell(const zonestore::Result<Outcome>& outcome, const InJson& in_json,
                                          const InWords& in_words, const ExitOf& exit_of) const {
  if (!outcome) {
    return tl::unexpected(outcome.error());
  }
  if (json()) {
    print(out(), in_json(*outcome));
  } else {
    in_words(*this, *outcome);
  }
  return exit_of(*outcome);
}

}  // namespace zonectl
