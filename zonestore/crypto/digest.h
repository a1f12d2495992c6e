// SHA-256 (FIPS 180-4), fed in pieces. Here because this folder wraps OpenSSL; it knows nothing of DKIM.
//
// Threads: one thread at a time. Errors: OpenSSL that has no SHA-256 or no memory is a bug or the end:
// std::bad_alloc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "zonestore/base/bytes.h"

namespace zonestore::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256(Sha256&&) = delete;
  Sha256& operator=(Sha256&&) = delete;

  void add(ByteView bytes);
  // The digest of all that was added; the next add begins another.
  [[nodiscard]] Sha256Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zonestore::crypto
