#include "tools/zonectl/session/objects.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/session/session.h"
#include "zonestore/base/letters.h"
#include "zonestore/operations/views/find_institution.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::NamedInstitution;
using zonestore::Result;
using zonestore::dkim::CustomerSelectors;
using zonestore::dkim::Reference;
using zonestore::dkim::SlotId;
using zonestore::dkim::to_text;

namespace {

bool has_dot(const std::string& word) {
  return word.find('.') != std::string::npos;
}

// A word and a number behind it: the store knows whether institutions call a slot so.
bool may_be_called(const std::string& word) {
  return !has_dot(word) && !word.empty() && zonestore::is_digit(word.back());
}

// What can be said of it without the store; nullopt: institutions may call a slot so.
Result<std::optional<SlotId>> slot_of_ours(const std::string& word) {
  if (may_be_called(word) && !zonestore::dkim::reads_as_slot(word)) {
    return std::optional<SlotId>();
  }
  return zonestore::dkim::parse_slot(zonestore::lower_case(word)).map([](SlotId slot) {
    return std::optional(slot);
  });
}

}  // namespace

bool Objects::last_word_may_be_slot() const {
  const bool is_left_out = is_left_out_ && is_left_out_();
  return slot_ != nullptr && !slot_word_ && words_.size() > (is_left_out ? 0U : 1U) && may_be_called(words_.back());
}

Result<void> Objects::take_expected(const std::string& word, Slot& target) {
  return slot_of_ours(word).map([&](Slot slot) {
    target = slot;
    if (!slot) {
      called_.push_back({word, &target});
    }
  });
}

Result<void> Objects::take_slot_word(const std::string& word) {
  if (!has_dot(word)) {
    return take_expected(word, told_slot_);
  }
  auto reference = Reference::parse(word);
  if (!reference) {
    return tl::unexpected(reference.error());
  }
  if (!reference->names_selector()) {
    return zonestore::fail(ErrorCode::kInvalid, word + " is a domain, and SLOT is sel1 or sel2");
  }
  slot_reference_ = *std::move(reference);
  return {};
}

Result<void> Objects::take_word(const std::string& word) {
  auto reference = Reference::parse(word);
  if (!reference) {
    return tl::unexpected(reference.error());
  }
  if (reference->names_selector() && !instead_.empty()) {
    return zonestore::fail(ErrorCode::kInvalid,
                           word + " is one selector, and this command is for the whole institution",
                           "name it by its code or its domain; or for that selector alone: " + instead_ + " " + word);
  }
  references_.push_back(*std::move(reference));
  return {};
}

Result<void> Objects::arrange() {
  if (last_word_may_be_slot()) {
    // What has capital letters is no code.
    last_may_be_slot_ =
        !zonestore::dkim::reads_as_slot(words_.back()) && zonestore::lower_case(words_.back()) == words_.back();
    if (!last_may_be_slot_) {
      slot_word_ = words_.back();
      words_.pop_back();
    }
  }
  if (auto taken = slot_word_ ? take_slot_word(*slot_word_) : Result<void>{}; !taken) {
    return taken;
  }
  for (const std::string& word : words_) {
    if (auto taken = take_word(word); !taken) {
      return taken;
    }
  }
  return {};
}

// The words that only the store's selectors tell.
Result<void> Objects::read_called(const CustomerSelectors& selectors) {
  if (last_may_be_slot_ && selectors.reads_as_slot(references_.back().text)) {
    called_.push_back({references_.back().text, &told_slot_});
    references_.pop_back();
  }
  for (const Called& called : called_) {
    const Result<SlotId> slot = selectors.parse_slot(called.word);
    if (!slot) {
      return tl::unexpected(slot.error());
    }
    *called.target = *slot;
  }
  return {};
}

std::vector<const Reference*> Objects::named() const {
  std::vector<const Reference*> all;
  std::transform(references_.begin(), references_.end(), std::back_inserter(all),
                 [](const Reference& each) { return &each; });
  if (slot_reference_) {
    all.push_back(&*slot_reference_);
  }
  return all;
}

namespace {

bool is_plain_code(const Reference& reference) {
  return reference.code && !reference.zone;
}

}  // namespace

bool Objects::needs_store() const {
  const std::vector<const Reference*> all = named();
  return last_may_be_slot_ || !called_.empty() ||
         !std::all_of(all.begin(), all.end(), [](const Reference* each) { return is_plain_code(*each); });
}

Result<std::vector<Objects::Found>> Objects::find_all(zonestore::Store* store) const {
  std::vector<Found> all;
  for (const Reference* each : named()) {
    auto found = is_plain_code(*each) ? Result<NamedInstitution>(NamedInstitution{*each->code, std::nullopt})
                                      : find_institution(*store, *each);
    if (!found) {
      return tl::unexpected(found.error());
    }
    all.push_back({std::move(found->code), each, found->slot});
  }
  return all;
}

// Each institution once: one that is named again is named by its slot.
Result<std::vector<Objects::Found>> Objects::merged(std::vector<Found> all) const {
  std::vector<Found> once;
  for (Found& each : all) {
    const auto before =
        std::find_if(once.begin(), once.end(), [&each](const Found& earlier) { return earlier.code == each.code; });
    if (before == once.end()) {
      once.push_back(std::move(each));
      continue;
    }
    const bool is_slot = slot_ != nullptr && each.slot && (!before->slot || before->slot == each.slot);
    if (!is_slot) {
      return zonestore::fail(ErrorCode::kInvalid,
                             before->slot && each.slot && slot_ != nullptr
                                 ? before->by->text + " is " + to_text(*before->slot) + ", and " + each.by->text +
                                       " is " + to_text(*each.slot)
                                 : each.code.text() + " is named twice" +
                                       (before->by->text == each.by->text
                                            ? ""
                                            : ": " + before->by->text + " and " + each.by->text + " are the same"),
                             "name each institution once");
    }
    before->slot = each.slot;
    before->by = each.by;
  }
  return once;
}

// What the names tell and what was written as SLOT.
Result<void> Objects::agree_on_slot(const std::vector<Found>& found) {
  const Found* telling = nullptr;
  const Found* silent = nullptr;
  Slot slot = told_slot_;
  for (const Found& each : found) {
    (each.slot ? telling : silent) = &each;
    if (each.slot && slot && *slot != *each.slot) {
      return zonestore::fail(
          ErrorCode::kInvalid,
          each.by->text + " is " + to_text(*each.slot) + " of " + each.code.text() + ", not " + to_text(*slot),
          "name one slot: " + each.code.text() + " " + to_text(*each.slot) + ", or " + each.code.text() + " " +
              to_text(*slot));
    }
    slot = each.slot ? each.slot : slot;
  }
  if (telling != nullptr && silent != nullptr && !told_slot_) {
    return zonestore::fail(ErrorCode::kInvalid,
                           telling->by->text + " tells " + to_text(*telling->slot) + " of " + telling->code.text() +
                               ", and none of " + silent->code.text(),
                           "write SLOT behind them all: sel1 or sel2");
  }
  *slot_ = slot;
  return {};
}

Result<void> Objects::find(const Session& session) {
  std::optional<zonestore::Store> store;
  if (needs_store()) {
    auto opened = session.open_to_find();
    auto read = opened ? read_called(opened->customer_selectors()) : tl::unexpected(opened.error());
    if (!read) {
      return read;
    }
    store.emplace(*std::move(opened));
  }
  auto all = find_all(store ? &*store : nullptr);
  if (!all) {
    return tl::unexpected(all.error());
  }
  auto found = merged(*std::move(all));
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (one_ != nullptr && found->size() > 1) {
    return zonestore::fail(
        ErrorCode::kInvalid,
        (*found)[1].by->text + " is of " + (*found)[1].code.text() + ", not of " + found->front().code.text(),
        "name one institution");
  }
  if (slot_ != nullptr) {
    if (auto agreed = agree_on_slot(*found); !agreed) {
      return agreed;
    }
  }
  for (Found& each : *found) {
    if (one_ != nullptr) {
      *one_ = std::move(each.code);
    } else if (many_ != nullptr) {
      many_->push_back(std::move(each.code));
    }
  }
  return {};
}

}  // namespace zonectl
