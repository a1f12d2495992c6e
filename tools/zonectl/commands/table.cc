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
    Row{kInstitutions, define_add},
    Row{kInstitutions, define_remove},
    Row{kInstitutions, define_domain},
    Row{kInstitutions, define_list},
    Row{kInstitutions, define_show},
    Row{kInstitutions, define_instructions},
    Row{kInstitutions, define_check},
    Row{kInstitutions, define_rotate},
    Row{kInstitutions, define_undo},
    Row{kInstitutions, define_prepare},
    Row{kInstitutions, define_revoke},
    Row{kInstitutions, define_freeze},
    Row{kInstitutions, define_thaw},
    Row{kInstitutions, define_key},
    Row{kInstitutions, define_import},
    Row{kWhole, define_init},
    Row{kWhole, define_status},
    Row{kWhole, define_plan},
    Row{kWhole, define_maintain},
    Row{kWhole, define_spf},
    Row{kWhole, define_zone},
    Row{kWhole, define_record},
    Row{kWhole, define_policy},
    Row{kWhole, define_log},
    Row{kWhole, define_signer},
    Row{kWhole, define_vault},
    Row{kWhole, define_backup},
    Row{kWhole, define_restore},
    Row{kWhole, define_store},
    Row{kWhole, define_version},
    Row{kWhole, define_help},
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
