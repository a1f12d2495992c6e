// Evidence: what `zonectl check` saw in the DNS, kept with its time, and what it was told to look for.
//
// Evidence is an observation, no change: nothing that the world sees or that signs depends on it, so it leaves no
// audit row. What it means for a rotation: rotation_judgement.h. A look at which servers only failed to answer
// changes nothing that is known: bad news stands until somebody has seen it mended, and good news ages.
//
// Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/operations/views/instructions.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

// What a slot's name must answer.
struct ExpectedSlot {
  dkim::SlotId slot = dkim::SlotId::kSel1;
  Name owner;
  Ttl ttl{};
  std::optional<Bytes> rdata;  // of the TXT record; nullopt: there is none
  std::string key_id;          // empty: no key (none, or revoked)
};

struct CheckSubject {
  dkim::Code code;
  Moment as_of;  // when this was read: what is seen from now on is as old as that
  std::vector<ExpectedSlot> slots;
  std::vector<DomainInstructions> domains;
  std::vector<EvidenceView> known = {};  // what was seen before
  dkim::CustomerSelectors selectors{};
};

// What a caller of `rotate` says that bears on whether it is worth a look.
struct RotationWish {
  std::optional<Guard> override_guard{};
  std::optional<dkim::SlotId> expect{};
};

struct ExpectedZone {
  Name apex;
  Serial serial;
  std::vector<Name> name_servers;
  std::vector<RecordSet> record_sets;  // that every server must have, beside the SOA: of the SPF zone its records
  Moment as_of;
};

// The zone of the keys, then that of SPF (once if they are the same).
[[nodiscard]] Result<std::vector<ExpectedZone>> zones_to_check(Store& store);
// Errors: kNotFound.
[[nodiscard]] Result<CheckSubject> subject_to_check(Store& store, const dkim::Code& code);

// What a rotation rests on: the slot that signing would move to, and whom to ask.
struct RotationSubject {
  CheckSubject subject;
  dkim::SlotId target = dkim::SlotId::kSel1;
  ExpectedZone zone;  // of the keys: apex, serial and name servers
};
// nullopt: the lifecycle lets nothing rotate now, so that there is nothing to look at. Errors: kNotFound.
[[nodiscard]] Result<std::optional<RotationSubject>> subject_of_rotation(Store& store, const dkim::Code& code,
                                                                         const RotationWish& wish);

// The codes after `after`, by code, at most `limit`: in bounded memory, and without a lock held in between.
[[nodiscard]] Result<std::vector<dkim::Code>> codes_to_check(Store& store, const std::string& after,
                                                             std::size_t limit);
[[nodiscard]] Result<std::uint64_t> count_to_check(Store& store);

// Does the vault's key belong to these bytes, by a real signature? Errors: kRefused/kKeyMismatch; those of the vault.
[[nodiscard]] Result<void> prove_key(Store& store, const std::string& key_id, ByteView txt_rdata);

// One look a code, all in one transaction. An institution that has gone meanwhile is no error.
[[nodiscard]] Result<void> record_evidence(Store& store, const std::vector<std::pair<dkim::Code, Look>>& looks);
// Of the zones that are named in it, each with all servers that were asked; what was kept of servers that are ours no
// more is forgotten. It comes back as it is kept: one with a later serial than the store has now is ahead.
[[nodiscard]] Result<std::vector<ServerEvidence>> record_server_evidence(Store& store,
                                                                         const std::vector<ServerEvidence>& evidence,
                                                                         const Moment& seen);

[[nodiscard]] Result<std::vector<ServerEvidenceView>> server_evidence(Store& store);

}  // namespace zonestore
