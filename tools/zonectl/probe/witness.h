// One of a domain's name servers, asked for what it holds as a resolver would: again when it is silent, without EDNS
// when it does not take that, and for the TXT record when it refuses to speak of CNAMEs. Whoever asks so gets through
// to servers that lose queries, so that what is odd about one is a note and no fault.
//
// After a question that it leaves unanswered in the end no other is asked. Ownership: world and authority must
// outlive it. Threads: one.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/authority.h"
#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/world.h"

namespace zonectl::probe {

class Witness {
 public:
  Witness(const World& world, const Authority& authority, NameServer server);

  [[nodiscard]] Reply ask(const Question& question);
  // The targets of the CNAME at a name: also where the server answers only other questions about it.
  [[nodiscard]] std::vector<zonestore::Name> targets_at(const zonestore::Name& name);

  [[nodiscard]] Sighting sighting() const;
  [[nodiscard]] const zonestore::Name& zone() const { return authority_.zone; }
  [[nodiscard]] bool answers() const { return sighting_.state == Sighting::State::kAnswered; }

 private:
  [[nodiscard]] Reply ask_patiently(const Question& question);
  [[nodiscard]] Reply ask_once(const Question& question, bool edns);
  [[nodiscard]] bool may_refuse(const Question& question, const Reply& reply);
  void note(Sighting::State state, std::string failure);
  [[nodiscard]] std::string oddity() const;

  const World& world_;
  const Authority& authority_;
  NameServer server_;
  Sighting sighting_;
  struct Tally {
    unsigned asked = 0;
    unsigned answered = 0;
  };
  Tally edns_;
  Tally plain_;
  bool takes_edns_ = true;
  std::string refuses_cname_;  // with what
};

// What a server says of a name.
[[nodiscard]] std::vector<zonestore::Name> cname_targets(const Reply& reply, const zonestore::Name& owner);
[[nodiscard]] std::vector<SeenText> texts_at(const Reply& reply, const zonestore::Name& owner);

}  // namespace zonectl::probe
