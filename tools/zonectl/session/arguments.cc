#include "tools/zonectl/session/arguments.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <CLI/CLI.hpp>

#include "tools/zonectl/session/bad_value.h"
#include "tools/zonectl/session/tree.h"
#include "tools/zonectl/text/terminal.h"
#include "zonestore/base/duration.h"
#include "zonestore/base/joined.h"

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Guard;
using zonestore::Result;

void Arguments::institution(std::optional<zonestore::dkim::Code>& target, Need need, const std::string& description) {
  objects_.take_one_into(target);
  declare_one({"INST", "", description, need},
              [this_objects = &objects_](const std::string& word) { this_objects->add_word(word); });
}

void Arguments::institutions(std::vector<zonestore::dkim::Code>& target, std::function<bool()> is_left_out) {
  objects_.take_many_into(target);
  const Need need = is_left_out ? Need::kOptional : Need::kRequired;
  if (is_left_out) {
    objects_.leave_out_if(std::move(is_left_out));
  }
  declare_many({"INST", "", std::string(kInstitution) + "; several: each by itself", need},
               [this_objects = &objects_](const std::string& word) { this_objects->add_word(word); });
}

void Arguments::slot(std::optional<zonestore::dkim::SlotId>& target, Need need, const std::string& description) {
  objects_.take_slot_into(target);
  if (objects_.takes_many()) {  // which takes this word too
    describe("SLOT", need, description);
    return;
  }
  declare_one({"SLOT", need == Need::kRequired ? kShownAsRequired : "", description, Need::kOptional},
              [this_objects = &objects_](const std::string& word) { this_objects->set_slot_word(word); });
}

namespace {

void check_words(const std::vector<std::string>& words,
                 const std::vector<std::pair<std::string, std::string>>& described) {
  if (words.size() < described.size()) {
    throw BadValue(Error{ErrorCode::kInvalid, described[words.size()].first + " is required", "", std::nullopt});
  }
  if (words.size() > described.size()) {
    throw BadValue(
        Error{ErrorCode::kInvalid, "\"" + printable(words.back()) + "\" is one argument too many", "", std::nullopt});
  }
}

}  // namespace

void Arguments::institution_before(std::optional<zonestore::dkim::Code>& target, const std::string& description,
                                   std::vector<std::string>& words,
                                   const std::vector<std::pair<std::string, std::string>>& described) {
  objects_.take_one_into(target);
  constexpr int kMostWords = 100;  // more than any, so that it is us who count them
  mark(*app_.add_option_function<std::vector<std::string>>(
                "INST",
                [&words, this_objects = &objects_, described](std::vector<std::string> all) {
                  if (all.size() == described.size() + 1) {
                    this_objects->add_word(all.front());
                    all.erase(all.begin());
                  }
                  check_words(all, described);
                  words = std::move(all);
                },
                description)
            ->expected(1, kMostWords));
  for (const auto& [name, what] : described) {
    describe(name, Need::kRequired, what);
  }
}

void Arguments::describe(const std::string& name, Need need, const std::string& description) {
  declare_one({name, need == Need::kRequired ? kShownAsRequired : "", description, Need::kOptional},
              [](const std::string&) {});
}

void Arguments::zone(std::optional<zonestore::Name>& target, Need need) {
  operators().one("ZONE", "", target, need, &zonestore::Name::parse, "the zone's name, such as dkim.secutix.com");
}

void Arguments::declare_expect(ChangeOptions& target) {
  operators().declare_one(
      {"--expect", "sel1|sel2", "refuse (E_EXPECT) unless this selector signs now", Need::kOptional},
      [this_objects = &objects_, &target](const std::string& word) {
        if (auto taken = this_objects->take_expected(word, target.expect); !taken) {
          throw_bad_value(std::move(taken.error()), "--expect");
        }
      });
}

void Arguments::dry_run(ChangeOptions& target) {
  operators().flag(
      "--dry-run", target.dry_run,
      "print what would happen by what is known: it does not look at the world, makes no key, waits for no "
      "writer and keeps nothing");
}

namespace {

std::string listed(const std::vector<Guard>& guards) {
  return zonestore::joined(guards, ", ", [](Guard guard) { return zonestore::guard_code(guard); });
}

Result<Guard> parse_override(const std::string& text, const std::vector<Guard>& liftable) {
  const std::string can = liftable.empty() ? "this command has no guard that can be lifted"
                                           : "this command can lift: " + listed(liftable);
  const std::optional<Guard> guard = zonestore::guard_from_code(text);
  if (!guard) {
    return zonestore::fail(ErrorCode::kInvalid, "there is no guard \"" + printable(text) + "\"", can);
  }
  if (!zonestore::can_override(*guard)) {
    return zonestore::refuse(*guard, "this guard cannot be overridden",
                             "zonectl show CODE says what holds it back, and until when");
  }
  if (std::find(liftable.begin(), liftable.end(), *guard) == liftable.end()) {
    return zonestore::fail(ErrorCode::kInvalid, text + " is not a guard of this command", can);
  }
  return *guard;
}

}  // namespace

void Arguments::change(ChangeOptions& target, const std::vector<Guard>& liftable) {
  dry_run(target);
  operators().one("--reason", "TEXT", target.reason, Need::kOptional, &parse_line, "why; the log keeps it");
  declare_override(target, liftable);
}

void Arguments::institution_change(ChangeOptions& target, const std::vector<Guard>& liftable) {
  change(target, liftable);
  declare_expect(target);
}

void Arguments::institution_change_for_reason(ChangeOptions& target, const std::string& description) {
  dry_run(target);
  operators().one("--reason", "TEXT", target.reason, Need::kRequired, &parse_line, description);
  declare_override(target, {});
  declare_expect(target);
}

void Arguments::declare_override(ChangeOptions& target, const std::vector<Guard>& liftable) {
  operators().declare_one({"--override", "CODE", "lift this guard: " + listed(liftable), Need::kOptional},
                          [&target, liftable](const std::string& text) {
                            target.override_guard = value_of(parse_override(text, liftable), "");
                          });
  CLI::Option* const override_option = app_.get_option("--override");
  override_option->needs(app_.get_option("--reason"));
  if (liftable.empty()) {
    override_option->group("");
  }
}

Result<void> refuse_expect(const ChangeOptions& options, const std::string& why) {
  return options.expect ? zonestore::fail(ErrorCode::kInvalid, "--expect: " + why, "leave it out") : Result<void>{};
}

void Arguments::flag(const std::string& name, bool& target, const std::string& description) {
  mark(*app_.add_flag(name, target, description));
}

void Arguments::hidden_flag(const std::string& name, bool& target, const std::string& description) {
  flag(name, target, description);
  app_.get_option(name)->group("");
}

void Arguments::all_commands(std::function<CommandShape()>& target) {
  const CLI::App* root = &app_;
  while (root->get_parent() != nullptr) {
    root = root->get_parent();
  }
  target = [root] { return shape_of(*root); };
}

void Arguments::two(const std::string& name, const std::string& shown, std::vector<std::string>& target,
                    const std::string& description) {
  mark(*app_.add_option(name, target, description)->expected(2)->type_name(shown));
}

void Arguments::mark(const CLI::Option& option) {
  if (is_for_ == For::kOperators) {
    marks_.mark(option);
  }
}

void Arguments::list_file(const std::string& name, const std::string& shown, std::optional<std::string>& target,
                          const std::string& description) {
  operators().declare_one({name, shown, description + "; - is standard input", Need::kOptional},
                          [&target, name, &marks = marks_](const std::string& text) {
                            if (marks.role() == Role::kOperator && text != kStandardInput) {
                              throw BadValue(names_a_file(name));
                            }
                            target = value_of(parse_line(text), name);
                          });
}

void Arguments::throw_bad_value(Error error, const std::string& name) {
  if (name.starts_with("--") && !error.refusal) {  // a refusal names its guard, which says more
    error.message = name + ": " + error.message;
  }
  throw BadValue(std::move(error));
}

void Arguments::declare_one(const Declaration& declaration, const Taker& take) {
  mark(*app_.add_option_function<std::string>(declaration.name, take, declaration.description)
            ->type_name(declaration.shown)
            ->required(declaration.need == Need::kRequired));
}

void Arguments::declare_many(const Declaration& declaration, const Taker& take) {
  mark(*app_.add_option_function<std::vector<std::string>>(
                declaration.name,
                [take](const std::vector<std::string>& texts) { std::for_each(texts.begin(), texts.end(), take); },
                declaration.description)
            ->allow_extra_args(declaration.name.front() != '-')  // --domain a --domain b, then a positional
            ->type_name(declaration.shown)
            ->required(declaration.need == Need::kRequired));
}

Result<std::string> parse_word(std::string_view text) {
  return std::string(text);
}

Result<std::string> parse_line(std::string_view text) {
  if (text.find_first_not_of(' ') == std::string_view::npos) {
    return zonestore::fail(ErrorCode::kInvalid, "the text is empty");
  }
  if (printable(text) != text) {
    return zonestore::fail(ErrorCode::kInvalid, "the text has a control character", "write it in one plain line");
  }
  return std::string(text);
}

Result<std::uint32_t> parse_seconds(std::string_view text) {
  return zonestore::parse_duration(text).map(
      [](zonestore::Seconds duration) { return static_cast<std::uint32_t>(duration.count()); });  // ten years fit
}

Result<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count == 0) {
    return zonestore::fail(ErrorCode::kInvalid, "\"" + printable(text) + "\" is not a number from 1 on");
  }
  return count;
}

}  // namespace zonectl
