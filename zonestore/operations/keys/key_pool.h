// Keys made ahead by threads of their own, one a core: RSA keys take some 50 ms each, and a bulk command needs
// thousands.
//
//   wanted: rsa2048 rsa2048 rsa2048 ...  ──> threads: make, prove ──> ready (bounded) ──> take
//
// Threads: the owner's one thread takes; the pool's threads touch no store and no vault. Errors: as in base/error.h.
// Destroying it stops at once: each thread ends with the key that it is at, and what nobody took is gone.
#pragma once

#include <memory>
#include <vector>

#include "zonestore/crypto/key_pair.h"

namespace zonestore {

// A key that is proven to belong to the record data that will be served (dkim::prove_pair).
struct MadeKey {
  crypto::Algorithm algorithm = crypto::Algorithm::kRsa2048;
  crypto::PrivateKey key;
  Bytes public_spki;
  Bytes txt_rdata;  // with which it was proven
};

// A key that is there already, proven. Errors: kKeyMismatch, kWeakKey, kCrypto.
[[nodiscard]] Result<MadeKey> proven_key(crypto::PrivateKey key);
// A new one. Errors: kCrypto.
[[nodiscard]] Result<MadeKey> make_key(crypto::Algorithm algorithm);

class KeyPool {
 public:
  struct Options {
    unsigned threads = 0;    // 0: one a core
    std::size_t ahead = 64;  // made and not yet taken, at most
  };
  // Makes these, in this order, from now on.
  KeyPool(std::vector<crypto::Algorithm> wanted, const Options& options);
  ~KeyPool();
  KeyPool(const KeyPool&) = delete;
  KeyPool& operator=(const KeyPool&) = delete;
  KeyPool(KeyPool&&) = delete;
  KeyPool& operator=(KeyPool&&) = delete;

  // Waits for one that is ready or being made. One that was not wanted, or would wait behind others, is made here.
  [[nodiscard]] Result<MadeKey> take(crypto::Algorithm algorithm);
  // Whatever is ready, the oldest first, without waiting.
  [[nodiscard]] std::vector<MadeKey> take_ready(std::size_t most);

  [[nodiscard]] static unsigned cores();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace zonestore
