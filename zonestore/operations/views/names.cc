#include "zonestore/operations/views/names.h"

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

Result<std::vector<std::string>> codes_beginning_with(Store& store, std::string_view typed, std::size_t limit) {
  return db::at_border<std::vector<std::string>>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    std::vector<std::string> texts;
    for (const dkim::Code& code : rows::codes_beginning_with(store.impl().connection, typed, limit)) {
      texts.push_back(code.text());
    }
    return texts;
  });
}

}  // namespace zonestore
