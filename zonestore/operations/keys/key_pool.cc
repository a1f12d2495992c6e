#include "zonestore/operations/keys/key_pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

// Proven against the bytes that will be served, not against its own public half: what can be wrong is the way from
// the one to the other (DER, base64, the strings of a TXT record).
Result<MadeKey> proven_key(crypto::PrivateKey key) {
  auto public_spki = key.public_spki();
  if (!public_spki) {
    return tl::unexpected(public_spki.error());
  }
  const auto text = dkim::record_text(*public_spki);
  if (!text) {
    return tl::unexpected(text.error());
  }
  Bytes served = txt_rdata(*text);
  if (const auto proof = dkim::prove_pair(key, served); !proof) {
    return tl::unexpected(proof.error());
  }
  const crypto::Algorithm algorithm = key.algorithm();
  return MadeKey{algorithm, std::move(key), std::move(*public_spki), std::move(served)};
}

Result<MadeKey> make_key(crypto::Algorithm algorithm) {
  auto key = crypto::PrivateKey::generate(algorithm);
  if (!key) {
    return tl::unexpected(key.error());
  }
  return proven_key(std::move(*key));
}

struct KeyPool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<crypto::Algorithm> wanted;
  std::deque<MadeKey> ready;
  std::map<crypto::Algorithm, std::size_t> at_work;  // by the threads
  std::size_t ahead = 1;
  bool stopping = false;
  std::vector<std::jthread> threads;  // last: they end before what they use

  [[nodiscard]] std::size_t all_at_work() const {
    std::size_t count = 0;
    for (const auto& [algorithm, keys] : at_work) {
      count += keys;
    }
    return count;
  }

  // A thread's life. A key that could not be made is left out: `take` then makes it itself and tells the error.
  void produce() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return stopping || wanted.empty() || ready.size() + all_at_work() < ahead; });
      if (stopping || wanted.empty()) {
        return;
      }
      const crypto::Algorithm algorithm = wanted.front();
      wanted.pop_front();
      ++at_work[algorithm];
      lock.unlock();  // a key of 2,048 bits takes some 100 ms of a processor, with a wide spread
      Result<MadeKey> made = make_key(algorithm);
      lock.lock();
      --at_work[algorithm];
      if (made) {
        ready.push_back(std::move(*made));
      }
      changed.notify_all();
    }
  }

  std::optional<MadeKey> pick(crypto::Algorithm algorithm) {
    const auto found = std::find_if(ready.begin(), ready.end(),
                                    [algorithm](const MadeKey& each) { return each.algorithm == algorithm; });
    if (found == ready.end()) {
      return std::nullopt;
    }
    MadeKey key = std::move(*found);
    ready.erase(found);
    changed.notify_all();
    return key;
  }

  // Will one be ready without anybody taking another first?
  [[nodiscard]] bool is_coming(crypto::Algorithm algorithm) {
    return at_work[algorithm] > 0 || (!wanted.empty() && ready.size() + all_at_work() < ahead);
  }
};

KeyPool::KeyPool(std::vector<crypto::Algorithm> wanted, const Options& options)
    : shared_(std::make_unique<Shared>()) {
  shared_->wanted.assign(wanted.begin(), wanted.end());
  shared_->ahead = std::max<std::size_t>(options.ahead, 1);
  const std::size_t most = options.threads == 0 ? cores() : options.threads;
  for (std::size_t i = 0; i < std::min(most, wanted.size()); ++i) {
    shared_->threads.emplace_back([shared = shared_.get()] { shared->produce(); });
  }
}

KeyPool::~KeyPool() {
  // A thread that is making a key finishes it: OpenSSL cannot be interrupted. The threads are joined by their
  // destructors.
  const std::scoped_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
}

Result<MadeKey> KeyPool::take(crypto::Algorithm algorithm) {
  {
    std::unique_lock lock(shared_->mutex);
    while (true) {
      if (std::optional<MadeKey> key = shared_->pick(algorithm)) {
        return *std::move(key);
      }
      if (!shared_->is_coming(algorithm)) {
        break;
      }
      shared_->changed.wait(lock);
    }
  }
  return make_key(algorithm);
}

std::vector<MadeKey> KeyPool::take_ready(std::size_t most) {
  const std::scoped_lock lock(shared_->mutex);
  std::vector<MadeKey> taken;
  while (!shared_->ready.empty() && taken.size() < most) {
    taken.push_back(std::move(shared_->ready.front()));
    shared_->ready.pop_front();
  }
  shared_->changed.notify_all();
  return taken;
}

unsigned KeyPool::cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace zonestore
