// The business rows of an institution: read into the facts that the lifecycle decides on, and written back.
//
// Threads: that of the connection. Errors: db::Failure is thrown; rows that contradict the schema's meaning are
// kDamaged.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/lifecycle.h"

namespace zonestore::rows {

enum class InstitutionId : std::int64_t {};

struct SlotKey {
  std::string key_id;  // 16 hexadecimal digits; names the private half in the vault
  crypto::Algorithm algorithm = crypto::Algorithm::kRsa2048;
  Bytes public_spki;  // SubjectPublicKeyInfo, DER
  WallTime published;
};

struct InstitutionRow {
  InstitutionId id{};
  dkim::Code code;
  crypto::Algorithm algorithm = crypto::Algorithm::kRsa2048;  // of new keys
  WallTime added;
  dkim::InstitutionFacts facts;
  std::array<std::optional<SlotKey>, dkim::kSlots.size()> keys;  // by slot, sel1 first

  [[nodiscard]] std::optional<SlotKey>& key(dkim::SlotId slot) { return keys.at(index_of(slot)); }
  [[nodiscard]] const std::optional<SlotKey>& key(dkim::SlotId slot) const { return keys.at(index_of(slot)); }

  static std::size_t index_of(dkim::SlotId slot) { return static_cast<std::size_t>(slot) - 1; }
};

// Departed ones too: their row stays as history.
[[nodiscard]] std::optional<InstitutionRow> find_institution(db::Connection& connection, const dkim::Code& code);

// The codes after `after`, in order, at most `limit`: to walk over any number of institutions in bounded memory.
[[nodiscard]] std::vector<dkim::Code> codes_after(db::Connection& connection, const std::string& after,
                                                  bool with_departed, std::size_t limit);

// The first `limit` codes that begin so, in order, but for departed ones. One look-up by the index, whatever is
// typed.
[[nodiscard]] std::vector<dkim::Code> codes_beginning_with(db::Connection& connection, std::string_view typed,
                                                           std::size_t limit);

// Each of them, by code, in bounded memory. The visitor returns false to stop.
void for_each_institution(db::Connection& connection, bool with_departed,
                          const std::function<bool(const InstitutionRow&)>& visitor);

// A new institution with empty slots and no phase of service yet (phase starting, nothing signs).
[[nodiscard]] InstitutionId insert_institution(db::Connection& connection, const dkim::Code& code,
                                               crypto::Algorithm algorithm, WallTime now);

// Writes phase, active slot, last swap, last move and drains as they stand in `row.facts`; not whether it is frozen.
void store_facts(db::Connection& connection, const InstitutionRow& row, WallTime now);

// What belongs to one life of an institution goes: domains, policy, window, freeze, evidence, the last move. What its
// names have served stays, because resolvers remember it, and so do its keys' rows, as history.
void end_life(db::Connection& connection, InstitutionId id);

// Starts a departed institution anew: its history stays, its age and algorithm are new, nothing else of its old life.
void restart_institution(db::Connection& connection, InstitutionId id, crypto::Algorithm algorithm, WallTime now);

// Of freeze_rows.
void store_own_freeze(db::Connection& connection, InstitutionId id, const std::optional<dkim::Freeze>& freeze);

}  // namespace zonestore::rows
