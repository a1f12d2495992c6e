#include "tests/bench/woven_keys.h"

#include <array>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "zonestore/db/failure.h"

namespace bench {
namespace {

constexpr int kPrimeBits = 1024;
constexpr unsigned long kPublicExponent = 65537;  // NOLINT(google-runtime-int): BN_WORD

template <auto kFree>
struct Freed {
  template <class Handle>
  void operator()(Handle* handle) const noexcept {
    kFree(handle);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<&BN_clear_free>>;
using Scratch = std::unique_ptr<BN_CTX, Freed<&BN_CTX_free>>;

void require(bool good) {
  if (!good) {
    throw zonestore::db::Failure({zonestore::ErrorCode::kIo, "OpenSSL makes no key of two primes", "", {}});
  }
}

Number number() {
  Number made(BN_new());
  require(made != nullptr);
  return made;
}

// The eight numbers of an RSA private key (RFC 8017 3.2).
struct Numbers {
  Number n = number(), e = number(), d = number(), dp = number(), dq = number(), inverse = number();
};

Numbers numbers_of(const BIGNUM* p, const BIGNUM* q) {
  const Scratch scratch(BN_CTX_new());
  Numbers key;
  const Number p1 = number();
  const Number q1 = number();
  const Number phi = number();
  require(BN_set_word(key.e.get(), kPublicExponent) == 1 && BN_mul(key.n.get(), p, q, scratch.get()) == 1);
  require(BN_sub(p1.get(), p, BN_value_one()) == 1 && BN_sub(q1.get(), q, BN_value_one()) == 1);
  require(BN_mul(phi.get(), p1.get(), q1.get(), scratch.get()) == 1);
  require(BN_mod_inverse(key.d.get(), key.e.get(), phi.get(), scratch.get()) != nullptr);
  require(BN_mod(key.dp.get(), key.d.get(), p1.get(), scratch.get()) == 1);
  require(BN_mod(key.dq.get(), key.d.get(), q1.get(), scratch.get()) == 1);
  require(BN_mod_inverse(key.inverse.get(), q, p, scratch.get()) != nullptr);
  return key;
}

using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

Key key_of(const BIGNUM* p, const BIGNUM* q) {
  const Numbers key = numbers_of(p, q);
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<&OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  const auto push = [&](const char* name, const BIGNUM* value) {
    require(OSSL_PARAM_BLD_push_BN(builder.get(), name, value) == 1);
  };
  push(OSSL_PKEY_PARAM_RSA_N, key.n.get());
  push(OSSL_PKEY_PARAM_RSA_E, key.e.get());
  push(OSSL_PKEY_PARAM_RSA_D, key.d.get());
  push(OSSL_PKEY_PARAM_RSA_FACTOR1, p);
  push(OSSL_PKEY_PARAM_RSA_FACTOR2, q);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT1, key.dp.get());
  push(OSSL_PKEY_PARAM_RSA_EXPONENT2, key.dq.get());
  push(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, key.inverse.get());
  const std::unique_ptr<OSSL_PARAM, Freed<&OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, Freed<&EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
          EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return Key(made);
}

zonestore::Bytes pkcs8_of(const EVP_PKEY* key) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<&PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key));
  require(info != nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  require(size > 0);
  zonestore::Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

std::size_t primes_for(std::size_t keys) {
  std::size_t primes = 2;
  while (primes * (primes - 1) / 2 < keys) {
    ++primes;
  }
  return primes;
}

}  // namespace

struct WovenKeys::Primes {
  std::vector<Number> all;
};

WovenKeys::WovenKeys(std::size_t count) : primes_(std::make_unique<Primes>()) {
  const std::size_t wanted = primes_for(count);
  while (primes_->all.size() < wanted) {
    Number prime = number();
    require(BN_generate_prime_ex(prime.get(), kPrimeBits, 0, nullptr, nullptr, nullptr) == 1);
    if (BN_mod_word(prime.get(), kPublicExponent) != 1) {  // else the exponent has no inverse
      primes_->all.push_back(std::move(prime));
    }
  }
}

WovenKeys::~WovenKeys() = default;

zonestore::crypto::PrivateKey WovenKeys::next() {
  if (++second_ >= primes_->all.size()) {
    ++first_;
    second_ = first_ + 1;
  }
  const Key key = key_of(primes_->all.at(first_).get(), primes_->all.at(second_).get());
  return zonestore::db::unwrap(zonestore::crypto::PrivateKey::from_pkcs8(pkcs8_of(key.get())));
}

}  // namespace bench
