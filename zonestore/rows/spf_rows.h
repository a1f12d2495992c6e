// SPF as rows: the terms, and what each record of the SPF zone answers and has answered.
//
//   spf_term      who is allowed, where its term stands, when it leaves
//   spf_version   of each record the text of now, and those of before that resolvers may still hold
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/spf/planner.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

// A denial that waits until the mail under way has arrived.
struct SpfLeave {
  Moment began;
  Milliseconds lasts;
};
struct SpfTermRow {
  std::string term;
  std::optional<unsigned> home = std::nullopt;
  std::optional<SpfLeave> leave = std::nullopt;
};
[[nodiscard]] std::vector<SpfTermRow> read_spf_terms(db::Connection& connection);  // in the order they were added
void insert_spf_term(db::Connection& connection, const SpfTermRow& term, WallTime now);
void store_spf_term(db::Connection& connection, const SpfTermRow& term);  // of one that is there
void delete_spf_term(db::Connection& connection, const std::string& term);

struct SpfVersionEnd {
  Moment at;
  Milliseconds held_for;  // by a resolver that asked then
  bool by_servers =
      false;  // and until the zone's servers have followed; false: that is in `held_for`, or none follows
  std::optional<Serial>
      serial{};  // of the change that ended it, by which they are seen to have; nullopt: not known yet
};
struct SpfVersionRow {
  unsigned record = 0;
  std::optional<std::string> text;  // nullopt: there was no such record
  Ttl largest_ttl{};
  std::optional<SpfVersionEnd> ended;  // nullopt: it is answered now
};
// Oldest first. Of a store that has none yet: what its record sets say.
[[nodiscard]] std::vector<SpfVersionRow> read_spf_versions(db::Connection& connection, const PublishedZone& spf_zone);
void insert_spf_version(db::Connection& connection, const SpfVersionRow& version);
// What the record answered until now ends: its text with the largest TTL that it ever had, or its absence.
void end_spf_version(db::Connection& connection, const PublishedZone& spf_zone, unsigned record, const Now& now);
// Those that no resolver holds any more go; those of now are answered with at least kSpfTtl from here on.
void forget_spf_versions(db::Connection& connection, const PublishedZone& spf_zone, const Now& now);
void replace_spf_versions(db::Connection& connection, const std::vector<SpfVersionRow>& versions);

// All that the planner goes by. The waits are the whole store's policy; see spf_waits.
struct SpfState {
  spf::ZoneRules rules;
  spf::ServedZone served;
  spf::WantedTerms wanted;
};
[[nodiscard]] SpfState read_spf_state(db::Connection& connection, const PublishedZone& spf_zone, const Now& now);

// Of what has ended in the change at work: the serial that the change gives the SPF zone.
void store_ended_spf_serial(db::Connection& connection, Serial serial);

// How long what is served from now on will be held at most, once it has been replaced: with secondaries the end of
// service is the last of theirs, refresh + retry later if none is seen to follow sooner.
[[nodiscard]] spf::Waits spf_waits(db::Connection& connection, const PublishedZone& spf_zone, const Moment& now);

inline constexpr Ttl kSpfTtl{3600};

}  // namespace zonestore::rows
