// What a command is about: its institutions (INST, INST...), and a slot of theirs (SLOT), wherever a person names
// them by: zonestore/dkim/reference.h. The words are understood when the command line is parsed; whose they are is
// asked of the store before the command's body runs, and only if one of them is no code: a code is the operation's to
// find. How institutions call their selectors (stxsel2) the store knows too.
//
// A selector's name tells a slot too. Where a command takes SLOT it counts as that; what contradicts it is an error.
// Where a command takes none it is what the name was found in, unless the whole institution is at stake
// (not_for_one_slot).
//
// Ownership: targets must outlive the parse and the command; they are filled by find(). Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/dkim/reference.h"
#include "zonestore/operations/change/store.h"

namespace zonectl {

class Session;

class Objects {
 public:
  using Reference = zonestore::dkim::Reference;
  using Slot = std::optional<zonestore::dkim::SlotId>;

  // INST
  void take_one_into(std::optional<zonestore::dkim::Code>& target) { one_ = &target; }
  // INST...
  void take_many_into(std::vector<zonestore::dkim::Code>& target) { many_ = &target; }
  // SLOT; behind INST... the last word, if it reads as one.
  void take_slot_into(Slot& target) { slot_ = &target; }
  // While this says so (--all), INST is left out, and a word by itself is SLOT.
  void leave_out_if(std::function<bool()> is_left_out) { is_left_out_ = std::move(is_left_out); }
  // A selector's name is refused: `instead` is the command for one slot, "zonectl revoke".
  void not_for_one_slot(std::string instead) { instead_ = std::move(instead); }

  [[nodiscard]] bool takes_many() const { return many_ != nullptr; }

  // From the command line, in its order.
  void add_word(const std::string& word) { words_.push_back(word); }
  void set_slot_word(const std::string& word) { slot_word_ = word; }
  // --expect: a slot by either of its names. Errors: as arrange.
  [[nodiscard]] zonestore::Result<void> take_expected(const std::string& word, Slot& target);

  // The words are understood. Errors: kInvalid; kNotFound for a slot that there is not.
  [[nodiscard]] zonestore::Result<void> arrange();
  // Fills the targets. Errors: those of opening the store; kNotFound; kInvalid for what is named twice, or two ways.
  [[nodiscard]] zonestore::Result<void> find(const Session& session);

 private:
  struct Found {
    zonestore::dkim::Code code;
    const Reference* by;
    Slot slot;
  };

  [[nodiscard]] bool last_word_may_be_slot() const;
  [[nodiscard]] zonestore::Result<void> take_slot_word(const std::string& word);
  [[nodiscard]] zonestore::Result<void> take_word(const std::string& word);
  [[nodiscard]] bool needs_store() const;
  [[nodiscard]] zonestore::Result<void> read_called(const zonestore::dkim::CustomerSelectors& selectors);
  [[nodiscard]] std::vector<const Reference*> named() const;
  [[nodiscard]] zonestore::Result<std::vector<Found>> find_all(zonestore::Store* store) const;
  [[nodiscard]] zonestore::Result<std::vector<Found>> merged(std::vector<Found> all) const;
  [[nodiscard]] zonestore::Result<void> agree_on_slot(const std::vector<Found>& found);

  std::optional<zonestore::dkim::Code>* one_ = nullptr;
  std::vector<zonestore::dkim::Code>* many_ = nullptr;
  Slot* slot_ = nullptr;
  std::function<bool()> is_left_out_;
  std::string instead_;

  std::vector<std::string> words_;
  std::optional<std::string> slot_word_;
  std::vector<Reference> references_;
  std::optional<Reference> slot_reference_;  // SLOT by a selector's name
  Slot told_slot_;                           // SLOT as it was written
  bool last_may_be_slot_ = false;            // a code, or a slot as institutions call it

  // A slot by a name that may be the institutions', and whom it is for.
  struct Called {
    std::string word;
    Slot* target;
  };
  std::vector<Called> called_;
};

}  // namespace zonectl
