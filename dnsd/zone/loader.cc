#include "dnsd/zone/loader.h"

#include <algorithm>
#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "dnsd/zone/loader_intake.h"
#include "dnsd/zone/loader_relay.h"

namespace dnsd::zone {
namespace {

using zonestore::ChangeId;
using zonestore::Error;
using zonestore::JournalOperation;
using zonestore::PublishedHead;
using zonestore::PublishedReader;
using zonestore::PublishedZone;
using zonestore::Result;
using zonestore::StoredRecordSet;

// Gets everything that the reader has ready and hands it to `take`, until that says false.
template <class OnHead, class Take>
Result<PublishedHead> read_all(PublishedReader& reader, OnHead on_head, Take take) {
  std::optional<Preparer> preparer;
  std::optional<Error> error;
  auto head = reader.load(
      [&](const PublishedHead& first) {
        preparer.emplace(first);
        on_head(first);
      },
      [&](const StoredRecordSet& stored) {
        const auto ready = preparer->prepare(stored);
        if (!ready) {
          error = ready.error();
          return false;
        }
        return take(*ready);
      });
  return error ? Result<PublishedHead>(tl::unexpected(*error)) : std::move(head);
}

Result<Loaded> load_in_one_thread(PublishedReader& reader, const Image* served) {
  std::optional<Intake> intake;
  Result<void> taken;
  auto head = read_all(
      reader, [&](const PublishedHead& first) { intake.emplace(first, served); },
      [&](const ReadySet& set) {
        taken = intake->take(set, JournalOperation::kAdded);
        return taken.has_value();
      });
  if (!head || !taken) {
    return tl::unexpected(head ? taken.error() : head.error());
  }
  return intake->finish(std::move(*head), true);
}

// Does something at the end of a scope, however that is left.
template <class Action>
class AtEnd {
 public:
  explicit AtEnd(Action action) : action_(std::move(action)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  AtEnd(AtEnd&&) = delete;
  AtEnd& operator=(AtEnd&&) = delete;
  ~AtEnd() { action_(); }

 private:
  Action action_;
};

Result<void> take_all(Relay& relay, Intake& intake) {
  while (const Batch* const batch = relay.next()) {
    for (std::size_t index = 0; index < batch->size(); ++index) {
      if (auto taken = intake.take(batch->at(index), JournalOperation::kAdded); !taken) {
        return taken;
      }
    }
  }
  return {};
}

// The image is built here, and the store read beside it: the image's memory then comes from the heap of the thread
// that loads first, the program's main one, which grows by fewer system calls than those of other threads.
Result<Loaded> load_in_two_threads(PublishedReader& reader, const Image* served) {
  Relay relay;
  // An exception of the reading thread comes out of get().
  std::future<Result<PublishedHead>> reading = std::async(std::launch::async, [&] {
    const AtEnd end([&relay] { relay.end(); });
    return read_all(
        reader, [&](const PublishedHead& first) { relay.begin(first); },
        [&](const ReadySet& set) { return relay.add(set); });
  });
  std::optional<Intake> intake;
  Result<void> taken;
  {
    const AtEnd stop([&relay] { relay.stop(); });
    if (const PublishedHead* const first = relay.head()) {
      intake.emplace(*first, served);
      taken = take_all(relay, *intake);
    }
  }
  auto head = reading.get();
  if (!head || !taken) {
    return tl::unexpected(head ? taken.error() : head.error());
  }
  return intake->finish(std::move(*head), true);
}

// What of a zone a commit changes.
bool same_content(const PublishedHead& left, const PublishedHead& right) {
  return std::equal(left.zones.begin(), left.zones.end(), right.zones.begin(), right.zones.end(),
                    [](const PublishedZone& one, const PublishedZone& other) {
                      return one.serial == other.serial && one.record_set_count == other.record_set_count &&
                             one.record_set_hash_sum == other.record_set_hash_sum;
                    });
}

// A zone that came or went is loaded anew: it happens once in years, and an image's zones keep their order.
bool same_zones(const PublishedHead& left, const PublishedHead& right) {
  return std::equal(left.zones.begin(), left.zones.end(), right.zones.begin(), right.zones.end(),
                    [](const PublishedZone& one, const PublishedZone& other) {
                      return one.id == other.id && one.apex == other.apex && one.is_private == other.is_private;
                    });
}

// The journal's changes, which come by a callback that cannot fail: after the first error the rest is skipped.
class JournalIntake {
 public:
  explicit JournalIntake(const Loaded& current) : preparer_(current.head), intake_(current) {}

  void take(const StoredRecordSet& stored, JournalOperation operation) {
    any_ = true;
    if (taken_) {
      taken_ = preparer_.prepare(stored).and_then([&](const ReadySet& set) { return intake_.take(set, operation); });
    }
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] Result<Loaded> finish(PublishedHead head) {
    return taken_ ? intake_.finish(std::move(head), false) : tl::unexpected(taken_.error());
  }

 private:
  Preparer preparer_;
  Intake intake_;
  Result<void> taken_;
  bool any_ = false;
};

}  // namespace

Threads threads_for_a_load() {
  return std::thread::hardware_concurrency() >= 2 ? Threads::kTwo : Threads::kOne;
}

Result<Loaded> load(PublishedReader& reader, const Image* served, Threads threads) {
  if (threads == Threads::kTwo) {
    try {
      return load_in_two_threads(reader, served);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::resource_unavailable_try_again) {
        throw;
      }
      // There is no second thread to be had: that is no reason not to load.
    }
  }
  return load_in_one_thread(reader, served);
}

Result<Loaded> follow(PublishedReader& reader, const Loaded& current, const std::function<void()>& before_whole) {
  const auto load_whole = [&] {
    if (before_whole) {
      before_whole();
    }
    return load(reader, current.image.get());
  };
  JournalIntake intake(current);
  bool reached = false;
  auto head = reader.catch_up(
      current.head.store_id, current.head.newest_change,
      [&](ChangeId, JournalOperation operation, const StoredRecordSet& stored) { intake.take(stored, operation); },
      reached);
  if (!head) {
    return tl::unexpected(head.error());
  }
  if (!reached || !same_zones(*head, current.head)) {
    return load_whole();
  }
  if (!intake.any() && same_content(*head, current.head)) {
    return Loaded{current.image, std::move(*head), false, 0, current.record_data_bytes};
  }
  // A journal that does not lead to the head is no reason to stop: what the store holds now decides.
  auto followed = intake.finish(std::move(*head));
  return followed ? std::move(followed) : load_whole();
}

}  // namespace dnsd::zone
