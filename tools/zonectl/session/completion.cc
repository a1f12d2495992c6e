#include "tools/zonectl/session/completion.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

namespace zonectl {
namespace {

constexpr std::string_view kStoreFlag = "--store";
constexpr std::string_view kHelpWord = "help";

bool takes(const OptionShape& option, std::string_view flag) {
  return std::find(option.flags.begin(), option.flags.end(), flag) != option.flags.end();
}

// The words of "sel1|sel2"; none of "INST|ZONE", which names what they are.
std::vector<std::string> choices_of(std::string_view value) {
  std::vector<std::string> choices;
  if (value.find('|') == std::string_view::npos || std::isupper(static_cast<unsigned char>(value.front())) != 0) {
    return choices;
  }
  while (!value.empty()) {
    const std::size_t bar = std::min(value.find('|'), value.size());
    choices.emplace_back(value.substr(0, bar));
    value.remove_prefix(std::min(bar + 1, value.size()));
  }
  return choices;
}

// The guards that --override can lift, which its description lists.
std::vector<std::string> guards_in(std::string_view description) {
  constexpr std::string_view kInGuard = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  std::vector<std::string> guards;
  for (std::size_t at = description.find("E_"); at != std::string_view::npos; at = description.find("E_")) {
    description.remove_prefix(at);
    const std::size_t end = std::min(description.find_first_not_of(kInGuard), description.size());
    guards.emplace_back(description.substr(0, end));
    description.remove_prefix(end);
  }
  return guards;
}

// What an argument's value is called in --help, and what that is. A row of a command holds for it and those below it.
struct Meaning {
  std::string_view value;
  std::string_view command;  // "zonectl signer"; empty: of all
  Names names;
};

constexpr std::array kMeanings{
    Meaning{"INST", "", Names::kInstitutions},
    Meaning{"INST|ZONE", "", Names::kInstitutions},
    Meaning{"INST|ZONE", "", Names::kZones},
    Meaning{"ZONE", "", Names::kZones},
    Meaning{"NAME", "zonectl signer", Names::kSigners},
    Meaning{"NAME", "zonectl revoke", Names::kSigners},
    Meaning{"NAME", "zonectl secondary", Names::kSecondaries},
    Meaning{"KEY", "zonectl policy", Names::kPolicyKeys},
    Meaning{"TYPE", "zonectl add", Names::kKeyTypes},
    Meaning{"STATE", "zonectl list", Names::kStates},
    Meaning{"FORMAT", "zonectl signer", Names::kFormats},
};
constexpr std::array<std::string_view, 4> kOfFiles{"FILE", "DIR", "LIST",
                                                   "COMMAND"};  // how the name of a file begins

bool is_in(const CommandShape& command, std::string_view above) {
  return command.full_name.starts_with(above) &&
         (above.empty() || command.full_name.size() == above.size() || command.full_name[above.size()] == ' ');
}

// A secondary's --key NAME is of dnsd's file, and init's --ns NAME of anybody's zone: NAME is ours as an object, and
// behind --signer.
bool is_ours(const OptionShape& option) {
  return option.value != "NAME" || option.is_positional || takes(option, "--signer");
}

void add_names(const CommandShape& command, const OptionShape& option, std::set<Names>& names) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.value == option.value && is_in(command, meaning.command) && is_ours(option)) {
      names.insert(meaning.names);
    }
  }
  if (std::any_of(kOfFiles.begin(), kOfFiles.end(),
                  [&option](std::string_view name) { return option.value.starts_with(name); })) {
    names.insert(Names::kFiles);
  }
}

// The words so far, one after the other.
class Reading {
 public:
  explicit Reading(const CommandShape& program) : path_{&program} {}

  void read(const std::string& word) {
    if (values_left_ > 0) {
      take_value(word);
    } else if (word == "--" && !flags_ended_) {
      flags_ended_ = true;
    } else if (is_flag(word)) {
      take_flag(word);
    } else if (const CommandShape* const command = command_called(word)) {
      enter(*command);
    } else {
      ++objects_;
    }
  }

  // The word that is being typed.
  [[nodiscard]] Completion finish(const std::string& word) const {
    Completion completion{.typed = word, .before = {}, .words = {}, .names = {}, .store = store_};
    std::vector<std::string> words;
    const std::size_t equals = word.find('=');
    if (values_left_ > 0) {
      words = of_value(*option_, completion.names);
    } else if (is_flag(word) && equals != std::string::npos) {
      completion.before = word.substr(0, equals + 1);
      completion.typed = word.substr(equals + 1);
      if (const OptionShape* const option = option_called(word.substr(0, equals))) {
        words = of_value(*option, completion.names);
      }
    } else if (is_flag(word)) {
      words = flags();
    } else {
      words = commands_and_objects(completion.names);
    }
    std::copy_if(words.begin(), words.end(), std::back_inserter(completion.words),
                 [&completion](const std::string& each) { return each.starts_with(completion.typed); });
    return completion;
  }

 private:
  [[nodiscard]] const CommandShape& at() const { return *path_.back(); }

  [[nodiscard]] bool is_flag(const std::string& word) const { return !flags_ended_ && word.starts_with("-"); }

  // Of this command, or of one above, whose flags fall through to it.
  [[nodiscard]] const OptionShape* option_called(std::string_view flag) const {
    for (auto command = path_.rbegin(); command != path_.rend(); ++command) {
      for (const OptionShape& option : (*command)->options) {
        if (takes(option, flag)) {
          return &option;
        }
      }
    }
    return nullptr;
  }

  [[nodiscard]] const CommandShape* command_called(const std::string& word) const {
    for (const CommandShape& command : at().commands) {
      if (command.name == word && objects_ == 0) {
        return &command;
      }
    }
    return nullptr;
  }

  void enter(const CommandShape& command) {
    if (path_.size() == 1 && command.name == kHelpWord) {
      return;  // what follows is the name of a command, from the top
    }
    path_.push_back(&command);
  }

  void take_flag(const std::string& word) {
    const std::size_t equals = std::min(word.find('='), word.size());
    option_ = option_called(std::string_view(word).substr(0, equals));
    values_left_ = option_ == nullptr ? 0 : option_->values;
    if (equals < word.size() && values_left_ > 0) {
      take_value(word.substr(equals + 1));
    }
  }

  void take_value(const std::string& word) {
    --values_left_;
    if (takes(*option_, kStoreFlag)) {
      store_ = word;
    }
  }

  [[nodiscard]] std::vector<std::string> of_value(const OptionShape& option, std::set<Names>& names) const {
    add_names(at(), option, names);
    return takes(option, "--override") ? guards_in(option.description) : choices_of(option.value);
  }

  [[nodiscard]] std::vector<std::string> flags() const {
    std::vector<std::string> all;
    for (const CommandShape* const command : path_) {
      for (const OptionShape& option : command->options) {
        const bool is_programs_own = command != &at() && takes(option, "--version");
        if (!option.is_hidden && !is_programs_own) {
          std::copy_if(option.flags.begin(), option.flags.end(), std::back_inserter(all),
                       [](const std::string& flag) { return flag.starts_with("--"); });
        }
      }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  [[nodiscard]] std::vector<std::string> commands_and_objects(std::set<Names>& names) const {
    std::vector<std::string> words;
    for (const CommandShape& command : at().commands) {
      if (!command.is_hidden && objects_ == 0) {
        words.push_back(command.name);
      }
    }
    std::size_t place = 0;
    bool is_open = false;  // behind one that may be repeated, each of those that follow may be meant
    for (const OptionShape& option : at().options) {
      if (option.is_positional && (place++ == objects_ || is_open || (option.is_repeated && place <= objects_))) {
        const std::vector<std::string> more =
            option.value == "SLOT" ? std::vector<std::string>{"sel1", "sel2"} : of_value(option, names);
        words.insert(words.end(), more.begin(), more.end());
        is_open = is_open || option.is_repeated;
      }
    }
    return words;
  }

  std::vector<const CommandShape*> path_;
  const OptionShape* option_ = nullptr;
  std::size_t values_left_ = 0;
  std::size_t objects_ = 0;
  bool flags_ended_ = false;
  std::string store_;
};

}  // namespace

Completion completion_of(const CommandShape& program, std::span<const std::string> words) {
  Reading reading(program);
  if (words.empty()) {
    return reading.finish("");
  }
  for (const std::string& word : words.first(words.size() - 1)) {
    reading.read(word);
  }
  return reading.finish(words.back());
}

}  // namespace zonectl
