// Names: what is taken keeps to RFC 1035's sizes, and zonestore's own reader takes it too.
#include <algorithm>

#include "dnsd/wire/name.h"
#include "tests/fuzz/require.h"

namespace {

using dnsd::wire::LoweredName;
using dnsd::wire::Reader;
using zonestore::ByteView;

void read_one(ByteView bytes) {
  Reader reader(bytes);
  LoweredName name;
  dnsd::wire::read_uncompressed_name(reader, name);
  const ByteView taken = reader.since(0);
  const auto judged = zonestore::Name::from_wire(taken);
  FUZZ_REQUIRE(reader.ok() == judged.has_value());
  if (!reader.ok()) {
    return;
  }
  FUZZ_REQUIRE(name.size == taken.size());
  FUZZ_REQUIRE(std::ranges::equal(judged->lowered().wire(), name.view()));
  const auto again = zonestore::Name::parse(judged->to_text());
  FUZZ_REQUIRE(again.has_value() && *again == *judged);
  Reader skipping(bytes);
  dnsd::wire::skip_name(skipping);
  FUZZ_REQUIRE(skipping.ok() && skipping.position() == reader.position());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_one({data, size});
  return 0;
}
