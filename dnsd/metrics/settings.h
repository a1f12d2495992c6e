// Where the numbers can be read. Threads: plain values.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "zonestore/base/socket_address.h"

namespace dnsd::metrics {

struct Settings {
  std::filesystem::path file;  // empty: none is written
  std::chrono::seconds file_every{15};
  std::optional<zonestore::SocketAddress> listen;  // for HTTP; absent: there is none
};

}  // namespace dnsd::metrics
