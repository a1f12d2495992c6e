// What is asked of the child that looks, and what it may answer.
//
//   zonectl ── Task (a zone, an institution, or one slot before a rotation) ──> child
//   zonectl <── SeenZone, SeenInstitution ──────────────────────────────────── child
//
// A task is written by zonectl and believed by the child. An answer is read as if an enemy had written it: it may
// speak only of servers, domains and subjects that the task names, once each, with a verdict that there is; numbers
// are bounded, and texts cut, made printable and shown as what they are. Whatever does not fit spoils the whole
// answer. Pure. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/look/codec.h"
#include "tools/zonectl/probe/institution.h"
#include "tools/zonectl/probe/serials.h"

namespace zonectl::look {

enum class Kind : std::uint32_t {
  kZone = 1,         // every name server of it, thoroughly
  kInstitution = 2,  // all of it, thoroughly
  kRotation = 3,     // what a rotation to one slot rests on, in little time
  kSerials = 4,      // of every name server of a zone its serial, in little time
  kResolver = 5,     // whether any resolver answers at all
  kSecondaries = 6,  // of secondaries of a zone their serial
  kAllServers = 7,   // of every server that may have a zone its serial, patiently
};

struct Task {
  Kind kind = Kind::kInstitution;
  zonestore::Name dkim_zone;
  zonestore::Name spf_zone;
  zonestore::ExpectedZone zone;                         // of kZone; of kRotation its apex and name servers alone
  std::optional<zonestore::CheckSubject> subject = {};  // of kInstitution and kRotation
  zonestore::dkim::SlotId target = zonestore::dkim::SlotId::kSel1;  // of kRotation
  std::uint32_t budget_ms = 0;  // of kRotation and kSerials, and of kSecondaries if it is not 0
  std::vector<std::string> known_servers =
      {};  // of kSerials and kAllServers: name and address, as the store knows them
  std::vector<probe::SecondaryToLookAt> secondaries = {};  // of kSecondaries and kAllServers
};

struct SeenInstitution {
  std::vector<probe::Finding> findings;
  std::vector<bool> served;  // by slot: the very bytes that were expected came over the wire
};

[[nodiscard]] zonestore::Bytes write_task(const Task& task);
[[nodiscard]] std::optional<Task> read_task(zonestore::ByteView bytes);

[[nodiscard]] zonestore::Bytes write_seen(const SeenInstitution& seen);
[[nodiscard]] zonestore::Bytes write_seen(const std::vector<zonestore::ServerEvidence>& servers);

[[nodiscard]] zonestore::Bytes write_resolver_answers(bool answers);
[[nodiscard]] std::optional<bool> read_resolver_answers(zonestore::ByteView bytes);

// `named_servers`: those that the caller named by their address, as people read them. nullopt: the answer cannot be
// one to this task.
[[nodiscard]] std::optional<SeenInstitution> read_seen_institution(zonestore::ByteView bytes, const Task& task,
                                                                   const std::vector<std::string>& named_servers);
[[nodiscard]] std::optional<std::vector<zonestore::ServerEvidence>> read_seen_zone(
    zonestore::ByteView bytes, const Task& task, const std::vector<std::string>& named_servers);

}  // namespace zonectl::look
