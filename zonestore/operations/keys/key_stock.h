// Fresh keys for many institutions, durable in the vault ahead of their use: made on all cores (key_pool.h), and put
// into the vault several at a time, as many as became ready while the last ones were published. While it lives, every
// operation on the store that needs a fresh key takes it from here.
//
// A key that nobody took is taken out of the vault again; a crash leaves orphans, which maintain sweeps up.
// Ownership: the store must outlive it. Threads: that of the store. One a store at a time.
#pragma once

#include <deque>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/operations/keys/key_pool.h"

namespace zonestore {

struct StockedKey {
  std::string key_id;
  MadeKey made;
  bool in_vault = false;
};

class KeyStock {
 public:
  // `wanted`: in the order in which they will be taken. In a dry run nothing goes into the vault.
  KeyStock(Store& store, std::vector<crypto::Algorithm> wanted, const ChangeContext& context,
           const KeyPool::Options& options = {});
  ~KeyStock();
  KeyStock(const KeyStock&) = delete;
  KeyStock& operator=(const KeyStock&) = delete;
  KeyStock(KeyStock&&) = delete;
  KeyStock& operator=(KeyStock&&) = delete;

  // For the operations. Throws db::Failure: kCrypto, and as of Vault::put.
  [[nodiscard]] StockedKey take(crypto::Algorithm algorithm);

 private:
  void refill(crypto::Algorithm algorithm);

  Store& store_;
  bool into_vault_;
  KeyPool pool_;
  std::deque<StockedKey> keys_;
};

}  // namespace zonestore
