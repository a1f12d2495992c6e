#include "tools/zonectl/session/manual.h"

#include <sstream>
#include <string_view>

#include "tools/zonectl/session/help.h"

namespace zonectl {
namespace {

// What scdoc would take for markup, and what begins a line of its own kind there.
std::string plain(std::string_view text) {
  constexpr std::string_view kMarkup = "\\*_#-|[]<>~`.+";
  std::string escaped;
  for (const char each : text) {
    if (kMarkup.find(each) != std::string_view::npos) {
      escaped += '\\';
    }
    escaped += each;
  }
  return escaped;
}

void write_option(std::ostream& out, const OptionShape& option) {
  out << '*' << plain(option.name) << "*\n\t" << plain(option.description) << "\n\n";
}

void write_options(std::ostream& out, const CommandShape& command) {
  for (const bool positional : {true, false}) {
    for (const OptionShape& option : command.options) {
      if (!option.is_hidden && option.is_positional == positional &&
          (command.program.empty() || option.name != "-h, --help")) {
        write_option(out, option);
      }
    }
  }
}

// The example and the exit codes, line by line as --help has them.
void write_footer(std::ostream& out, const std::string& footer) {
  std::istringstream lines(footer);
  bool is_open = false;
  const auto close = [&] {
    out << (is_open ? "```\n\n" : "");
    is_open = false;
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      close();
    } else if (line.front() != ' ') {
      close();
      out << plain(line) << "\n\n```\n";
      is_open = true;
    } else {
      out << line << '\n';
    }
  }
  close();
}

void write_commands(std::ostream& out, const CommandShape& above) {
  for (const CommandShape& command : above.commands) {
    if (command.is_hidden) {
      continue;
    }
    if (command.commands.empty() || !command.needs_command) {
      out << "## " << usage_of(command) << "\n\n"  // a heading has no markup
          << plain(command.purpose) << "\n\n";
      write_options(out, command);
      write_footer(out, command.footer);
    }
    write_commands(out, command);
  }
}

}  // namespace

std::string manual_of_commands(const CommandShape& program) {
  std::ostringstream out;
  write_commands(out, program);
  return out.str();
}

std::string manual_of_flags(const CommandShape& program) {
  std::ostringstream out;
  write_options(out, program);
  return out.str();
}

}  // namespace zonectl
