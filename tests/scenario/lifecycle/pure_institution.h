// An institution of the pure subject: zonestore's facts of it, and what publishing writes down beside them.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "tests/scenario/lifecycle/command.h"
#include "tests/scenario/lifecycle/model.h"
#include "zonestore/dkim/lifecycle.h"

namespace tests::lifecycle {

[[nodiscard]] inline zonestore::Ttl ttl_from(Millis millis) {
  return zonestore::Ttl{static_cast<std::uint32_t>(millis / kSecond)};
}

// How long a name may be remembered as absent: now, and at earlier times.
struct NegativeTtls {
  zonestore::Ttl now{300};
  std::vector<zonestore::dkim::EarlierContent> earlier;
};

struct PureInstitution {
  PureInstitution();

  [[nodiscard]] bool is_gone() const { return facts.phase == zonestore::dkim::Phase::kDeparted; }
  void put_fresh_key(zonestore::dkim::SlotId slot, int key);
  void depart();
  // Notes what each name serves from now on, and what it has served until now.
  void publish(const zonestore::dkim::LifecyclePolicy& policy, const NegativeTtls& negative,
               const zonestore::Moment& now);
  // Names that are absent have, from now on, another absence.
  void renew_absences(zonestore::Ttl negative_ttl, const zonestore::Moment& now, zonestore::Seconds slack);

  struct Current {
    Content content = Content::kAbsent;
    int key = 0;
    zonestore::Ttl largest_ttl{};
    bool was_served = false;
  };
  zonestore::dkim::InstitutionFacts facts;
  std::array<Current, kSlotCount> current;
  std::array<int, kSlotCount> keys{};       // by slot; 0: none
  std::array<int, kSlotCount> to_revoke{};  // those of them that a taken signer held
  std::map<PolicyKey, Millis> policy;
  bool is_known = false;  // its names were in use before
  bool frozen = false;

 private:
  void publish_slot(std::size_t slot, const zonestore::dkim::LifecyclePolicy& policy, const NegativeTtls& negative,
                    const zonestore::Moment& now);
};

}  // namespace tests::lifecycle
