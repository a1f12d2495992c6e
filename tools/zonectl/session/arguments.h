// The arguments of one command, parsed where they come in: a command's body gets typed values, never text.
//
// A value that does not parse ends the parse with a BadValue (bad_value.h) that carries the library's own error, so
// that its message, hint and exit code reach the user unchanged. CLI11 stays in the .cc files. Ownership: the targets
// must live as long as the command line.
//
// What is declared is an admin's, and is refused to zone-operators, unless operators() declares it (rights.h).
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/zonectl/session/objects.h"
#include "tools/zonectl/session/rights.h"
#include "tools/zonectl/session/session.h"
#include "zonestore/dkim/selector.h"

namespace zonectl {

struct CommandShape;  // tree.h

enum class Need : std::uint8_t { kOptional, kRequired };

class Arguments {
 public:
  Arguments(CLI::App& app, OperatorMarks& marks, Objects& objects) : app_(app), marks_(marks), objects_(objects) {}

  // Declares for operators too: nothing that names a file, a directory or a program.
  [[nodiscard]] Arguments operators() {
    Arguments marking(app_, marks_, objects_);
    marking.is_for_ = For::kOperators;
    return marking;
  }

  // What a command is about (objects.h): INST, or INST... while `is_left_out` (--all) does not stand for them; then
  // SLOT. The body finds them in the targets.
  void institution(std::optional<zonestore::dkim::Code>& target, Need need = Need::kRequired,
                   const std::string& description = std::string(kInstitution));
  void institutions(std::vector<zonestore::dkim::Code>& target, std::function<bool()> is_left_out = {});
  void slot(std::optional<zonestore::dkim::SlotId>& target, Need need, const std::string& description);
  // INST before `count` words that are no objects; without it they are all that is there.
  void institution_before(std::optional<zonestore::dkim::Code>& target, const std::string& description,
                          std::vector<std::string>& words,
                          const std::vector<std::pair<std::string, std::string>>& described);
  // A selector's name is refused: the whole institution is meant.
  void not_for_one_slot(const std::string& instead) { objects_.not_for_one_slot(instead); }

  // What many commands take alike; operators too.
  void zone(std::optional<zonestore::Name>& target, Need need = Need::kRequired);  // ZONE
  void dry_run(ChangeOptions& target);
  // --dry-run, and --override and --reason for the guards that the command's own rules can lift. With none of them,
  // --override is taken, to be refused with a clear message, but --help does not offer it.
  void change(ChangeOptions& target, const std::vector<zonestore::Guard>& liftable);
  // The same of what changes an institution, and --expect: every such command has all of these. A body whose change
  // is of no institution refuses --expect (refuse_expect).
  void institution_change(ChangeOptions& target, const std::vector<zonestore::Guard>& liftable = {});
  // With a reason that must be given, and whose `description` says who reads it.
  void institution_change_for_reason(ChangeOptions& target, const std::string& description);

  // A list to read, by a file's name, or by standard input ("-"), which alone is for operators.
  void list_file(const std::string& name, const std::string& shown, std::optional<std::string>& target,
                 const std::string& description);

  void flag(const std::string& name, bool& target, const std::string& description);
  // For programs: --help does not show it.
  void hidden_flag(const std::string& name, bool& target, const std::string& description);

  // How all commands look, to be asked when the body runs: for what tells of all of them.
  void all_commands(std::function<CommandShape()>& target);

  // One value. `name` is "--option" or "POSITIONAL"; `shown` names the value in --help.
  template <class T>
  void one(const std::string& name, const std::string& shown, std::optional<T>& target, Need need,
           zonestore::Result<T> (*parse)(std::string_view), const std::string& description) {
    declare_one({name, shown, description, need},
                [&target, parse, name](const std::string& text) { target = value_of(parse(text), name); });
  }

  // Two words behind an option, both or none.
  void two(const std::string& name, const std::string& shown, std::vector<std::string>& target,
           const std::string& description);

  // Any number of values: an option is given once for each, a positional takes what is there.
  template <class T>
  void many(const std::string& name, const std::string& shown, std::vector<T>& target, Need need,
            zonestore::Result<T> (*parse)(std::string_view), const std::string& description) {
    declare_many({name, shown, description, need},
                 [&target, parse, name](const std::string& text) { target.push_back(value_of(parse(text), name)); });
  }

 private:
  static constexpr std::string_view kInstitution =
      "a code such as mosa, a mail domain, or a selector's name: stxsel1._domainkey.mosamuseum.com";

  struct Declaration {
    std::string name;
    std::string shown;
    std::string description;
    Need need;
  };
  using Taker = std::function<void(const std::string&)>;

  template <class T>
  static T value_of(zonestore::Result<T> result, const std::string& name) {
    if (!result) {
      throw_bad_value(std::move(result.error()), name);
    }
    return std::move(*result);
  }
  [[noreturn]] static void throw_bad_value(zonestore::Error error, const std::string& name);
  void declare_one(const Declaration& declaration, const Taker& take);
  void declare_many(const Declaration& declaration, const Taker& take);

  // Of a word that another positional takes: for --help alone.
  void describe(const std::string& name, Need need, const std::string& description);

  void declare_override(ChangeOptions& target, const std::vector<zonestore::Guard>& liftable);
  void declare_expect(ChangeOptions& target);
  void mark(const CLI::Option& option);

  CLI::App& app_;
  OperatorMarks& marks_;
  Objects& objects_;
  For is_for_ = For::kAdmins;
};

// kInvalid if --expect was given; `instead`: "it is for institutions, not for the whole store".
[[nodiscard]] zonestore::Result<void> refuse_expect(const ChangeOptions& options, const std::string& why);

// What --help shows as required although the parse cannot tell: SLOT, of which a selector's name tells too.
inline constexpr const char* kShownAsRequired = "required";

// Parsers for `one` and `many`.
[[nodiscard]] zonestore::Result<std::string> parse_word(std::string_view text);  // anything
[[nodiscard]] zonestore::Result<std::string> parse_line(std::string_view text);  // printable, in one line, not empty
[[nodiscard]] zonestore::Result<std::uint32_t> parse_seconds(std::string_view text);  // a duration, up to 2^31-1 s
[[nodiscard]] zonestore::Result<std::uint32_t> parse_count(std::string_view text);    // a number, 1 at least

}  // namespace zonectl
