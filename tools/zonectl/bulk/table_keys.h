// The private keys of the institutions that OpenDKIM's tables plan (table_plan.h): read, judged, put into slots.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/table_plan.h"
#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/operations/institutions/key_import.h"

namespace zonectl {

// The institution's mail is signed under this selector today, and under ours from now on.
struct OtherSelector {
  zonestore::Name domain;
  std::string selector;  // of the key that signs today
  std::string becomes;   // ours
};

struct TableInstitution {
  zonestore::dkim::Code code;
  std::vector<zonestore::SuppliedKey> keys;  // none: fresh ones
  zonestore::ImportOptions options;
  std::optional<OtherSelector> selector;
};

struct TableKeys {
  std::vector<TableInstitution> institutions;
  std::vector<FileFault> faults;  // of lines of the KeyTable
  std::vector<FileFault> notes;
};

// What becomes of a key that is too weak.
enum class WeakKeys { kFaults, kReplaced };

// Paths are taken from `directory`; `selectors` are what ours are called. A key that cannot be taken is a fault, and
// its institution comes without it; one that has none left does not come. Of one key under two names, one slot has
// it.
[[nodiscard]] TableKeys read_keys(const TablePlan& plan, const std::filesystem::path& directory, WeakKeys weak,
                                  const zonestore::dkim::CustomerSelectors& selectors);

}  // namespace zonectl
