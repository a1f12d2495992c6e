// zonectl signer add|list|sync|remove: the programs that sign, and their directories of keys.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/operations/signers/signers.h"

namespace zonectl::signer {
namespace {

using zonestore::Result;
using zonestore::SignerAdded;
using zonestore::SignerRemoved;
using zonestore::SignersSynced;
using zonestore::SignerView;
using zonestore::SyncResult;

struct Options {
  std::optional<std::string> name;
  std::optional<zonestore::signer::Format> format;
  std::optional<std::string> directory;
  std::optional<std::string> command;
  bool all = false;
  bool enable = false;
  bool purge = false;
  ChangeOptions change;
};

void declare_name(Arguments& arguments, Options& options, Need need) {
  arguments.operators().one("NAME", "", options.name, need, &zonestore::signer::parse_signer_name,
                            "the signer's name, such as opendkim-1");
}

void add_arguments(Arguments& arguments, Options& options) {
  declare_name(arguments, options, Need::kRequired);
  arguments.one("--format", "FORMAT", options.format, Need::kRequired, &zonestore::signer::parse_format,
                "what the directory holds: opendkim, rspamd, rspamd-folders, exim, exim-folders or files");
  arguments.one("--dir", "DIR", options.directory, Need::kRequired, &zonestore::signer::parse_directory,
                "the directory, an absolute path; made if it is missing");
  arguments.one(
      "--exec", "COMMAND", options.command, Need::kOptional, &parse_line,
      "run after each sync, as the store's owner, never as root; its exit 0 says that the signer has followed. An "
      "absolute path and words between spaces, without a shell");
  arguments.change(options.change, {zonestore::Guard::kSignerKind});
}

void list_arguments(Arguments&, Options&) {}

void sync_arguments(Arguments& arguments, Options& options) {
  declare_name(arguments, options, Need::kOptional);
  arguments.operators().flag("--all", options.all, "every signer that is switched on");
  arguments.flag("--enable", options.enable, "switch it on: after a restore, once you have looked");
  arguments.dry_run(options.change);
}

void remove_arguments(Arguments& arguments, Options& options) {
  declare_name(arguments, options, Need::kRequired);
  arguments.flag("--purge", options.purge, "take its key files and tables away as well");
  arguments.dry_run(options.change);
}

void write_named(const Session& session, const char* what, const std::vector<std::string>& names,
                 std::uint64_t count) {
  for (const std::string& name : names) {
    session.out() << "  " << session.terminal().styled(Style::kCaution, what) << " " << printable(name) << '\n';
  }
  if (count > names.size()) {
    session.out() << "  " << what << " and " << count - names.size() << " more\n";
  }
}

void write(const Session& session, const zonestore::Changed& changed, const SyncResult& result) {
  std::ostream& out = session.out();
  write_named(session, "made good:", result.found, result.found_count);
  write_named(session, "not ours, left alone:", result.strangers, result.strangers_count);
  if (!result.failure.empty()) {
    out << session.terminal().styled(Style::kBad, "failed:") << " signer " << result.name
        << " has not followed: " << printable(result.failure) << "\n  maintain tries again; now: zonectl signer sync "
        << result.name << '\n';
    return;
  }
  out << result.name << ": " << verb(changed, "follows", "would follow") << " " << result.institutions
      << (result.institutions == 1 ? " institution" : " institutions");
  if (!changed.dry_run) {
    out << "; keys written " << result.keys_written << ", removed " << result.keys_removed;
  }
  out << '\n';
}

Result<ExitCode> add(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return add_signer(store, context,
                      {*options.name, *options.format, *options.directory, options.command.value_or("")});
  };
  const auto in_json = [](const SignerAdded& added) {
    Json json = changed_json(added);
    json["signer"] = to_json(added.signer);
    json["sync"] = to_json(added.sync);
    return json;
  };
  const auto in_words = [](const Session& told, const SignerAdded& added) {
    told.out() << added.signer.name << ": " << verb(added, "enrolled", "would be enrolled") << ", "
               << zonestore::signer::to_text(added.signer.format) << " in " << added.signer.directory << '\n';
    write(told, added, added.sync);
    write_end(told.out(), told.terminal(), added);
  };
  return session.tell(session.change(options.change, operation), in_json, in_words, [](const SignerAdded& added) {
    return added.sync.failure.empty() ? ExitCode::kDone : ExitCode::kPartlyDone;
  });
}

std::string state_text(const Session& session, const SignerView& signer) {
  if (signer.taken) {
    return "taken at " + session.times().text(*signer.taken) + ", off for good";
  }
  if (!signer.enabled) {
    return "switched off";
  }
  if (signer.open == 0) {
    return "has followed";
  }
  return std::to_string(signer.open) + " to follow since " + session.times().text(*signer.since) +
         (signer.failure.empty() ? "" : ", failed: " + printable(signer.failure));
}

void write_list(const Session& session, const std::vector<SignerView>& signers) {
  Table table(session.out(), session.terminal(), {"NAME", "FORMAT", "DIRECTORY", "COMMAND", "STATE"});
  for (const SignerView& signer : signers) {
    table.add({{signer.name, Style::kBold},
               {std::string(zonestore::signer::to_text(signer.format))},
               {signer.directory},
               {signer.command},
               {state_text(session, signer), needs_attention(signer) ? Style::kCaution : Style::kPlain}});
  }
  table.finish("no signer is enrolled; zonectl signer add NAME --format FORMAT --dir DIR");
}

Result<ExitCode> list(Session& session, const Options&) {
  const auto in_json = [](const std::vector<SignerView>& signers) { return Json{{"signers", json_array(signers)}}; };
  return session.tell(session.read([](zonestore::Store& store) { return list_signers(store); }), in_json, write_list);
}

ExitCode exit_of(const SignersSynced& synced) {
  const std::vector<SyncResult>& results = synced.results;
  std::size_t failed = 0;
  for (const SyncResult& result : results) {
    failed += result.failure.empty() ? 0 : 1;
  }
  return failed == 0 ? ExitCode::kDone : failed == results.size() ? ExitCode::kFailed : ExitCode::kPartlyDone;
}

void write_synced(const Session& session, const SignersSynced& synced) {
  for (const SyncResult& result : synced.results) {
    write(session, synced, result);
  }
  if (synced.results.empty()) {
    session.out() << "there is no signer that is switched on\n";
  }
  write_end(session.out(), session.terminal(), synced);
}

Result<ExitCode> sync(Session& session, const Options& options) {
  if (options.name.has_value() == options.all || (options.enable && options.all)) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "either one signer's NAME or --all",
                           "zonectl signer sync --all; --enable is for one at a time");
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return sync_signers(store, context, options.name, options.enable);
  };
  const auto in_json = [](const SignersSynced& synced) {
    Json json = changed_json(synced);
    json["results"] = json_array(synced.results);
    return json;
  };
  return session.tell(session.change(options.change, operation), in_json, write_synced, exit_of);
}

Result<ExitCode> remove(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_signer(store, context, *options.name, options.purge);
  };
  const auto in_json = [](const SignerRemoved& removed) {
    Json json = changed_json(removed);
    json["keys_removed"] = removed.files_removed;
    return json;
  };
  const auto in_words = [&](const Session& told, const SignerRemoved& removed) {
    told.out() << *options.name << ": " << verb(removed, "removed", "would be removed");
    if (options.purge && !removed.dry_run) {
      told.out() << ", with " << removed.files_removed << " private keys";
    }
    told.out() << '\n';
    write_end(told.out(), told.terminal(), removed);
  };
  return session.tell(session.change(options.change, operation), in_json, in_words);
}

constexpr ExitNote kNoSuchSigner{ExitCode::kNotFound, "no such signer"};

}  // namespace

void define(CommandLine& line) {
  CommandLine signer = line.noun("signer", "the programs that sign mail: add, list, sync, remove");
  signer.command<Options>(
      {"add", "enrol a signer: its directory follows every change from now on",
       "zonectl signer add opendkim-1 --format opendkim --dir /etc/dkimkeys/zonectl --exec "
       "\"/usr/local/sbin/reload-opendkim\"",
       exits_of_change(
           {{ExitCode::kRefused,
             "refused: E_EXISTS, there is one of that name or with that directory; E_FOREIGN, the "
             "directory holds what is not ours; E_SIGNER_KIND, it cannot sign with the keys that there are"},
            {ExitCode::kPartlyDone, "enrolled, but its first sync failed; maintain tries again"}})},
      add_arguments, add);
  signer.command<Options>({"list", "list the signers, and whether they have followed", "zonectl signer list",
                           exits_of_reading(), For::kOperators},
                          list_arguments, list);
  signer.command<Options>(
      {"sync", "compare a signer's whole directory with the store, make good what differs, and run its command",
       "zonectl signer sync opendkim-1\nzonectl signer sync --all",
       exits_of_change({{ExitCode::kRefused, "refused: E_SIGNER_STALE, it is switched off since a restore"},
                        {ExitCode::kPartlyDone, "some have followed, others failed; each is named"},
                        kNoSuchSigner}),
       For::kOperators},
      sync_arguments, sync);
  signer.command<Options>(
      {"remove", "forget a signer; its files stay unless they are purged, and what is not ours stays always",
       "zonectl signer remove opendkim-1 --purge", exits_of_change({kNoSuchSigner})},
      remove_arguments, remove);
}

}  // namespace zonectl::signer
