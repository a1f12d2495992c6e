// The resolvers that find what is not ours: asked with RD, each in turn until one answers.
//
// Threads: any number at once. Errors: in the Reply.
#pragma once

#include <vector>

#include "tools/zonectl/probe/exchange.h"

namespace zonectl::probe {

class Resolver {
 public:
  Resolver(std::vector<Address> servers, Patience patience) : servers_(std::move(servers)), patience_(patience) {}
  // Those of /etc/resolv.conf, else 127.0.0.1 (resolv.conf(5)).
  [[nodiscard]] static std::vector<Address> servers_of_system();

  [[nodiscard]] Reply ask(const Question& question) const;
  // A and AAAA of a host, through its aliases; those that there is a route to.
  [[nodiscard]] std::vector<Address> addresses_of(const zonestore::Name& host) const;
  // The texts of its TXT records, through its aliases; `reply` says how that went.
  [[nodiscard]] std::vector<std::string> texts_of(const zonestore::Name& name, Reply& reply) const;

 private:
  std::vector<Address> servers_;
  Patience patience_;
};

}  // namespace zonectl::probe
