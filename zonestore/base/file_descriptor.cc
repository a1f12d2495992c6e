#include "zonestore/base/file_descriptor.h"

#include <unistd.h>

namespace zonestore {

void FileDescriptor::reset(int descriptor) {
  const int old = std::exchange(descriptor_, descriptor);
  if (old >= 0) {
    ::close(old);
  }
}

}  // namespace zonestore
