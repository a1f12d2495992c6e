// The one table of commands, in the order in which `zonectl --help` lists them.
#include <array>

#include "tools/zonectl/commands/commands.h"

namespace zonectl {
namespace {

struct Row {
  std::string_view group;
  void (*define)(CommandLine&);
};

constexpr std::string_view kInstitutions = "Institutions";
constexpr std::string_view kWhole = "The whole store";

// clang-format off
constexpr std::array kCommands{
    Row{kInstitutions, add::define},
    Row{kInstitutions, remove::define},
    Row{kInstitutions, domain::define},
    Row{kInstitutions, list::define},
    Row{kInstitutions, show::define},
    Row{kInstitutions, instructions::define},
    Row{kInstitutions, check::define},
    Row{kInstitutions, rotate::define},
    Row{kInstitutions, undo::define},
    Row{kInstitutions, prepare::define},
    Row{kInstitutions, revoke::define},
    Row{kInstitutions, freeze::define},
    Row{kInstitutions, thaw::define},
    Row{kInstitutions, key::define},
    Row{kInstitutions, import::define},
    Row{kWhole, init::define},
    Row{kWhole, status::define},
    Row{kWhole, plan::define},
    Row{kWhole, maintain::define},
    Row{kWhole, spf::define},
    Row{kWhole, zone::define},
    Row{kWhole, record::define},
    Row{kWhole, secondary::define},
    Row{kWhole, catalog::define},
    Row{kWhole, policy::define},
    Row{kWhole, log::define},
    Row{kWhole, metrics::define},
    Row{kWhole, signer::define},
    Row{kWhole, vault::define},
    Row{kWhole, backup::define},
    Row{kWhole, restore::define},
    Row{kWhole, store::define},
    Row{kWhole, version::define},
    Row{kWhole, version::define_help},
    Row{kWhole, complete::define},
};
// clang-format on

}  // namespace

void define_commands(CommandLine& line) {
  for (const Row& row : kCommands) {
    line.group(row.group);
    row.define(line);
  }
}

}  // namespace zonectl
