#include "zonestore/operations/change/unknown_institution.h"

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/nearest_word.h"

namespace zonestore {

namespace {

constexpr std::size_t kCodesAtATime = 1'000;

// In bounded memory: the nearest of each portion stands first in the next. `sql` selects what is ?2 bytes longer or
// shorter than ?1 at most.
template <class TextOf>
std::optional<std::string> nearest_of(db::Connection& connection, const char* sql, const std::string& typed,
                                      std::size_t bytes, const TextOf& text_of) {
  db::Statement rows = connection.prepare(sql);
  rows.bind(1, static_cast<std::int64_t>(bytes)).bind(2, static_cast<std::int64_t>(kFarthestWord));
  std::optional<std::string> nearest;
  std::vector<std::string> portion;
  const auto judge_portion = [&] {
    nearest = nearest_word(typed, portion);
    portion.clear();
    if (nearest) {
      portion.push_back(*nearest);
    }
  };
  while (rows.step()) {
    portion.emplace_back(text_of(rows));
    if (portion.size() == kCodesAtATime) {
      judge_portion();
    }
  }
  judge_portion();
  return nearest;
}

}  // namespace

Error unknown_institution(db::Connection& connection, const dkim::Code& code) {
  const std::optional<std::string> meant = nearest_of(
      connection,
      "SELECT code FROM institution WHERE phase <> 'departed' AND length(code) BETWEEN ?1 - ?2 AND ?1 + ?2",
      code.text(), code.text().size(), [](db::Statement& row) { return row.text(0); });
  return Error{
      ErrorCode::kNotFound, "there is no institution " + code.text(),
      (meant ? "did you mean " + *meant + "?  " : "") + std::string("zonectl list shows those that are there"),
      std::nullopt};
}

std::optional<std::string> nearest_domain(db::Connection& connection, const Name& domain) {
  return nearest_of(connection, "SELECT name FROM domain WHERE length(name) BETWEEN ?1 - ?2 AND ?1 + ?2",
                    domain.lowered().to_text_no_dot(), domain.size_bytes(),
                    [](db::Statement& row) { return db::unwrap(Name::from_wire(row.blob(0))).to_text_no_dot(); });
}

}  // namespace zonestore
