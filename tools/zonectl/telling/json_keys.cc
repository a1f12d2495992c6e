#include "tools/zonectl/telling/json_keys.h"

namespace zonectl {
namespace {

using zonestore::to_rfc3339;

Json key_json(const zonestore::ServedKey& key) {
  Json signing = Json::array();
  for (const zonestore::SigningSpan& span : key.signing) {
    signing.push_back(Json{{"from", to_rfc3339(span.from)}, {"until", json_or_null(span.until, to_rfc3339)}});
  }
  return Json{{"slot", zonestore::dkim::to_text(key.slot)},
              {"owner", key.owner.to_text()},
              {"key_id", key.key_id},
              {"algorithm", key.algorithm},
              {"published", to_rfc3339(key.published)},
              {"withdrawn", json_or_null(key.withdrawn, to_rfc3339)},
              {"revoked", json_or_null(key.revoked, to_rfc3339)},
              {"signing", std::move(signing)},
              {"record_text", key.record_text},
              {"pem", zonestore::public_key_pem(key.public_spki)}};
}

}  // namespace

Json keys_json(const std::string& code, const std::vector<zonestore::ServedKey>& keys) {
  Json array = Json::array();
  for (const zonestore::ServedKey& key : keys) {
    array.push_back(key_json(key));
  }
  return Json{{"code", code}, {"keys", std::move(array)}};
}

}  // namespace zonectl
