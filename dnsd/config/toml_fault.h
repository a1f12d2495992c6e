// What toml++ says of a text that it cannot read, without any of that text: the file may be another one than was
// meant, such as a private key, and toml++ quotes what it saw. Pure. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace dnsd::config {

// "it is no TOML: expected '=' (key-value pair)" for "Error while parsing key-value pair: expected '=', saw 'x'".
[[nodiscard]] std::string toml_fault(std::string_view description);

}  // namespace dnsd::config
