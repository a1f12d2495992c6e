// How a value that does not parse leaves the parse of the command line: CLI11 calls our parsers, lets this through,
// and CommandTree::parse turns it into the result.
#pragma once

#include <exception>
#include <utility>

#include "zonestore/base/error.h"

namespace zonectl {

class BadValue : public std::exception {
 public:
  explicit BadValue(zonestore::Error error) : error_(std::move(error)) {}
  [[nodiscard]] const zonestore::Error& error() const { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  zonestore::Error error_;
};

}  // namespace zonectl
