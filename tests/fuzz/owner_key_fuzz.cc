// Owner keys, as a damaged store might hold them: what decodes encodes to the same bytes, what encodes decodes to the
// same name, and keys sort as names do (RFC 4034 section 6.1).
// Input: two names or keys; the first byte is the length of the first.
#include <algorithm>
#include <optional>

#include "tests/fuzz/text_rules.h"
#include "zonestore/zone/name.h"

namespace {

using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::Name;

const Name& apex() {
  static const Name name = Name::parse("dkim.Example").value();
  return name;
}

void check_key(ByteView key) {
  const auto name = zonestore::decode_owner_key(key, apex());
  if (!name) {
    dnsd::fuzz::check_message(name.error().message);
    FUZZ_REQUIRE(name.error().code == zonestore::ErrorCode::kDamaged);
    return;
  }
  FUZZ_REQUIRE(name->is_at_or_below(apex()));
  FUZZ_REQUIRE(std::ranges::equal(zonestore::encode_owner_key(*name, apex()), key));
}

// The labels `bytes` below the apex, if that makes a name.
std::optional<Name> below_apex(ByteView bytes) {
  Bytes wire(bytes.begin(), bytes.end());
  wire.insert(wire.end(), apex().wire().begin(), apex().wire().end());
  auto name = Name::from_wire(wire);
  return name && name->is_at_or_below(apex()) ? std::optional(*name) : std::nullopt;
}

void check_order(const Name& left, const Name& right) {
  const Bytes left_key = zonestore::encode_owner_key(left, apex());
  const Bytes right_key = zonestore::encode_owner_key(right, apex());
  FUZZ_REQUIRE((left_key <=> right_key) == (left <=> right));
  FUZZ_REQUIRE((left_key == right_key) == (left == right));
  const auto decoded = zonestore::decode_owner_key(left_key, apex());
  FUZZ_REQUIRE(decoded.has_value() && *decoded == left);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const ByteView bytes(data + 1, size - 1);
  const ByteView first = bytes.first(std::min<std::size_t>(data[0], bytes.size()));
  const ByteView second = bytes.subspan(first.size());
  check_key(first);
  check_key(second);
  const auto left = below_apex(first);
  const auto right = below_apex(second);
  if (left && right) {
    check_order(*left, *right);
  }
  return 0;
}
