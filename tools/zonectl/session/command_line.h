// The command line, and how a command adds itself to it.
//
// A file under commands/ has a namespace of its own, and in it a function that takes the CommandLine and adds a verb,
// or a noun with its verbs:
//
//   namespace zonectl::rotate {
//   void define(CommandLine& line) { line.command<Options>(help, arguments, body); }
//   }
//
// commands/table.cc lists these functions: one new file and one new line there make a new command.
// Ownership: a CommandLine is a handle to CLI11's tree, good as long as that tree.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/session/arguments.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/session.h"

namespace zonectl {

struct ExitNote {
  ExitCode code;
  std::string_view what{};  // empty: meaning(code)
};

// What --help shows (one line each, but for the example, which may have several), and whose the command is.
struct CommandHelp {
  std::string_view name;
  std::string_view purpose;
  std::string_view example;
  std::vector<ExitNote> exits;
  For whom = For::kAdmins;
  bool needs_store = true;
  bool is_hidden = false;  // for programs: no list of commands shows it
};

using Body = std::function<zonestore::Result<ExitCode>(Session&)>;

// What the parse found to be run.
struct Chosen {
  Body body;
  bool needs_store = true;
  std::string name = {};  // "rotate"; of a verb its own word alone
};

class CommandLine {
 public:
  CommandLine(CLI::App& app, Chosen& chosen, OperatorMarks& marks) : app_(app), chosen_(chosen), marks_(marks) {}

  // `arguments` declares them, `body` runs the command.
  template <class Options>
  void command(const CommandHelp& help, void (*arguments)(Arguments&, Options&),
               zonestore::Result<ExitCode> (*body)(Session&, const Options&)) {
    auto options = std::make_shared<Options>();
    auto objects = std::make_shared<Objects>();
    CLI::App& app = add(help, objects, [options, body](Session& session) { return body(session, *options); });
    Arguments declared(app, marks_, *objects);
    arguments(declared, *options);
  }

  // The same for a command that has verbs below it, such as `log`, which are added to what this gives back. A verb's
  // word is taken for the verb; an argument that reads like one goes behind "--".
  template <class Options>
  [[nodiscard]] CommandLine command_with_verbs(const CommandHelp& help, void (*arguments)(Arguments&, Options&),
                                               zonestore::Result<ExitCode> (*body)(Session&, const Options&)) {
    command(help, arguments, body);
    return below(help.name);
  }

  // A word that groups verbs: `zone`, with list, show, set, ...
  [[nodiscard]] CommandLine noun(std::string_view name, std::string_view purpose);

  // The heading under which the next commands stand in the list of all.
  void group(std::string_view heading) { group_ = heading; }

 private:
  CLI::App& add(const CommandHelp& help, const std::shared_ptr<Objects>& objects, const Body& body);
  [[nodiscard]] CommandLine below(std::string_view name);

  CLI::App& app_;
  Chosen& chosen_;
  OperatorMarks& marks_;
  std::string group_ = "Commands";
};

// The usual exits of a command that reads, and of one that changes something.
[[nodiscard]] std::vector<ExitNote> exits_of_reading(const std::vector<ExitNote>& more = {});
[[nodiscard]] std::vector<ExitNote> exits_of_change(const std::vector<ExitNote>& more = {});

}  // namespace zonectl
