// Every public key that an institution's selectors ever served, and when. Of departed institutions too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct SigningSpan {
  WallTime from;
  std::optional<WallTime> until;  // nullopt: it signs now
};

struct ServedKey {
  std::string key_id;
  dkim::SlotId slot = dkim::SlotId::kSel1;
  std::string algorithm;
  Name owner;               // sel1-mosa._domainkey.dkim.secutix.com.
  Bytes public_spki;        // SubjectPublicKeyInfo, DER
  std::string record_text;  // "v=DKIM1; ...", as it was served
  WallTime published;
  std::optional<WallTime> withdrawn;  // nullopt: it is served now
  std::optional<WallTime> revoked;    // withdrawn on purpose; its name went on with an empty p=
  std::vector<SigningSpan> signing;   // as the audit log tells, oldest first
};

// Oldest first. Errors: kNotFound if there never was such an institution.
[[nodiscard]] Result<std::vector<ServedKey>> key_history(Store& store, const dkim::Code& code);

// "-----BEGIN PUBLIC KEY-----" (RFC 7468 section 13), with a final newline.
[[nodiscard]] std::string public_key_pem(ByteView public_spki);

}  // namespace zonestore
