#include "zonestore/crypto/wiping_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <malloc.h>
#include <openssl/crypto.h>

namespace zonestore::crypto {
namespace {

// OpenSSL asks for malloc(), realloc() and free() of a kind: nobody here owns what they hand out.
// NOLINTBEGIN(cppcoreguidelines-no-malloc, cppcoreguidelines-owning-memory)

void* allocate(std::size_t count, const char* /*file*/, int /*line*/) {
  return std::malloc(count);
}

void give_back(void* memory, const char* /*file*/, int /*line*/) {
  if (memory != nullptr) {
    OPENSSL_cleanse(memory, ::malloc_usable_size(memory));
    std::free(memory);
  }
}

// realloc() may move, and leave a copy behind.
void* resize(void* memory, std::size_t count, const char* file, int line) {
  if (count == 0) {
    give_back(memory, file, line);
    return nullptr;
  }
  void* const other = std::malloc(count);
  if (other != nullptr && memory != nullptr) {
    std::memcpy(other, memory, std::min(count, ::malloc_usable_size(memory)));
    give_back(memory, file, line);
  }
  return other;
}

// NOLINTEND(cppcoreguidelines-no-malloc, cppcoreguidelines-owning-memory)

}  // namespace

bool wipe_what_openssl_frees() noexcept {
  return CRYPTO_set_mem_functions(&allocate, &resize, &give_back) == 1;
}

}  // namespace zonestore::crypto
