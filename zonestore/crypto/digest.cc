#include "zonestore/crypto/digest.h"

#include "zonestore/crypto/openssl_handles.h"

namespace zonestore::crypto {

struct Sha256::Impl {
  DigestContextHandle context{EVP_MD_CTX_new()};

  void begin() const { require(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  impl_->begin();
}

Sha256::~Sha256() = default;

void Sha256::add(ByteView bytes) {
  require(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  require(EVP_DigestFinal_ex(impl_->context.get(), digest.data(), nullptr) == 1);
  impl_->begin();
  return digest;
}

}  // namespace zonestore::crypto
