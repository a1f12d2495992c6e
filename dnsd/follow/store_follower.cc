#include "dnsd/follow/store_follower.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "dnsd/util/exception_text.h"

namespace dnsd::follow {
namespace {

using zonestore::Error;
using zonestore::ErrorCode;

bool is_same_state(const zonestore::PublishedHead& left, const zonestore::PublishedHead& right) {
  const auto same_zone = [](const zonestore::PublishedZone& one, const zonestore::PublishedZone& other) {
    return one.apex == other.apex && one.serial == other.serial &&
           one.record_set_hash_sum == other.record_set_hash_sum;
  };
  return left.store_id == right.store_id && left.newest_change == right.newest_change &&
         std::equal(left.zones.begin(), left.zones.end(), right.zones.begin(), right.zones.end(), same_zone) &&
         left.peers == right.peers;
}

}  // namespace

class StoreFollower::Loading {
 public:
  explicit Loading(const OnLoading& tell) : tell_(tell) {}
  ~Loading() {
    if (begun_) {
      tell_(false);
    }
  }
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;
  Loading(Loading&&) = delete;
  Loading& operator=(Loading&&) = delete;

  void begin() {
    if (tell_ && !begun_) {
      tell_(true);
      begun_ = true;
    }
  }

 private:
  const OnLoading& tell_;
  bool begun_ = false;
};

StoreFollower::Look StoreFollower::look() {
  try {
    return look_unguarded();
  } catch (const std::exception& exception) {
    reader_.reset();
    note_lost(LoadReason::kRecovered);
    return {Outcome::kUnusable,
            Error{ErrorCode::kIo, std::string("the store cannot be loaded: ") + util::text_of(exception),
                  "give dnsd more memory (MemoryMax=, LimitDATA=, the machine's)"}};
  }
}

StoreFollower::Look StoreFollower::look_unguarded() {
  if (reader_ && !reader_->is_same_file()) {
    reader_.reset();
    note_lost(LoadReason::kReplaced);
  }
  return reader_ ? follow_held() : load_anew();
}

// The first load is the start's, whatever stood in its way.
void StoreFollower::note_lost(LoadReason reason) {
  if (loaded_) {
    next_reason_ = reason;
  }
}

StoreFollower::Look StoreFollower::load_anew() {
  auto opened = zonestore::PublishedReader::open(store_dir_);
  if (!opened) {
    return give_up(std::move(opened.error()));
  }
  // The version before the content: a commit in between is then seen as a change, not missed.
  const auto version = opened->data_version();
  if (!version) {
    return give_up(version.error());
  }
  Loading loading(on_loading_);
  loading.begin();
  auto loaded = zone::load(*opened, loaded_ ? loaded_->image.get() : nullptr);
  if (!loaded) {
    return give_up(std::move(loaded.error()));
  }
  if (loaded->head.zones.empty()) {
    return give_up(no_zones());
  }
  reader_ = std::move(*opened);
  data_version_ = *version;
  loaded_ = std::move(*loaded);
  load_reason_ = next_reason_;
  return {Outcome::kNew, std::nullopt};
}

StoreFollower::Look StoreFollower::follow_held() {
  const auto version = reader_->data_version();
  if (!version) {
    return give_up(version.error());
  }
  if (*version == data_version_) {
    return {Outcome::kUnchanged, std::nullopt};
  }
  Loading loading(on_loading_);
  auto followed = zone::follow(*reader_, *loaded_, [&loading] { loading.begin(); });
  if (!followed) {
    return give_up(std::move(followed.error()));
  }
  if (followed->head.zones.empty()) {
    return give_up(no_zones());
  }
  data_version_ = *version;
  // Operators' notes, policies and the audit change the store too, and nothing that the world may see.
  const bool published = !is_same_state(loaded_->head, followed->head);
  loaded_ = std::move(*followed);
  load_reason_ = LoadReason::kJournalGap;
  return {published ? Outcome::kNew : Outcome::kUnchanged, std::nullopt};
}

// Nobody who took all zones out wants every customer's keys to be gone: it is a mistake, or a store that is being
// made.
Error StoreFollower::no_zones() const {
  return {ErrorCode::kEmpty, "the store in " + store_dir_.string() + " has no zone",
          "make one with 'zonectl init', or restore the store from a backup: zonectl restore"};
}

StoreFollower::Look StoreFollower::give_up(Error error) {
  if (error.code == ErrorCode::kBusy) {
    return {Outcome::kBusy, std::move(error)};
  }
  reader_.reset();
  note_lost(LoadReason::kRecovered);
  if (error.code == ErrorCode::kPermission) {
    std::string hint = access_hint(store_dir_, names_);
    if (!hint.empty()) {
      error.hint = std::move(hint);
    }
  }
  return {Outcome::kUnusable, std::move(error)};
}

}  // namespace dnsd::follow
