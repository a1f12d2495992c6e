// Bytes that are overwritten before their memory is given back.
//
// Who fills them reserves first: a vector that grows leaves copies behind. Threads: plain value, moved and not
// copied.
#pragma once

#include <utility>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::crypto {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();
  [[nodiscard]] ByteView view() const { return bytes_; }

 private:
  Bytes bytes_;
};

// From OpenSSL's generator for private values. Errors: kCrypto.
[[nodiscard]] Result<SecretBytes> random_secret(std::size_t bytes);

}  // namespace zonestore::crypto
