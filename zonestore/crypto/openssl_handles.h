// OpenSSL's handles, each with its owner. For the sources of this folder only.
#pragma once

#include <memory>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "zonestore/crypto/key_kind.h"

namespace zonestore::crypto {

template <auto kFree>
struct HandleDeleter {
  template <class Handle>
  void operator()(Handle* handle) const noexcept {
    kFree(handle);
  }
};

using KeyHandle = std::unique_ptr<EVP_PKEY, HandleDeleter<&EVP_PKEY_free>>;
using KeyContextHandle = std::unique_ptr<EVP_PKEY_CTX, HandleDeleter<&EVP_PKEY_CTX_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, HandleDeleter<&EVP_MD_CTX_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, HandleDeleter<&PKCS8_PRIV_KEY_INFO_free>>;
using BioHandle = std::unique_ptr<BIO, HandleDeleter<&BIO_free_all>>;

// Of calls that fail for want of memory alone: throws std::bad_alloc, and leaves nothing in OpenSSL's queue of
// errors.
inline void require(bool done) {
  if (!done) {
    ERR_clear_error();
    throw std::bad_alloc();
  }
}

[[nodiscard]] KeyKind kind_of(const EVP_PKEY& key);
// nullptr if the bytes are not exactly one SubjectPublicKeyInfo.
[[nodiscard]] KeyHandle read_public_key(ByteView spki);

}  // namespace zonestore::crypto
