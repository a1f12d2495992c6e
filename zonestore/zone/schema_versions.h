// Which schema versions of a store the programs read and write.
#pragma once

#include <cstdint>

namespace zonestore {

struct SchemaVersions {
  std::int64_t oldest = 0;  // that is read
  std::int64_t newest = 0;  // that is read, and what a store is brought to by whoever writes it
};
[[nodiscard]] SchemaVersions schema_versions();

}  // namespace zonestore
