#include "zonestore/base/file_descriptor.h"

#include <unistd.h>

namespace zonestore {

FileDescriptor::~FileDescriptor() {
  if (is_open()) {
    ::close(descriptor_);
  }
}

}  // namespace zonestore
