#include "zonestore/crypto/secret_text.h"

#include <openssl/crypto.h>

namespace zonestore::crypto {

void wipe(void* bytes, std::size_t count) noexcept {
  OPENSSL_cleanse(bytes, count);
}

}  // namespace zonestore::crypto
