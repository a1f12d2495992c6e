// The commands: each of these functions, in the file of its name, adds one verb, or one noun with its verbs.
// table.cc puts them in order.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

// All of them.
void define_commands(CommandLine& line);

void define_add(CommandLine& line);
void define_check(CommandLine& line);
void define_backup(CommandLine& line);
void define_domain(CommandLine& line);
void define_freeze(CommandLine& line);
void define_help(CommandLine& line);
void define_import(CommandLine& line);
void define_init(CommandLine& line);
void define_instructions(CommandLine& line);
void define_key(CommandLine& line);
void define_list(CommandLine& line);
void define_log(CommandLine& line);
void define_maintain(CommandLine& line);
void define_plan(CommandLine& line);
void define_policy(CommandLine& line);
void define_prepare(CommandLine& line);
void define_record(CommandLine& line);
void define_remove(CommandLine& line);
void define_restore(CommandLine& line);
void define_revoke(CommandLine& line);
void define_rotate(CommandLine& line);
void define_show(CommandLine& line);
void define_signer(CommandLine& line);
void define_spf(CommandLine& line);
void define_status(CommandLine& line);
void define_store(CommandLine& line);
void define_thaw(CommandLine& line);
void define_undo(CommandLine& line);
void define_vault(CommandLine& line);
void define_version(CommandLine& line);
void define_zone(CommandLine& line);

}  // namespace zonectl
