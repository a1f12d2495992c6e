#include "zonestore/crypto/key_numbers.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/crypto/openssl_handles.h"

namespace zonestore::crypto {
namespace {

// ---- DER, as far as keys need it (X.690 sections 8.1 and 10.1) ----

constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kBitString = 0x03;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kSequence = 0x30;

class Der {
 public:
  explicit Der(ByteView bytes) : rest_(bytes) {}

  // The content of the next element, if it is of that kind.
  std::optional<ByteView> take(std::uint8_t tag) {
    if (rest_.size() < 2 || rest_[0] != tag) {
      return std::nullopt;
    }
    std::size_t length = rest_[1];
    std::size_t head = 2;
    if (length >= 0x80) {
      const std::size_t digits = length & 0x7fU;
      if (digits == 0 || digits > 2 || rest_.size() < 2 + digits) {
        return std::nullopt;
      }
      length = 0;
      for (; head < 2 + digits; ++head) {
        length = length << 8U | rest_[head];
      }
    }
    if (rest_.size() < head + length) {
      return std::nullopt;
    }
    const ByteView content = rest_.subspan(head, length);
    rest_ = rest_.subspan(head + length);
    return content;
  }
  std::optional<Der> enter(std::uint8_t tag) {
    const std::optional<ByteView> content = take(tag);
    return content ? std::optional(Der(*content)) : std::nullopt;
  }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

// rsaEncryption, NULL: RFC 3279 section 2.3.1.
bool is_rsa(ByteView algorithm) {
  constexpr std::array<std::uint8_t, 13> kRsa{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                              0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
  return std::equal(algorithm.begin(), algorithm.end(), kRsa.begin(), kRsa.end());
}

// ---- RSA's numbers ----

using Number = std::unique_ptr<BIGNUM, HandleDeleter<&BN_clear_free>>;
using Scratch = std::unique_ptr<BN_CTX, HandleDeleter<&BN_CTX_free>>;

Number number_from(ByteView digits) {
  return Number(BN_bin2bn(digits.data(), static_cast<int>(digits.size()), nullptr));
}

// n, e, d, p, q, dP, dQ, qInv: RFC 8017 section A.1.2.
struct RsaNumbers {
  Number n, e, d, p, q, d_p, d_q, q_inverse;
};

std::optional<RsaNumbers> read_private(ByteView pkcs8) {
  std::optional<Der> info = Der(pkcs8).enter(kSequence);
  if (!info || !info->take(kInteger) || !info->take(kSequence)) {
    return std::nullopt;
  }
  std::optional<Der> wrapped = info->enter(kOctetString);
  std::optional<Der> key = wrapped ? wrapped->enter(kSequence) : std::nullopt;
  if (!key || !key->take(kInteger)) {
    return std::nullopt;
  }
  RsaNumbers numbers;
  for (Number* const number :
       {&numbers.n, &numbers.e, &numbers.d, &numbers.p, &numbers.q, &numbers.d_p, &numbers.d_q, &numbers.q_inverse}) {
    const std::optional<ByteView> digits = key->take(kInteger);
    if (!digits || (*number = number_from(*digits)) == nullptr) {
      return std::nullopt;
    }
  }
  return numbers;
}

struct RsaPublic {
  Number n, e;
};

std::optional<RsaPublic> read_public(ByteView spki) {
  std::optional<Der> info = Der(spki).enter(kSequence);
  if (!info || !info->take(kSequence)) {
    return std::nullopt;
  }
  const std::optional<ByteView> bits = info->take(kBitString);
  if (!bits || bits->empty()) {
    return std::nullopt;
  }
  std::optional<Der> key = Der(bits->subspan(1)).enter(kSequence);  // after the count of unused bits
  const std::optional<ByteView> n = key ? key->take(kInteger) : std::nullopt;
  const std::optional<ByteView> e = key ? key->take(kInteger) : std::nullopt;
  if (!n || !e) {
    return std::nullopt;
  }
  return RsaPublic{number_from(*n), number_from(*e)};
}

// d is right for one prime: dP = d mod (p - 1), and e * d = 1 mod (p - 1).
bool fits_prime(const RsaNumbers& key, const BIGNUM* prime, const BIGNUM* exponent, BN_CTX* scratch) {
  const Number less_one(BN_dup(prime));
  const Number reduced(BN_new());
  const Number product(BN_new());
  return less_one != nullptr && reduced != nullptr && product != nullptr && BN_sub_word(less_one.get(), 1) == 1 &&
         BN_mod(reduced.get(), key.d.get(), less_one.get(), scratch) == 1 && BN_cmp(reduced.get(), exponent) == 0 &&
         BN_mod_mul(product.get(), key.e.get(), reduced.get(), less_one.get(), scratch) == 1 &&
         BN_is_one(product.get()) == 1;
}

bool fit_together(const RsaNumbers& key, BN_CTX* scratch) {
  const Number product(BN_new());
  if (product == nullptr || BN_mul(product.get(), key.p.get(), key.q.get(), scratch) != 1 ||
      BN_cmp(product.get(), key.n.get()) != 0 || BN_is_one(key.p.get()) == 1 || BN_is_one(key.q.get()) == 1) {
    return false;
  }
  return BN_mod_mul(product.get(), key.q.get(), key.q_inverse.get(), key.p.get(), scratch) == 1 &&
         BN_is_one(product.get()) == 1 && BN_cmp(key.q_inverse.get(), key.p.get()) < 0 &&
         fits_prime(key, key.p.get(), key.d_p.get(), scratch) && fits_prime(key, key.q.get(), key.d_q.get(), scratch);
}

tl::unexpected<Error> damaged_numbers(const std::string& what) {
  return fail(ErrorCode::kDamaged, what);
}

Result<void> check_rsa(ByteView pkcs8, ByteView public_spki) {
  const std::optional<RsaNumbers> key = read_private(pkcs8);
  const std::optional<RsaPublic> published = read_public(public_spki);
  const Scratch scratch(BN_CTX_new());
  if (!key || !published || scratch == nullptr || published->n == nullptr || published->e == nullptr) {
    return damaged_numbers("it is not one RSA key");
  }
  if (BN_cmp(key->n.get(), published->n.get()) != 0 || BN_cmp(key->e.get(), published->e.get()) != 0) {
    return damaged_numbers("it is not the private half of the public key");
  }
  return fit_together(*key, scratch.get()) ? Result<void>{} : damaged_numbers("its numbers do not fit together");
}

}  // namespace

Result<void> check_numbers(ByteView pkcs8, ByteView public_spki) {
  std::optional<Der> info = Der(pkcs8).enter(kSequence);
  const std::optional<ByteView> version = info ? info->take(kInteger) : std::nullopt;
  const std::optional<ByteView> algorithm = version ? info->take(kSequence) : std::nullopt;
  if (!algorithm) {
    return damaged_numbers("it is not one PKCS #8 structure");
  }
  if (is_rsa(*algorithm)) {
    return check_rsa(pkcs8, public_spki);
  }
  const Result<PrivateKey> key = PrivateKey::from_pkcs8(pkcs8);  // Ed25519 has one number, which makes the public one
  if (!key) {
    return damaged_numbers(key.error().message);
  }
  const Result<Bytes> made = key->public_spki();
  return made && std::equal(made->begin(), made->end(), public_spki.begin(), public_spki.end())
             ? Result<void>{}
             : damaged_numbers("it is not the private half of the public key");
}

}  // namespace zonestore::crypto
