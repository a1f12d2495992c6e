// An image of two zones as the store publishes them, and the question put to it.
#pragma once

#include <array>

#include <gtest/gtest.h>

#include "dnsd/answer/responder.h"
#include "dnsd/zone/image_builder.h"
#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::test {

inline constexpr std::size_t kRsa2048TextBytes = 410;  // "v=DKIM1; k=rsa; p=" and 392 characters of base64

inline zonestore::Name parse(std::string_view text) {
  return zonestore::Name::parse(text).value();
}

inline Bytes soa_data(std::string_view apex, std::uint32_t serial, std::uint32_t minimum) {
  return zonestore::soa_rdata({parse("ns1." + std::string(apex)), parse("hostmaster." + std::string(apex)), serial,
                               3600, 600, 1209600, minimum});
}

class ResponderTest : public ::testing::Test {
 protected:
  ResponderTest() {
    const auto dkim = add_zone("dkim.secutix.com");
    put(dkim, "sel1-mosa._domainkey.dkim.secutix.com", 16,
        {zonestore::txt_rdata(std::string(kRsa2048TextBytes, 'k'))});
    put(dkim, "sel2-mosa._domainkey.dkim.secutix.com", 16, {zonestore::txt_rdata("v=DKIM1; p=")});
    put(dkim, "many.dkim.secutix.com", 16, std::vector<Bytes>(40, zonestore::txt_rdata(std::string(60, 'x'))));
    put(dkim, "deep.empty.dkim.secutix.com", 65280, {Bytes{1, 2, 3}});
    const auto spf = add_zone("spf.secutix.com");
    put(spf, "spf.secutix.com", 16, {zonestore::txt_rdata("v=spf1 ~all")});
    image_ = builder_.finish().value();
  }

  zone::ZoneIndex add_zone(const std::string& apex) {
    const auto index = builder_.add_zone(parse(apex), 10);
    put(index, apex, 6, {soa_data(apex, 2026112301, 300)});
    put(index, apex, 2, {name("ns1.secutix.com"), name("ns2.secutix.com")});
    return index;
  }

  void put(zone::ZoneIndex zone, const std::string& owner, unsigned type, const std::vector<Bytes>& rdata) {
    const auto done = builder_.put(zone, parse(owner), static_cast<zonestore::RecordType>(type), zonestore::Ttl{3600},
                                   zonestore::pack_rdata(rdata));
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }

  [[nodiscard]] Seen ask(const Bytes& query_bytes, answer::Transport transport = answer::Transport::kUdp) const {
    answer::Client client = client_;
    client.transport = transport;
    std::vector<std::uint8_t> out(65535);
    out.resize(answer::respond(query_bytes, out, *image_, settings_, client).size);
    return {out};
  }

  zone::ImageBuilder builder_;
  std::shared_ptr<const zone::Image> image_;
  answer::Settings settings_;
  answer::Client client_;
};

// The same with all that an option may ask for: a name server identifier, secrets for cookies, a client's address.
class OptionsResponderTest : public ResponderTest {
 protected:
  OptionsResponderTest() {
    settings_.nsid = nsid_;
    settings_.cookie_secrets = &secrets_;
    client_.address = address_;
  }

  const Bytes nsid_{'n', 's', '1'};
  const Bytes address_{192, 0, 2, 1};
  const answer::CookieSecrets secrets_{{answer::CookieSecret{1, 2, 3}}};
};

}  // namespace dnsd::test
