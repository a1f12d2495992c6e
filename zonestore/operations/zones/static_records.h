// Static records: what operators put into a zone, record by record.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

inline constexpr Ttl kStaticTtl{3600};

struct RecordAddition {
  Name owner;
  RecordType type{};
  Bytes rdata;
  std::optional<Ttl> ttl;  // of the whole set; without it the set keeps its TTL, a new one gets kStaticTtl
  // Of an NS record: the addresses of the name server, A (4 bytes) and AAAA (16 bytes), put in with it.
  std::vector<Bytes> glue;
};

struct RecordsChanged : Changed {
  std::optional<RecordSet> before;      // the set
  std::optional<RecordSet> after;       // nullopt: it is gone
  std::vector<RecordSet> glue_added;    // sets as they are now
  std::vector<RecordSet> glue_removed;  // sets that nothing could serve any more
};

// A record that is there with that TTL: changed is false. Errors: kNotFound (zone); kInvalid: outside the zone, TTL
// 0, glue of a record that cannot have it; kRefused with the guard of the rule that is broken (zone/zone_rules.h), or
// kReserved. Nothing but the names that the change touches is read.
[[nodiscard]] Result<RecordsChanged> add_record(Store& store, const ChangeContext& context, const Name& apex,
                                                const RecordAddition& addition);

// Without `rdata` the whole set goes. Addresses of name servers that nothing serves any more go with their NS record.
// Errors: kNotFound (zone, set or record); kRefused: as above, kInUse for the last address of another zone's server.
[[nodiscard]] Result<RecordsChanged> remove_record(Store& store, const ChangeContext& context, const Name& apex,
                                                   const Name& owner, RecordType type,
                                                   const std::optional<Bytes>& rdata);

// In canonical order; with `owner` those of that name. The visitor returns false to stop. Errors: kNotFound (zone).
[[nodiscard]] Result<void> list_records(Store& store, const Name& apex, const std::optional<Name>& owner,
                                        const std::function<bool(const RecordSet&)>& visitor);

}  // namespace zonestore
