// Holds what a command will print until all of it is there.
//
// A long answer is read from the store in one transaction, and whoever reads our output may be a pager that a person
// leaves open over lunch: the store's read lock must not wait for it. It also means that a reading that fails
// half-way prints nothing but its error. Ownership: an unlinked file in the directory for temporary files, gone with
// the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>

#include "zonestore/base/error.h"

namespace zonectl {

class Spool {
 public:
  [[nodiscard]] static zonestore::Result<Spool> open();

  [[nodiscard]] std::ostream& stream() { return stream_; }
  // Everything that was written, to `out`. Errors: kIo if the temporary file failed; not if `out` did.
  [[nodiscard]] zonestore::Result<void> pour(std::ostream& out);

 private:
  explicit Spool(std::fstream stream) : stream_(std::move(stream)) {}
  std::fstream stream_;
};

}  // namespace zonectl
