// What --version and `zonectl version` print.
#pragma once

#include <string>

namespace zonectl {

[[nodiscard]] std::string version_text();  // without the last line's end

}  // namespace zonectl
