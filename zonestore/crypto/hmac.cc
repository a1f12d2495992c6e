#include "zonestore/crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "zonestore/crypto/openssl_handles.h"

namespace zonestore::crypto {
namespace {

using MacHandle = std::unique_ptr<EVP_MAC, HandleDeleter<&EVP_MAC_free>>;
using MacContextHandle = std::unique_ptr<EVP_MAC_CTX, HandleDeleter<&EVP_MAC_CTX_free>>;

std::array<char, 7> digest_name(HmacKind kind) {
  switch (kind) {
    case HmacKind::kSha256:
      return {"SHA256"};
    case HmacKind::kSha384:
      return {"SHA384"};
    case HmacKind::kSha512:
      break;
  }
  return {"SHA512"};
}

}  // namespace

// A context that has its key and nothing else yet, or one that is at work.
struct HmacKey::Impl {
  explicit Impl(MacContextHandle handle) : context(std::move(handle)) { require(context != nullptr); }

  MacContextHandle context;
};

bool is_same_code(ByteView left, ByteView right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

HmacKey::HmacKey(HmacKind kind, ByteView secret) : kind_(kind) {
  const MacHandle mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  require(mac != nullptr);
  impl_ = std::make_unique<Impl>(MacContextHandle(EVP_MAC_CTX_new(mac.get())));
  std::array<char, 7> digest = digest_name(kind);
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  require(EVP_MAC_init(impl_->context.get(), secret.data(), secret.size(), parameters.data()) == 1);
}

HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;
HmacKey::~HmacKey() = default;

Hmac::Hmac(const HmacKey& key)
    : impl_(std::make_unique<HmacKey::Impl>(MacContextHandle(EVP_MAC_CTX_dup(key.impl_->context.get())))) {}

Hmac::~Hmac() = default;

void Hmac::add(ByteView bytes) {
  require(EVP_MAC_update(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

HmacCode Hmac::finish() {
  HmacCode code;
  require(EVP_MAC_final(impl_->context.get(), code.bytes.data(), &code.size, code.bytes.size()) == 1);
  require(EVP_MAC_init(impl_->context.get(), nullptr, 0, nullptr) == 1);  // with the same key
  return code;
}

}  // namespace zonestore::crypto
