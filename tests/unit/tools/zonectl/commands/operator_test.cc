// What a zone-operator may: what is marked, and nothing else, however it is spelled.
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/session/help.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Words = std::vector<std::string>;

// Every command that there is, with its options and whether they are marked.
struct Option {
  std::string name;  // "--out"; a positional's name
  bool is_positional;
  bool is_marked;
};
struct Command {
  Words words;
  bool is_marked;
  std::vector<Option> options;
};

// CLI11 has no name for an option that no help lists.
std::string name_of(const CLI::Option& option) {
  return option.get_name().empty() ? "--" + option.get_lnames().at(0) : option.get_name();
}

class Declared {
 public:
  Declared() {
    zonectl::CommandLine line(root_, chosen_, marks_);
    zonectl::define_commands(line);
    collect(root_, {});
  }
  [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }

 private:
  void collect(const CLI::App& app, const Words& words) {
    for (const CLI::App* each : app.get_subcommands(std::function<bool(const CLI::App*)>{})) {
      Words its = words;
      its.push_back(each->get_name());
      if (!each->get_footer().empty() && each->get_require_subcommand_min() == 0) {
        Command command{its, marks_.has(each), {}};
        for (const CLI::Option* option : each->get_options()) {
          if (option != each->get_help_ptr()) {
            command.options.push_back({name_of(*option), option->get_positional(), marks_.has(option)});
          }
        }
        commands_.push_back(std::move(command));
      }
      collect(*each, its);
    }
  }

  CLI::App root_;
  zonectl::Chosen chosen_;
  zonectl::OperatorMarks marks_{zonectl::Role::kAdmin};
  std::vector<Command> commands_;
};

std::vector<Command> declared_commands() {
  return Declared().commands();
}

std::string text_of(const Words& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

class Operator : public CommandRun {
 protected:
  void SetUp() override {
    init_and_add("mosa");
    environment_.role = zonectl::Role::kOperator;
    environment_.zonestore = store();
  }
  Outcome run_with_input(const Words& args, const std::string& input) {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    zonectl::Streams streams{out, err, terminal_, terminal_, nullptr, &in};
    const int code = zonectl::run(args, streams, environment_, clock_);
    return {code, out.str(), err.str()};
  }
  void expect_refused(const Words& args, const std::string& part = "is for zone-admins, not for zone-operators") {
    const Outcome outcome = run_bare(args);
    EXPECT_EQ(outcome.code, 3) << text_of(args) << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(part)) << text_of(args);
    EXPECT_THAT(outcome.out, IsEmpty()) << text_of(args);
  }
};

TEST_F(Operator, MayWhatTheManualListsAndNothingElse) {
  const std::set<std::string> listed{"add",
                                     "remove",
                                     "domain add",
                                     "domain remove",
                                     "list",
                                     "show",
                                     "instructions",
                                     "check",
                                     "rotate",
                                     "undo",
                                     "prepare",
                                     "revoke",
                                     "freeze",
                                     "thaw",
                                     "key history",
                                     "key export-public",
                                     "status",
                                     "plan",
                                     "maintain",
                                     "spf allow",
                                     "spf deny",
                                     "spf show",
                                     "zone list",
                                     "zone show",
                                     "zone export",
                                     "record list",
                                     "policy show",
                                     "log",
                                     "log verify",
                                     "signer list",
                                     "signer sync",
                                     "metrics",
                                     "version",
                                     "help",
                                     "store verify",
                                     "secondary list",
                                     "secondary show",
                                     "secondary check",
                                     "secondary config",
                                     "catalog show"};
  std::set<std::string> marked;
  for (const Command& command : declared_commands()) {
    if (command.is_marked) {
      marked.insert(text_of(command.words));
    }
  }
  EXPECT_EQ(marked, listed);
}

TEST_F(Operator, IsRefusedEveryCommandWithoutAMark) {
  int refused = 0;
  for (const Command& command : declared_commands()) {
    if (!command.is_marked) {
      expect_refused(command.words);
      Words with_help = command.words;
      with_help.emplace_back("--help");
      expect_refused(with_help);
      ++refused;
    }
  }
  EXPECT_GT(refused, 15);
}

TEST_F(Operator, IsRefusedEveryOptionWithoutAMarkHoweverItIsSpelled) {
  int refused = 0;
  for (const Command& command : declared_commands()) {
    for (const Option& option : command.options) {
      if (!command.is_marked || option.is_marked || option.is_positional) {
        continue;
      }
      const std::string value = file("planted");
      for (const Words& spelled : {Words{option.name}, Words{option.name, value}, Words{option.name + "=" + value},
                                   Words{option.name + "="}, Words{option.name, value, option.name, value}}) {
        Words behind = command.words;
        behind.insert(behind.end(), spelled.begin(), spelled.end());
        expect_refused(behind, option.name + " is for zone-admins");
      }
      ++refused;
    }
  }
  EXPECT_GE(refused, 2);  // zone export --out, signer sync --enable
}

TEST_F(Operator, NamesNoFileDirectoryOrProgramByAnyOptionThatIsMarked) {
  const std::set<std::string> never{"--store",    "--out",           "--dir",    "--exec",  "--key-file", "--pem",
                                    "--keytable", "--signing-table", "--enable", "--purge", "--usage",    "--html"};
  for (const Command& command : declared_commands()) {
    for (const Option& option : command.options) {
      EXPECT_FALSE(option.is_marked && never.contains(option.name)) << text_of(command.words) << " " << option.name;
    }
  }
}

TEST_F(Operator, NamesNoStore) {
  for (const Words& args : {Words{"--store", store(), "list"}, Words{"--store=" + store(), "list"},
                            Words{"list", "--store", store()}, Words{"list", "--store=" + store()},
                            Words{"show", "mosa", "--store", store()}, Words{"zone", "list", "--store", store()}}) {
    expect_refused(args, "--store is for zone-admins");
  }
}

TEST_F(Operator, GetsNothingByAbbreviationsDashesConfigFilesOrASecondCommand) {
  for (const Words& args :
       {Words{"zone", "export", "dkim.secutix.com", "--ou", file("planted")},
        Words{"zone", "export", "dkim.secutix.com", "--", "--out", file("planted")},
        Words{"zone", "export", "dkim.secutix.com", "-out", file("planted")}, Words{"@" + file("arguments")},
        Words{"--config", file("arguments"), "list"}, Words{"list", "key", "export", "mosa"},
        Words{"list", "--", "vault", "rekey"}, Words{"--as-admin", "list"}, Words{"--as-operator", "list"},
        Words{"list", "list", "vault", "rekey"}, Words{"--", "vault", "rekey"}, Words{"vault=rekey"},
        Words{"/out", file("planted")}}) {
    const Outcome outcome = run_bare(args);
    EXPECT_NE(outcome.code, 0) << text_of(args) << outcome.out;
    EXPECT_THAT(outcome.out, IsEmpty()) << text_of(args);
  }
  EXPECT_FALSE(std::filesystem::exists(file("planted")));
}

TEST_F(Operator, ReadsListsFromStandardInputAlone) {
  expect_refused({"add", "--file", file("list.csv")}, "--file of a zone-operator is -, standard input");
  expect_refused({"rotate", "--file=/dev/stdin"}, "--file of a zone-operator is -");
  expect_refused({"revoke", "sel1", "--file", "/proc/self/fd/0", "--yes"}, "--file of a zone-operator is -");
  const Outcome added = run_with_input({"add", "--file", "-"}, "code,domains,key\nnova,nova.example,rsa2048\n");
  EXPECT_EQ(added.code, 0) << added.err;
  const Outcome asked = run_with_input({"revoke", "sel2", "--file", "-"}, "nova\n");
  EXPECT_EQ(asked.code, 3) << "nobody can be asked";
  EXPECT_THAT(asked.err, HasSubstr("--yes"));
  const Outcome revoked = run_with_input({"revoke", "sel2", "--file", "-", "--yes"}, "nova\n");
  EXPECT_EQ(revoked.code, 0) << revoked.err;
  const Outcome wrong = run_with_input({"rotate", "--file", "-"}, "nowhere\n");
  EXPECT_THAT(wrong.err, HasSubstr("standard input:1: "));
}

TEST_F(Operator, SeesInTheHelpWhatHeMay) {
  const std::string all = run_bare({"--help"}).out;
  EXPECT_THAT(all, HasSubstr("rotate"));
  EXPECT_THAT(all, Not(HasSubstr("vault")));
  EXPECT_THAT(all, Not(HasSubstr("--store")));
  const std::string exporting = run_bare({"zone", "export", "--help"}).out;
  EXPECT_THAT(exporting, Not(HasSubstr("--store")));
  EXPECT_EQ(run_bare({"zone", "export", "dkim.secutix.com"}).code, 0);
  EXPECT_EQ(run_bare({"list", "--json", "--actor", "anna"}).code, 0);
}

TEST_F(Operator, MayRotateAndUndo) {
  ripen();
  EXPECT_EQ(run_bare({"rotate", "mosa", "--no-look"}).code, 0);
  EXPECT_EQ(run_bare({"undo", "mosa"}).code, 0);
  EXPECT_EQ(run_bare({"maintain"}).code, 0);
}

}  // namespace
}  // namespace tests
