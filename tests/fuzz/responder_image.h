// The zones that the fuzzed responder serves.
#pragma once

#include <memory>

#include "dnsd/zone/image.h"

namespace dnsd::fuzz {

// Names are short, so that the fuzzer finds them. Zone "a" has all that a zone can have, "i.a" lies below it, "z" has
// an SOA that does not fit every answer, and a wildcard at its apex.
[[nodiscard]] std::shared_ptr<const zone::Image> make_image();

}  // namespace dnsd::fuzz
