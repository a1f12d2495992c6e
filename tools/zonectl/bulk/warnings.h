// The warnings of a bulk run, told by their kind: thousands of institutions that nobody has looked at are one line.
// Pure. Threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zonectl {

struct WarningGroup {
  std::size_t count = 0;
  std::string example;  // the first of them, as it came
};

// What those of one kind have in common. `warning` begins with "CODE: " if it is an institution's.
[[nodiscard]] std::string kind_of_warning(std::string_view warning);

// In the order in which each kind came first. Of one kind are those that differ only in what is an institution's own:
// its code, names, selectors, numbers and times, and what stands in parentheses.
[[nodiscard]] std::vector<WarningGroup> group_warnings(const std::vector<std::string>& warnings);

}  // namespace zonectl
