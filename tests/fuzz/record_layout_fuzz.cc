// Record data as a damaged store might hold it: laid out whole, or refused.
#include "dnsd/zone/record_layout.h"
#include "tests/fuzz/require.h"
#include "zonestore/zone/record_set.h"

namespace {

using zonestore::Bytes;
using zonestore::ByteView;

// A set of `count` records: 12 bytes and the data of each, in order.
void check_layout(const dnsd::zone::LaidOut& laid_out, const std::vector<Bytes>& rdata) {
  FUZZ_REQUIRE(laid_out.count == rdata.size());
  std::size_t at = 0;
  for (const Bytes& record : rdata) {
    FUZZ_REQUIRE(at + 12 + record.size() <= laid_out.answer.size());
    FUZZ_REQUIRE(laid_out.answer[at] == 0xC0 && laid_out.answer[at + 1] == 12);
    FUZZ_REQUIRE((laid_out.answer[at + 10] << 8 | laid_out.answer[at + 11]) == static_cast<int>(record.size()));
    at += 12;
    FUZZ_REQUIRE(std::equal(record.begin(), record.end(), laid_out.answer.begin() + static_cast<std::ptrdiff_t>(at)));
    at += record.size();
  }
  FUZZ_REQUIRE(at == laid_out.answer.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView packed(data, size);
  dnsd::zone::LaidOut laid_out;
  const auto done = lay_out(zonestore::RecordType::kSoa, zonestore::Ttl{300}, packed, laid_out);
  const auto rdata = zonestore::unpack_rdata(packed);
  FUZZ_REQUIRE(!done || rdata.has_value());
  FUZZ_REQUIRE(done || !rdata || size > dnsd::zone::kMaxAnswerSectionBytes / 8);
  if (done) {
    check_layout(laid_out, *rdata);
    const auto soa = dnsd::zone::lay_out_soa(laid_out.count, laid_out.answer);
    FUZZ_REQUIRE(!soa || soa->negative.size() == laid_out.answer.size() - 2);
  }
  return 0;
}
