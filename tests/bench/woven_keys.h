// RSA keys for measurements, thousands in a second: each of two primes out of a small stock. Whoever knows two of
// them knows all; nothing but a measurement may use them.
//
// Threads: one at a time. Errors: db::Failure is thrown.
#pragma once

#include <cstddef>
#include <memory>

#include "zonestore/crypto/key_pair.h"

namespace bench {

class WovenKeys {
 public:
  // Enough primes for so many keys of 2048 bits, no two alike: 128 for 8,000.
  explicit WovenKeys(std::size_t count);
  ~WovenKeys();
  WovenKeys(const WovenKeys&) = delete;
  WovenKeys& operator=(const WovenKeys&) = delete;
  WovenKeys(WovenKeys&&) = delete;
  WovenKeys& operator=(WovenKeys&&) = delete;

  [[nodiscard]] zonestore::crypto::PrivateKey next();

 private:
  struct Primes;
  std::unique_ptr<Primes> primes_;
  std::size_t first_ = 0;
  std::size_t second_ = 0;
};

}  // namespace bench
