// Whose a store is, for root, who works on nobody else's store as root.
//
// It is read from the store's directory and from zone.db, walked to from "/" by descriptors, so that nothing is
// followed that a less privileged user could put there between the look and the use:
//
//   the directory is another user's          root becomes that user (become_owner.h): what is put in its place
//   afterwards
//                                            is opened with that user's rights
//   root's, and only root could exchange it  root's own store (the quickstart's): root stays root, but no signer's
//   command
//                                            runs (zonestore/signer/command.h)
//   root's, where others could exchange it   refused: what root looked at and what root opens might be two things
//
// The judgement is pure. Threads: any. Errors: kPermission.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "zonestore/base/error.h"

namespace zonectl {

struct StorePlace {
  struct Entry {
    uid_t owner = 0;
    std::string exchanged = {};  // by whom it could be exchanged, and where; empty: by root alone
  };
  Entry directory = {};                          // of a store that is not there yet: where it would be made
  bool is_there = false;                         // the directory itself
  bool is_open = false;                          // others than its owner may write in it
  gid_t group = 0;                               // the directory's
  dev_t device = 0;                              // the directory's, to be compared
  ino_t inode = 0;                               //
  std::optional<uid_t> file = std::nullopt;      // zone.db's owner; of a link: the link's
  std::optional<Entry> leads_to = std::nullopt;  // where zone.db, a link, leads to
  uid_t root = 0;  // who owns "/", and is trusted as root is: in a container, somebody outside of it
};

// Whom root becomes; nullopt: it stays root.
[[nodiscard]] zonestore::Result<std::optional<uid_t>> owner_to_become(const std::filesystem::path& store,
                                                                      const StorePlace& place);

[[nodiscard]] zonestore::Result<StorePlace> look_at_place(const std::filesystem::path& store);

}  // namespace zonectl
