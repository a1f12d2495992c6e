// The numbers over HTTP: GET /metrics for Prometheus, GET /health for whoever decides whether to send queries here.
//
//   accept ──> at most 8 connections; for one more the one that has been silent longest goes
//          ──> a request in 5 s, 8 KiB, no body ──> 200, 404, 405 ──> the next one on the same connection
//
// An address that another program has keeps nothing from starting: it is tried again every 15 s. One thread of its
// own, `metrics`; nothing in it is waited for by who answers queries. Threads: is_listening() any, the rest is for
// who made it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "dnsd/util/log.h"
#include "dnsd/util/result.h"
#include "dnsd/util/thread.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::metrics {

// What is told at /health: whether queries may be sent here, and what troubles the server, one a line.
struct Health {
  bool is_good = true;
  std::string text;
};

// Called in the server's thread.
struct Pages {
  std::function<std::string()> metrics;
  std::function<Health()> health;
};

// A socket that listens there. Errors: why it cannot be had.
[[nodiscard]] util::Result<zonestore::FileDescriptor> bind_http(const zonestore::SocketAddress& address);

class HttpServer {
 public:
  // `first`: what bind_http gave, perhaps with rights that have been given up since. The log outlives the server.
  HttpServer(const zonestore::SocketAddress& address, util::Result<zonestore::FileDescriptor> first, Pages pages,
             const util::Log& log);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  HttpServer(HttpServer&&) = delete;
  HttpServer& operator=(HttpServer&&) = delete;
  ~HttpServer();  // closes all, but waits for a page that is being made

  // Throws std::system_error when there is no thread to be had.
  void start(util::OnFailure on_failure);

  [[nodiscard]] bool is_listening() const;

 private:
  struct Loop;  // the event loop and the connections: Beast stays out of this header
  std::unique_ptr<Loop> loop_;
};

}  // namespace dnsd::metrics
