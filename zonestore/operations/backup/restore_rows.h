// The rows that a restore takes over from the live store, which is attached to the restored one as the schema `live`.
// For restore_merge.cc only. Threads: that of the connection. Errors: db::Failure is thrown.
//
// Institutions are matched by code: temp.pair has (here, there), the ids in the restored and in the live store.
// temp.gone has the ids of keys that were revoked in either, or whose public key was (temp.gone_public); temp.touched
// the institutions for which the two differ; temp.kept (here, slot, key_id) the keys of the live store that stay
// where the backup has others (restore_kept.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore {

// Institutions that the restored store does not know come into it as departed: their names were served. Gives back
// the codes of those that are departed in the restored store and were served until now.
std::set<std::string> take_over_unknown_institutions(db::Connection& connection, WallTime now);
// Makes the tables. Without a live store they are empty, but for gone.
void make_tables(db::Connection& connection, bool has_live);
void find_touched(db::Connection& connection);

// The history of what selectors have served, until now, and longer drains of keys that both have.
void take_over_contents(db::Connection& connection, const Moment& now);
void take_over_drains(db::Connection& connection, const Now& now);
// Of every moment that comes from the backup, the trusted time: what passed in the live store's since the backup is
// none of its own, and it may have gone another way.
void set_trusted_time(db::Connection& connection, Milliseconds trusted);
// Who is frozen stays so; the codes of those that the backup does not know to be frozen ("" for the whole store).
std::vector<std::string> take_over_freezes(db::Connection& connection);
// Negative TTLs that absent names may be remembered with, and the last serials of zones that were removed.
void take_over_negative_ttls(db::Connection& connection, const Moment& now);
// What was seen of servers is of another history.
void forget_server_serials(db::Connection& connection);
// Secondaries may go by the live store's refresh and retry. Those of the backup count as there all along, those of
// the live store alone until now. Gives back a warning for each that was enabled until now and is not any more.
std::vector<std::string> take_over_propagation(db::Connection& connection, const Moment& now);
// Without a live store: every selector may have served something else until now.
void assume_unknown_contents(db::Connection& connection, const Moment& now);

// A gap in the journal's numbers, so that no follower takes the restored changes for the next ones of those it knows.
void leave_gap_in_journal(db::Connection& connection, bool has_live);
// All signers, those too that only the live store knows, are switched off and have everything to follow once they are
// switched on; every drain waits for that. Their names.
std::vector<std::string> switch_signers_off(db::Connection& connection, bool has_live);
// What the vault may hold and the restored store does not use: the sweep takes it out, if nobody does before.
void note_unused_keys(db::Connection& connection, bool has_live);
// What was seen in the DNS: bad news stands until somebody has seen it mended, whatever is restored.
void take_over_evidence(db::Connection& connection);
void remember_revoked(db::Connection& connection);

// What is known of taken signers stays known, and what they held is still to be revoked.
void take_over_taken_signers(db::Connection& connection);
[[nodiscard]] std::set<std::string> texts_of(db::Connection& connection, std::string_view sql);

}  // namespace zonestore
