#include "tests/bench/load_store.h"

#include "tests/bench/synthetic_store.h"

namespace bench {

namespace fs = std::filesystem;

StoreCopy::StoreCopy(const fs::path& original) : temp_(fs::path("/var/tmp")) {
  if (!original.empty()) {
    fs::copy(original, path(), fs::copy_options::recursive);
    return;
  }
  constexpr std::size_t kInstitutions = 1000;
  const SyntheticStore wanted{.directory = path(), .institutions = kInstitutions};
  MadeUpCodes codes(wanted.seed);
  require(make_store(wanted, codes, [](std::size_t) {}));
}

}  // namespace bench
