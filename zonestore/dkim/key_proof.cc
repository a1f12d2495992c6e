#include "zonestore/dkim/record_text.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::dkim {

namespace {

// Says what it is, so that a signature of it can never pass for a signature of mail.
constexpr std::string_view kTrialMessage =
    "zonestore probe: this line is signed only to prove that a published DKIM key belongs to its private key\r\n";

tl::unexpected<Error> mismatch(const std::string& why) {
  return refuse(Guard::kKeyMismatch, "the DKIM record does not belong to its private key: " + why,
                "do not publish it; make a new key with zonectl prepare");
}

Result<Bytes> served_key(ByteView served_txt_rdata) {
  const auto text = txt_joined(served_txt_rdata);
  if (!text) {
    return mismatch(text.error().message);
  }
  auto record = parse_record_text(*text);
  if (!record) {
    return mismatch(record.error().message);
  }
  if (record->revoked) {
    return mismatch("the record is a revoked one, without a key");
  }
  return std::move(record->public_spki);
}

}  // namespace

Result<void> prove_pair(const crypto::PrivateKey& key, ByteView served_txt_rdata) {
  const auto spki = served_key(served_txt_rdata);
  if (!spki) {
    return tl::unexpected(spki.error());
  }
  const ByteView message(reinterpret_cast<const std::uint8_t*>(kTrialMessage.data()), kTrialMessage.size());
  const auto signature = key.sign(message);
  if (!signature) {
    return tl::unexpected(signature.error());
  }
  if (!crypto::verifies(*spki, message, *signature)) {
    return mismatch("a probe signed with the private key does not verify with the published one");
  }
  return {};
}

}  // namespace zonestore::dkim
