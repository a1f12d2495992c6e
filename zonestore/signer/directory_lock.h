// One sync of a directory at a time, and each gets its turn: who comes first is served first, so that what works in
// slices, letting go in between, does not keep others waiting for its end.
//
// Two locks on DIR/.lock (open file description locks, which go with the process): the turn is taken first, and given
// back once the directory is held.
#pragma once

#include <string>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/moment.h"

namespace zonestore::signer {

class DirectoryLock {
 public:
  DirectoryLock() = default;
  // Waits so long, by this clock. Throws db::Failure: kBusy, and as for any file. `path` is for what is said.
  DirectoryLock(int directory, const std::string& path, Milliseconds wait, const Clock& clock);

 private:
  FileDescriptor file_;
};

}  // namespace zonestore::signer
