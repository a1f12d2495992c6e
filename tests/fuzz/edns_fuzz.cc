// A query's OPT record: its fields are read as they stand, and options that do not add up are refused.
// Input: class (2 bytes), TTL (4 bytes), then the record data.
#include "dnsd/wire/edns.h"
#include "tests/fuzz/require.h"

namespace {

using zonestore::ByteView;

unsigned u16(ByteView bytes) {
  return static_cast<unsigned>(bytes[0] << 8 | bytes[1]);
}

// RFC 6891 section 6.1.2: code, length, data, until nothing is left.
bool options_add_up(ByteView options) {
  while (options.size() >= 4 && options.size() - 4 >= u16(options.subspan(2))) {
    options = options.subspan(4 + u16(options.subspan(2)));
  }
  return options.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 6) {
    return 0;
  }
  const ByteView bytes(data, size);
  const std::uint32_t ttl = u16(bytes.subspan(2)) << 16 | u16(bytes.subspan(4));
  const auto record_class = static_cast<std::uint16_t>(u16(bytes));
  const auto edns = dnsd::wire::parse_opt(record_class, ttl, bytes.subspan(6));
  if (!edns) {
    FUZZ_REQUIRE(data[3] == 0);  // a later version's options are not ours to judge
    return 0;
  }
  FUZZ_REQUIRE(edns->version != 0 || options_add_up(bytes.subspan(6)));
  FUZZ_REQUIRE(edns->udp_bytes == record_class && edns->version == data[3]);
  FUZZ_REQUIRE(edns->dnssec_ok == ((data[4] & 0x80) != 0));
  return 0;
}
