// zonectl's side: gives tasks to the child that looks, and believes of its answers what messages.h lets pass.
//
// Made before the store is opened, so that the child has nothing of it. A child that dies, hangs or says what cannot
// be is ended, and everything is unseen from then on: failure() says why. Threads: one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/look/child.h"
#include "tools/zonectl/look/looker.h"
#include "tools/zonectl/look/messages.h"

namespace zonectl::look {

class Lookout {
 public:
  explicit Lookout(const Means& means);
  // For tests: another child.
  Lookout(const Means& means, const std::function<void(int pipe)>& body);

  // The number to ask for the answer with.
  std::uint32_t ask(Task task);
  // nullopt: no answer in time, or none that can be one. It is not asked for again.
  [[nodiscard]] std::optional<SeenInstitution> take_institution(std::uint32_t number, SteadyTime until);
  [[nodiscard]] std::optional<bool> take_resolver(std::uint32_t number, SteadyTime until);
  [[nodiscard]] std::optional<std::vector<zonestore::ServerEvidence>> take_zone(std::uint32_t number,
                                                                                SteadyTime until);

  // The caller gave addresses, which are asked in place of the zones' name servers.
  [[nodiscard]] bool has_named_servers() const { return !named_servers_.empty(); }
  [[nodiscard]] bool is_alive() const { return child_.is_alive(); }
  [[nodiscard]] const std::string& failure() const { return child_.failure(); }

 private:
  [[nodiscard]] std::optional<zonestore::Bytes> take(std::uint32_t number, SteadyTime until);

  struct Open {
    Task task;
    std::optional<zonestore::Bytes> answer = {};
    bool given_up = false;  // its answer is thrown away
  };

  std::vector<std::string> named_servers_;
  Child child_;
  std::uint32_t last_ = 0;
  std::map<std::uint32_t, Open> open_;
};

}  // namespace zonectl::look
