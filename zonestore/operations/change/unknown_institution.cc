#include "zonestore/operations/change/unknown_institution.h"

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/nearest_word.h"

namespace zonestore {

namespace {

constexpr std::size_t kCodesAtATime = 1'000;

// In bounded memory: the nearest of each portion stands first in the next.
std::optional<std::string> nearest_code(db::Connection& connection, const std::string& code) {
  db::Statement rows = connection.prepare(
      "SELECT code FROM institution WHERE phase <> 'departed' AND length(code) BETWEEN ?1 - ?2 AND ?1 + ?2 "
      "ORDER BY code");
  rows.bind(1, static_cast<std::int64_t>(code.size())).bind(2, static_cast<std::int64_t>(kFarthestWord));
  std::optional<std::string> nearest;
  std::vector<std::string> portion;
  const auto judge_portion = [&] {
    nearest = nearest_word(code, portion);
    portion.clear();
    if (nearest) {
      portion.push_back(*nearest);
    }
  };
  while (rows.step()) {
    portion.emplace_back(rows.text(0));
    if (portion.size() == kCodesAtATime) {
      judge_portion();
    }
  }
  judge_portion();
  return nearest;
}

}  // namespace

Error unknown_institution(db::Connection& connection, const dkim::Code& code) {
  const std::optional<std::string> meant = nearest_code(connection, code.text());
  return Error{
      ErrorCode::kNotFound, "there is no institution " + code.text(),
      (meant ? "did you mean " + *meant + "?  " : "") + std::string("zonectl list shows those that are there"),
      std::nullopt};
}

}  // namespace zonestore
