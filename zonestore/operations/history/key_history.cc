#include "zonestore/operations/history/key_history.h"

#include <map>
#include <utility>

#include "zonestore/base/text_encodings.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/change/unknown_institution.h"
#include "zonestore/rows/audit_rows.h"
#include "zonestore/rows/slot_rows.h"

namespace zonestore {
namespace {

constexpr std::size_t kPemLineWidth = 64;

using Spans = std::map<std::string, std::vector<SigningSpan>>;  // by key id

Spans signing_spans(db::Connection& connection, const dkim::Code& code) {
  Spans spans;
  std::string signs;
  rows::read_audit(connection, {.subjects = {code.text()}}, [&](const rows::AuditRow& row) {
    const std::optional<std::string> after = signing_key_in(row.after_json);
    if (!after || *after == signs) {
      return true;
    }
    if (!signs.empty()) {
      spans[signs].back().until = row.at;
    }
    if (!after->empty()) {
      spans[*after].push_back({row.at, std::nullopt});
    }
    signs = *after;
    return true;
  });
  return spans;
}

ServedKey served(rows::KeyRow&& row, const dkim::Code& code, const Name& zone) {
  ServedKey key;
  key.key_id = std::move(row.key.key_id);
  key.slot = row.slot;
  key.algorithm = std::string(crypto::to_text(row.key.algorithm));
  key.public_spki = std::move(row.key.public_spki);
  key.owner = db::unwrap(dkim::selector_name(code, key.slot, zone));
  key.record_text = db::unwrap(dkim::record_text(key.public_spki));
  key.published = row.key.published;
  key.withdrawn = row.withdrawn;
  key.revoked = row.revoked;
  return key;
}

}  // namespace

Result<std::vector<ServedKey>> key_history(Store& store, const dkim::Code& code) {
  return db::at_border<std::vector<ServedKey>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const std::optional<rows::InstitutionRow> institution = rows::find_institution(connection, code);
    if (!institution) {
      Error error = unknown_institution(connection, code);
      error.message = "there never was an institution " + code.text();
      throw db::Failure(std::move(error));
    }
    Spans spans = signing_spans(connection, code);
    std::vector<ServedKey> keys;
    rows::for_each_key(connection, institution->id, [&](rows::KeyRow&& row) {
      keys.push_back(served(std::move(row), code, store.impl().dkim_zone));
      keys.back().signing = std::move(spans[keys.back().key_id]);
    });
    return keys;
  });
}

std::string public_key_pem(ByteView public_spki) {
  const std::string text = base64_of(public_spki);
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t at = 0; at < text.size(); at += kPemLineWidth) {
    pem += text.substr(at, kPemLineWidth) + "\n";
  }
  return pem + "-----END PUBLIC KEY-----\n";
}

}  // namespace zonestore
