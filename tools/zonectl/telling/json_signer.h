// The JSON forms of signers. The directories hold private keys; nothing of what is in them passes through here.
#pragma once

#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/signers/signers.h"

namespace zonectl {

[[nodiscard]] Json to_json(const zonestore::SignerView& signer);
[[nodiscard]] Json to_json(const zonestore::SyncResult& result);

}  // namespace zonectl
