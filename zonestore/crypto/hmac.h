// HMAC (RFC 2104) with SHA-2: one code after another with one key. The only one there is.
//
//   HmacKey ──> Hmac: add, add, ... finish ──> the next add begins another
//   made once, shared   one for each thread
//
// Threads: an HmacKey any number; an Hmac one at a time. Errors: OpenSSL that has no HMAC or no memory is a bug or
// the end: std::bad_alloc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "zonestore/base/bytes.h"

namespace zonestore::crypto {

enum class HmacKind : std::uint8_t { kSha256, kSha384, kSha512 };

[[nodiscard]] constexpr std::size_t hmac_bytes(HmacKind kind) {
  switch (kind) {
    case HmacKind::kSha256:
      return 32;
    case HmacKind::kSha384:
      return 48;
    case HmacKind::kSha512:
      return 64;
  }
  return 0;
}

inline constexpr std::size_t kMaxHmacBytes = hmac_bytes(HmacKind::kSha512);

// A code; `size` bytes of it mean something.
struct HmacCode {
  std::array<std::uint8_t, kMaxHmacBytes> bytes{};
  std::size_t size = 0;

  [[nodiscard]] ByteView view() const { return {bytes.data(), size}; }
};

// True if both are the same, in a time that does not tell where they differ.
[[nodiscard]] bool is_same_code(ByteView left, ByteView right);

class HmacKey {
 public:
  // Keeps a copy of the secret, which is overwritten before its memory is given back.
  HmacKey(HmacKind kind, ByteView secret);
  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey();

  [[nodiscard]] HmacKind kind() const { return kind_; }

 private:
  friend class Hmac;
  struct Impl;
  HmacKind kind_;
  std::unique_ptr<Impl> impl_;
};

class Hmac {
 public:
  explicit Hmac(const HmacKey& key);  // needs the key no longer
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  Hmac(Hmac&&) = delete;
  Hmac& operator=(Hmac&&) = delete;
  ~Hmac();

  void add(ByteView bytes);
  [[nodiscard]] HmacCode finish();

 private:
  std::unique_ptr<HmacKey::Impl> impl_;
};

}  // namespace zonestore::crypto
