// All transfers: the connections that workers have handed over, on one thread that gives way to theirs.
//
//   worker ──adopt──> Session ──> its turn? ──> as its socket takes it ──> the next question ... until it is idle
//                                 Settings::streams at once, IXFR before AXFR, so many a peer; what is small needs
//                                 none
//
// Threads: adopt(), note_refused(), refresh() and drain() any; the rest is for who made it. What is handed in
// outlives it, and so does the quota that the connections' tickets come from.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/net/handed_over.h"
#include "dnsd/transfer/in_force.h"
#include "dnsd/transfer/settings.h"
#include "dnsd/util/log.h"
#include "dnsd/util/thread.h"

namespace dnsd::transfer {

class Service {
 public:
  // What of this machine it needs.
  struct Host {
    std::vector<zonestore::SocketAddress> listening;  // where dnsd answers: secondaries expect a NOTIFY from there
    std::filesystem::path store_dir;                  // whose journal has the changes
  };

  Service(const Sources& sources, const answer::Settings& answers, const Settings& settings, Host host,
          const util::Log& log);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;
  ~Service();  // closes what is left

  void start(util::OnFailure on_failure);

  // Throws std::bad_alloc; the connection is closed then.
  void adopt(net::HandedOver connection);

  // Logs that somebody was not let in, if that is worth a line. Any thread; never throws.
  void note_refused(const zonestore::Name& zone, std::span<const std::uint8_t> address, bool is_signed) noexcept;

  // The image, peers or keys have changed: secondaries are told of it, and who may not have a zone any more gets no
  // further message of it.
  void refresh();

  // Takes no more connections, closes those that wait, and lets the others finish for so long at most.
  void drain(std::chrono::milliseconds at_most);
  // Once told to: until it is done.
  void wait_ended();

 private:
  struct Loop;  // the event loop and the sessions: Asio stays out of this header
  std::unique_ptr<Loop> loop_;
};

}  // namespace dnsd::transfer
