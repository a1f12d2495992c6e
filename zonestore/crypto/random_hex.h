// Hexadecimal digits that nobody can guess, from OpenSSL's generator: for the ids of keys and stores.
//
// Threads: any. Errors: a system without randomness ends the program (std::runtime_error): what went on without it
// would make names that can be guessed.
#pragma once

#include <cstddef>
#include <string>

namespace zonestore::crypto {

[[nodiscard]] std::string random_hex(std::size_t digits);  // lower case

}  // namespace zonestore::crypto
