// Keeps a loaded image level with the store: looks, catches up, and starts over after trouble.
//
//   no reader --open, load all--> holds a reader --data_version differs--> follow (journal, else all)
//       ^                               |
//       +-- another file at the path, --+   The image stays what it last was, whatever happens.
//           or any error but kBusy
//
// One reader is held for as long as its file is the one at the path. After an error it is given up and the next
// good state is a full load, so that nothing that was missed stays missed.
//
// Decides nothing about time: the caller says when to look. What a look throws (no memory for a new image) is one
// more reason why the store cannot be used, and the image stays. Threads: one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "dnsd/follow/store_access.h"
#include "dnsd/follow/store_state.h"
#include "dnsd/zone/loader.h"

namespace dnsd::follow {

class StoreFollower {
 public:
  // Asks what its user and the store's groups are called, which a sandbox may forbid later.
  explicit StoreFollower(std::filesystem::path store_dir) : store_dir_(std::move(store_dir)), names_(store_dir_) {}

  enum class Outcome : std::uint8_t {
    kUnchanged,  // and in order
    kNew,        // loaded() is newer than before: its image, or its head's peers alone
    kBusy,       // a writer is committing: look again in a few milliseconds
    kUnusable,   // `error` says why: look again in a second
  };
  struct Look {
    Outcome outcome;
    std::optional<zonestore::Error> error;  // with kBusy and kUnusable
  };

  // Throws only where there is not even memory to say why; it may be called again.
  [[nodiscard]] Look look();

  // Told when the whole store begins to be read, and when that has ended. Empty: nobody is.
  using OnLoading = std::function<void(bool begins)>;
  void tell_of_loading(OnLoading on_loading) { on_loading_ = std::move(on_loading); }

  // The last good state. Precondition: look() has given kNew at least once.
  [[nodiscard]] const zone::Loaded& loaded() const { return *loaded_; }
  // Why that was read whole, if it was (loaded().whole).
  [[nodiscard]] LoadReason load_reason() const { return load_reason_; }
  [[nodiscard]] const std::filesystem::path& store_dir() const { return store_dir_; }

 private:
  [[nodiscard]] Look look_unguarded();
  void note_lost(LoadReason reason);
  [[nodiscard]] Look load_anew();
  [[nodiscard]] Look follow_held();
  [[nodiscard]] Look give_up(zonestore::Error error);
  [[nodiscard]] zonestore::Error no_zones() const;

  class Loading;

  std::filesystem::path store_dir_;
  AccountNames names_;
  OnLoading on_loading_;
  std::optional<zonestore::PublishedReader> reader_;
  std::int64_t data_version_ = 0;  // of what loaded_ was made from, while reader_ is held
  std::optional<zone::Loaded> loaded_;
  LoadReason load_reason_ = LoadReason::kStart;
  LoadReason next_reason_ = LoadReason::kStart;  // of the load that comes next, should one be needed
};

}  // namespace dnsd::follow
