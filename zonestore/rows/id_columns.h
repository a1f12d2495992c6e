// Ids and numbers that are types of their own, as columns: which is which is lost where SQLite begins. Pure.
#pragma once

#include <cstdint>
#include <type_traits>

namespace zonestore::rows {

template <class Id>
requires std::is_enum_v<Id>
[[nodiscard]] constexpr std::int64_t to_column(Id id) {
  return static_cast<std::int64_t>(id);
}

}  // namespace zonestore::rows
