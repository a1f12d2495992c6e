// What every changing operation is told beside its object, and what it tells back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/serial.h"

namespace zonestore {

struct Actor {
  std::string name;   // --actor, else the login user
  std::string login;  // the person at the terminal: the login or sudo user
};

struct Override {
  Guard guard;
  std::string reason;  // kept in the audit; must not be empty
};

// The item of a bulk run that a change completes, in the change's own transaction: bulk_runs.h. An operation may make
// other changes on the way (signers are made to follow, or it is undone): only that of `command` completes it.
struct BulkTicket {
  std::int64_t run = 0;
  std::int64_t position = 0;
  std::string command;  // "rotate"
};

struct ChangeContext {
  Actor actor;
  std::optional<Override> override_guard;
  bool dry_run = false;  // decide and compute everything, then leave the store and the vault as they were
  // Of a bulk command: signers are not made to follow this change; the caller does so once, for many (signers.h).
  bool signers_later = false;
  std::optional<BulkTicket> bulk_ticket = std::nullopt;
  std::optional<std::string> reason = std::nullopt;  // why, for the audit; that of an override goes before it
  // Of a change of one institution: refuse with kExpect unless this slot is the one that signs now.
  std::optional<dkim::SlotId> expect = std::nullopt;
};

struct ZoneSerial {
  Name apex;
  Serial serial;         // after the change (in a dry run: the one that it would have)
  bool changed = false;  // false: the change did not touch this zone
};

// Common to the outcomes of all changes.
struct Changed {
  bool dry_run = false;
  std::vector<std::string> clock;  // what is odd about the clocks, and which waits that makes longer: clock_report.h
  bool changed = true;             // false: it was already so; no audit row was written
  std::vector<ZoneSerial> zones;   // that were touched
  std::vector<std::string> warnings;  // one line each
};

}  // namespace zonestore
