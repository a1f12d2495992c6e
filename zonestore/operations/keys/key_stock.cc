#include "zonestore/operations/keys/key_stock.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/change/private_halves.h"
#include "zonestore/operations/keys/fresh_keys.h"

namespace zonestore {
namespace {

constexpr std::size_t kVaultBatch = 64;

}  // namespace

KeyStock::KeyStock(Store& store, std::vector<crypto::Algorithm> wanted, const ChangeContext& context,
                   const KeyPool::Options& options)
    : store_(store), into_vault_(!context.dry_run), pool_(std::move(wanted), options) {
  store_.impl().key_stock = this;
}

KeyStock::~KeyStock() {
  store_.impl().key_stock = nullptr;
  std::vector<std::string> ids;
  for (const StockedKey& key : keys_) {
    ids.push_back(key.key_id);
  }
  if (into_vault_) {
    // If this fails the orphans wait for maintain.
    const Result<void> ignored = db::at_border<void>([&] { destroy_unused(store_.impl(), ids); });
    (void)ignored;
  }
}

StockedKey KeyStock::take(crypto::Algorithm algorithm) {
  const auto fits = [algorithm](const StockedKey& each) { return each.made.algorithm == algorithm; };
  auto found = std::find_if(keys_.begin(), keys_.end(), fits);
  if (found == keys_.end()) {
    refill(algorithm);
    found = std::find_if(keys_.begin(), keys_.end(), fits);
  }
  StockedKey key = std::move(*found);
  keys_.erase(found);
  return key;
}

// At least one of that algorithm, and whatever else is ready: one transaction of the vault for all of them.
void KeyStock::refill(crypto::Algorithm algorithm) {
  std::vector<StockedKey> batch;
  batch.push_back({new_key_id(), db::unwrap(pool_.take(algorithm)), into_vault_});
  for (MadeKey& made : pool_.take_ready(kVaultBatch - 1)) {
    batch.push_back({new_key_id(), std::move(made), into_vault_});
  }
  if (into_vault_) {
    std::vector<Vault::NewKey> entries;
    entries.reserve(batch.size());
    for (const StockedKey& key : batch) {
      entries.push_back({key.key_id, &key.made.key});
    }
    Store::Impl& impl = store_.impl();
    put_ahead(impl, entries, impl.clock->now().wall);
  }
  std::move(batch.begin(), batch.end(), std::back_inserter(keys_));
}

}  // namespace zonestore
