// The commands: each of these functions, in the file of its namespace's name, adds one verb, or one noun with its
// verbs. table.cc puts them in order.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

// It does nothing itself: run() shows the help that its words ask for.
inline constexpr std::string_view kHelpCommand = "help";
// But with this flag, for the manual page of all commands.
inline constexpr std::string_view kManualFlag = "--man";

// All of them.
void define_commands(CommandLine& line);

// clang-format off
namespace add { void define(CommandLine& line); }
namespace catalog { void define(CommandLine& line); }
namespace check { void define(CommandLine& line); }
namespace complete { void define(CommandLine& line); }
namespace backup { void define(CommandLine& line); }
namespace domain { void define(CommandLine& line); }
namespace freeze { void define(CommandLine& line); }
namespace version { void define_help(CommandLine& line); }
namespace import { void define(CommandLine& line); }
namespace init { void define(CommandLine& line); }
namespace instructions { void define(CommandLine& line); }
namespace key { void define(CommandLine& line); }
namespace list { void define(CommandLine& line); }
namespace log { void define(CommandLine& line); }
namespace maintain { void define(CommandLine& line); }
namespace metrics { void define(CommandLine& line); }
namespace plan { void define(CommandLine& line); }
namespace policy { void define(CommandLine& line); }
namespace prepare { void define(CommandLine& line); }
namespace record { void define(CommandLine& line); }
namespace remove { void define(CommandLine& line); }
namespace restore { void define(CommandLine& line); }
namespace revoke { void define(CommandLine& line); }
namespace rotate { void define(CommandLine& line); }
namespace secondary { void define(CommandLine& line); }
namespace show { void define(CommandLine& line); }
namespace signer { void define(CommandLine& line); }
namespace spf { void define(CommandLine& line); }
namespace status { void define(CommandLine& line); }
namespace store { void define(CommandLine& line); }
namespace thaw { void define(CommandLine& line); }
namespace undo { void define(CommandLine& line); }
namespace vault { void define(CommandLine& line); }
namespace version { void define(CommandLine& line); }
namespace zone { void define(CommandLine& line); }
// clang-format on

}  // namespace zonectl
