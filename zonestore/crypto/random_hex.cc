#include "zonestore/crypto/random_hex.h"

#include <limits>
#include <stdexcept>

#include <openssl/rand.h>

#include "zonestore/base/text_encodings.h"

namespace zonestore::crypto {

std::string random_hex(std::size_t digits) {
  Bytes random((digits + 1) / 2);
  if (random.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("the system gave no random bytes");
  }
  std::string text = hex_of(random);
  text.resize(digits);
  return text;
}

}  // namespace zonestore::crypto
