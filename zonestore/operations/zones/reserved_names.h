// The names at which the store publishes by itself, and which no static record may take. For the sources of this
// folder only.
#pragma once

#include <optional>
#include <utility>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/zone/zone_rules.h"

namespace zonestore {

class ReservedNames {
 public:
  // `catalog`: the private zone that lists the others, if there is one.
  ReservedNames(const Name& dkim_zone, const Name& spf_zone, std::optional<Name> catalog = std::nullopt)
      : dkim_zone_(dkim_zone), spf_zone_(spf_zone), catalog_(std::move(catalog)) {}
  // Of a store, as it is now.
  explicit ReservedNames(Store::Impl& store);

  // Why the set cannot stand in the zone of that apex: at sel1-CODE._domainkey and sel2-CODE._domainkey of the DKIM
  // zone, whether or not there is such an institution; at the TXT of the SPF zone's apex and at its _1, _2, ...; as
  // an alias, cut or wildcard that would hide or forge them; anywhere in the catalog.
  [[nodiscard]] std::optional<Objection> judge(const Name& apex, const RecordSet& set) const;

  // Why no zone can begin at that apex: all names below it would be the new zone's, and the keys or a part of the SPF
  // record among them would be gone. Nor under or above the catalog, which is private: that hides what it holds.
  [[nodiscard]] std::optional<Objection> judge_new_zone(const Name& apex) const;

 private:
  [[nodiscard]] std::string why_in_dkim_zone(const RecordSet& set) const;
  [[nodiscard]] std::string why_in_spf_zone(const RecordSet& set) const;

  const Name& dkim_zone_;
  const Name& spf_zone_;
  std::optional<Name> catalog_;
};

}  // namespace zonestore
