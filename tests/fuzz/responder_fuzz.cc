// The whole way from a query's bytes to its answer's, held against answer_rules.
// Input: one byte that says how it is asked (bit 0: TCP, bits 1 and 2: our UDP limit), then the query.
#include <array>

#include "dnsd/answer/responder.h"
#include "dnsd/zone/image_builder.h"
#include "tests/fuzz/answer_rules.h"
#include "tests/fuzz/require.h"

namespace {

using dnsd::answer::Client;
using dnsd::answer::CookieSecret;
using dnsd::answer::CookieSecrets;
using dnsd::answer::Settings;
using dnsd::answer::Transport;
using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::Name;
using zonestore::RecordType;

Name parse(std::string_view text) {
  return Name::parse(text).value();
}

void put(dnsd::zone::ImageBuilder& builder, dnsd::zone::ZoneIndex zone, std::string_view owner, RecordType type,
         const std::vector<Bytes>& rdata) {
  FUZZ_REQUIRE(builder.put(zone, parse(owner), type, zonestore::Ttl{300}, zonestore::pack_rdata(rdata)));
}

// Names are short, so that the fuzzer finds them; "x" has more than UDP takes, ".z" is a zone with a long SOA.
std::shared_ptr<const dnsd::zone::Image> make_image() {
  dnsd::zone::ImageBuilder builder;
  const auto zone = builder.add_zone(parse("a"), 8);
  put(builder, zone, "a", RecordType::kSoa, {zonestore::soa_rdata({parse("n"), parse("h"), 1, 1, 1, 1, 60})});
  put(builder, zone, "a", RecordType::kNs, {Bytes{1, 'n', 0}, Bytes{1, 'm', 0}});
  put(builder, zone, "s._d.a", RecordType::kTxt, {zonestore::txt_rdata(std::string(410, 'k'))});
  put(builder, zone, "x.a", RecordType::kTxt, std::vector<Bytes>(30, zonestore::txt_rdata(std::string(60, 'x'))));
  put(builder, zone, "b.a", RecordType::kTxt, {zonestore::txt_rdata(std::string(1100, 'y'))});
  const auto other = builder.add_zone(parse("z"), 8);
  const Name longest = parse(std::string(63, 'l') + "." + std::string(63, 'm') + "." + std::string(63, 'n'));
  put(builder, other, "z", RecordType::kSoa, {zonestore::soa_rdata({longest, longest, 1, 1, 1, 1, 60})});
  return builder.finish().value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const dnsd::zone::Image> image = make_image();
  if (size == 0) {
    return 0;
  }
  static const CookieSecrets secrets({CookieSecret{1}, CookieSecret{2}});
  static const Bytes nsid(100, 'n');
  static const Bytes address{192, 0, 2, 1};
  constexpr std::array<std::uint16_t, 4> kUdpLimits{1232, 512, 1400, 4096};
  const Settings settings{kUdpLimits[(data[0] >> 1) & 3], nsid, &secrets};
  const bool over_udp = (data[0] & 1) == 0;
  const ByteView query(data + 1, size - 1);
  // As large as the worker's buffers, so that the sanitizer sees a byte too many.
  std::vector<std::uint8_t> answer(over_udp ? settings.udp_answer_bytes : 65535U);
  const Client client{over_udp ? Transport::kUdp : Transport::kTcp, address, 1796000000, 100};
  answer.resize(respond(query, answer, *image, settings, client).size);
  dnsd::fuzz::check_answer({query, over_udp, settings.udp_answer_bytes}, answer);
  return 0;
}
