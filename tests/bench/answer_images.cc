#include "tests/bench/answer_images.h"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "dnsd/zone/image_builder.h"

namespace bench {
namespace {

using dnsd::zone::ImageBuilder;
using dnsd::zone::ZoneIndex;
using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::Name;
using zonestore::RecordType;

constexpr std::uint64_t kSeed = 20261127;
constexpr std::size_t kMostQueries = 1U << 18U;  // their answers are 170 MB
constexpr std::size_t kKeyTextBytes = 392;       // base64 of an RSA-2048 key

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

void put(ImageBuilder& builder, ZoneIndex zone, const Name& owner, RecordType type, const std::vector<Bytes>& rdata) {
  require(builder.put(zone, owner, type, zonestore::Ttl{3600}, zonestore::pack_rdata(rdata)));
}

ZoneIndex add_zone(ImageBuilder& builder, std::string_view apex_text, std::size_t names) {
  const Name apex = require(Name::parse(apex_text));
  const Name server = require(Name::parse("ns1.secutix.com"));
  const ZoneIndex zone = builder.add_zone(apex, names);
  const zonestore::SoaData soa{server, require(Name::parse("hostmaster.secutix.com")), 1, 3600, 600, 1209600, 300};
  put(builder, zone, apex, RecordType::kSoa, {zonestore::soa_rdata(soa)});
  put(builder, zone, apex, RecordType::kNs, {Bytes(server.wire().begin(), server.wire().end())});
  return zone;
}

std::string key_record(std::mt19937_64& random) {
  constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "v=DKIM1; k=rsa; p=";
  for (std::size_t count = 0; count < kKeyTextBytes; ++count) {
    text += kBase64[random() % kBase64.size()];
  }
  return text;
}

std::shared_ptr<const dnsd::zone::Image> make_image(std::size_t institutions) {
  std::mt19937_64 random(kSeed);
  ImageBuilder builder;
  const ZoneIndex dkim = add_zone(builder, kDkimZone, 2 * institutions + 2);
  for (std::size_t number = 0; number < 2 * institutions; ++number) {
    put(builder, dkim, require(Name::parse(selector_name(number))), RecordType::kTxt,
        {zonestore::txt_rdata(key_record(random))});
  }
  const ZoneIndex spf = add_zone(builder, kSpfZone, 1);
  put(builder, spf, require(Name::parse(kSpfZone)), RecordType::kTxt,
      {zonestore::txt_rdata("v=spf1 ip4:192.28.148.0/24 ip4:198.51.100.0/24 ~all")});
  return require(builder.finish());
}

}  // namespace

const std::shared_ptr<const dnsd::zone::Image>& image_of(std::size_t institutions) {
  static std::shared_ptr<const dnsd::zone::Image> image;
  static std::size_t size = 0;
  if (size != institutions) {
    image.reset();  // two of a million need not be in memory at once
    image = make_image(institutions);
    size = institutions;
  }
  return image;
}

std::string selector_name(std::size_t number) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz012345";
  constexpr std::uint64_t kOdd = 0x9E3779B97F;  // modulo 2^40: no two institutions get the same code
  std::uint64_t spread = (number / 2 + 1) * kOdd;
  std::string code;
  for (int digits = 0; digits < 8; ++digits, spread >>= 5U) {
    code += kDigits[spread & 31U];
  }
  return (number % 2 == 0 ? "sel1-" : "sel2-") + code + "._domainkey." + std::string(kDkimZone);
}

Bytes query_for(std::string_view name, RecordType type) {
  constexpr std::array<std::uint8_t, 12> kHeader{0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  constexpr std::array<std::uint8_t, 11> kOpt{0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0};
  const Name parsed = require(Name::parse(name));
  const auto number = static_cast<unsigned>(type);
  Bytes query(kHeader.begin(), kHeader.end());
  query.insert(query.end(), parsed.wire().begin(), parsed.wire().end());
  query.insert(query.end(), {static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number), 0, 1});
  query.insert(query.end(), kOpt.begin(), kOpt.end());
  return query;
}

std::vector<std::size_t> random_selectors(std::size_t institutions, Names names) {
  std::mt19937_64 random(kSeed);
  std::vector<std::size_t> numbers(std::min(kMostQueries, 4 * institutions));
  for (std::size_t& number : numbers) {
    number = random() % (2 * institutions) + (names == Names::kUnknown ? 2 * institutions : 0);
  }
  return numbers;
}

void Ring::add(ByteView message) {
  bytes_.insert(bytes_.end(), message.begin(), message.end());
  begins_.push_back(bytes_.size());
}

Ring random_queries(std::size_t institutions, Names names, RecordType type) {
  Ring ring;
  for (const std::size_t number : random_selectors(institutions, names)) {
    ring.add(query_for(selector_name(number), type));
  }
  return ring;
}

}  // namespace bench
