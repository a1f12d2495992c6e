// How a value that does not parse leaves CLI11's parse.
#pragma once

#include <utility>

#include <CLI/CLI.hpp>

#include "zonestore/base/error.h"

namespace zonectl {

class BadValue : public CLI::ParseError {
 public:
  explicit BadValue(zonestore::Error error)
      : CLI::ParseError("BadValue", error.message, CLI::ExitCodes::ValidationError), error_(std::move(error)) {}
  [[nodiscard]] const zonestore::Error& error() const { return error_; }

 private:
  zonestore::Error error_;
};

}  // namespace zonectl
