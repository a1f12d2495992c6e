#include "tools/zonectl/session/objects.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/session/session.h"
#include "zonestore/operations/views/find_institution.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::dkim::Code;
using zonestore::dkim::Reference;
using zonestore::dkim::to_text;

bool Objects::last_word_is_slot() const {
  const bool is_left_out = is_left_out_ && is_left_out_();
  return slot_ != nullptr && !slot_word_ && words_.size() > (is_left_out ? 0U : 1U) &&
         zonestore::dkim::reads_as_slot(words_.back());
}

Result<void> Objects::take_slot_word(const std::string& word) {
  if (word.find('.') != std::string::npos) {
    auto reference = Reference::parse(word);
    if (!reference) {
      return tl::unexpected(reference.error());
    }
    if (!reference->slot) {
      return zonestore::fail(ErrorCode::kInvalid, word + " is a domain, and SLOT is sel1 or sel2");
    }
    slot_reference_ = *std::move(reference);
    return {};
  }
  return zonestore::dkim::parse_slot_reference(word).map([this](zonestore::dkim::SlotId slot) { told_slot_ = slot; });
}

Result<void> Objects::arrange() {
  if (last_word_is_slot()) {
    slot_word_ = words_.back();
    words_.pop_back();
  }
  if (auto taken = slot_word_ ? take_slot_word(*slot_word_) : Result<void>{}; !taken) {
    return taken;
  }
  for (const std::string& word : words_) {
    auto reference = Reference::parse(word);
    if (!reference) {
      return tl::unexpected(reference.error());
    }
    if (reference->slot && !instead_.empty()) {
      return zonestore::fail(
          ErrorCode::kInvalid, word + " is one selector, and this command is for the whole institution",
          "name it by its code or its domain; or for that selector alone: " + instead_ + " " + word);
    }
    references_.push_back(*std::move(reference));
  }
  return {};
}

Result<std::vector<Objects::Found>> Objects::find_all(const Session& session) const {
  std::vector<const Reference*> all;
  std::transform(references_.begin(), references_.end(), std::back_inserter(all),
                 [](const Reference& each) { return &each; });
  if (slot_reference_) {
    all.push_back(&*slot_reference_);
  }
  const bool are_codes =
      std::all_of(all.begin(), all.end(), [](const Reference* each) { return each->code && !each->zone; });
  std::optional<zonestore::Store> store;
  if (!are_codes) {
    auto opened = session.open_to_find();
    if (!opened) {
      return tl::unexpected(opened.error());
    }
    store.emplace(*std::move(opened));
  }
  std::vector<Found> found;
  for (const Reference* each : all) {
    auto code = each->code && !each->zone ? Result<Code>(*each->code) : find_institution(*store, *each);
    if (!code) {
      return tl::unexpected(code.error());
    }
    found.push_back({*std::move(code), each, each->slot});
  }
  return found;
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
  auto all = find_all(session);
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
