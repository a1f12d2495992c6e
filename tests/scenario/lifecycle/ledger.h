// What is true of keys and names whatever a store believes, by true time alone: which mail is under way, and what
// resolvers may still hold. A restore changes neither; it changes only what somebody knows.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/scenario/lifecycle/timeline.h"
#include "zonestore/operations/views/institution_view.h"

namespace tests::lifecycle {

using Seen = std::optional<zonestore::InstitutionView>;  // nullopt: no such institution

class Ledger {
 public:
  // What changed since the last look happened now. Empty: all is well. `is_planned`: a move of signing had to be
  // safe.
  [[nodiscard]] std::string look(const std::string& code, const Seen& view, Millis truly, bool is_planned);
  // Its keys are withdrawn on purpose: by slot, 0 or 1.
  void revoke(const std::string& code, std::size_t slot);
  // A store came back of which only this is known: what happened since then is nobody's knowledge. What resolvers
  // hold stays true of the names that it knew.
  void forget_since(const Ledger& then);

 private:
  struct Content {
    std::string what;  // the key's id, "p=", or empty: no record
    Millis largest_ttl = 0;
    std::optional<Millis> ended;
  };
  struct Name {
    std::vector<Content> contents;  // the last is served now
  };
  struct Key {
    std::optional<Millis> last_signed;
    bool is_revoked = false;
  };
  struct Institution {
    std::array<Name, 2> names;
    std::optional<std::size_t> active;
  };

  static std::string content_of(const zonestore::SlotView& slot);
  void serve(Name& name, const std::string& what, Millis ttl, Millis truly);
  [[nodiscard]] static std::string text_of(const Name& name, Millis truly);
  [[nodiscard]] static bool may_be_remembered(const Name& name, Millis truly);
  [[nodiscard]] std::string check_mail(const std::string& code, Millis truly) const;

  std::map<std::string, Institution> institutions_;
  std::map<std::string, std::map<std::string, Key>> keys_;  // by code, by id
};

}  // namespace tests::lifecycle
