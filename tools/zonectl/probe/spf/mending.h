// Terms that receivers choke on, as they were meant: "ipv4:192.0.2.1", "include:spf.secutix.com;", "-all" glued to
// the term before it. Pure. For the sources of this folder only.
#pragma once

#include <string>
#include <vector>

namespace zonectl::probe::spf {

// The terms in the place of one as written: itself if it is well formed; none if nobody knows what it was to be.
[[nodiscard]] std::vector<std::string> mended(const std::string& term);

}  // namespace zonectl::probe::spf
