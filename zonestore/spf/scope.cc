#include <array>

#include "zonestore/spf/term.h"

namespace zonestore::spf {
namespace {

struct Block {
  std::string_view network;
  std::string_view what;
};

// IANA's special-purpose registries (RFC 6890), as far as nobody on the Internet sends mail from there.
constexpr std::array kNotPublicBlocks{
    Block{"ip4:0.0.0.0/8", "this network (0.0.0.0/8, RFC 791)"},
    Block{"ip4:10.0.0.0/8", "private (10.0.0.0/8, RFC 1918)"},
    Block{"ip4:100.64.0.0/10", "shared by providers' customers (100.64.0.0/10, RFC 6598)"},
    Block{"ip4:127.0.0.0/8", "loopback (127.0.0.0/8, RFC 1122)"},
    Block{"ip4:169.254.0.0/16", "link-local (169.254.0.0/16, RFC 3927)"},
    Block{"ip4:172.16.0.0/12", "private (172.16.0.0/12, RFC 1918)"},
    Block{"ip4:192.0.0.0/24", "for protocols (192.0.0.0/24, RFC 6890)"},
    Block{"ip4:192.88.99.0/24", "for relays (192.88.99.0/24, RFC 7526)"},
    Block{"ip4:192.168.0.0/16", "private (192.168.0.0/16, RFC 1918)"},
    Block{"ip4:198.18.0.0/15", "for measurements (198.18.0.0/15, RFC 2544)"},
    Block{"ip4:224.0.0.0/4", "multicast (224.0.0.0/4, RFC 5771)"},
    Block{"ip4:240.0.0.0/4", "reserved (240.0.0.0/4, RFC 1112)"},
    Block{"ip6:::", "unspecified (::, RFC 4291)"},
    Block{"ip6:::1", "loopback (::1, RFC 4291)"},
    Block{"ip6:64:ff9b::/96", "IPv4 translated (64:ff9b::/96, RFC 6052)"},
    Block{"ip6:64:ff9b:1::/48", "IPv4 translated (64:ff9b:1::/48, RFC 8215)"},
    Block{"ip6:100::/64", "discarded (100::/64, RFC 6666)"},
    Block{"ip6:2001::/32", "tunnels (2001::/32, RFC 4380)"},
    Block{"ip6:2001:2::/48", "for measurements (2001:2::/48, RFC 5180)"},
    Block{"ip6:2001:10::/28", "no addresses (2001:10::/28, RFC 4843)"},
    Block{"ip6:2001:20::/28", "no addresses (2001:20::/28, RFC 7343)"},
    Block{"ip6:2002::/16", "tunnels (2002::/16, RFC 3056)"},
    Block{"ip6:5f00::/16", "for segment routing (5f00::/16, RFC 9602)"},
    Block{"ip6:fc00::/7", "private (fc00::/7, RFC 4193)"},
    Block{"ip6:fe80::/10", "link-local (fe80::/10, RFC 4291)"},
    Block{"ip6:fec0::/10", "site-local (fec0::/10, RFC 3879)"},
    Block{"ip6:ff00::/8", "multicast (ff00::/8, RFC 4291)"}};

constexpr std::array kDocumentationBlocks{
    Block{"ip4:192.0.2.0/24", "192.0.2.0/24, RFC 5737"}, Block{"ip4:198.51.100.0/24", "198.51.100.0/24, RFC 5737"},
    Block{"ip4:203.0.113.0/24", "203.0.113.0/24, RFC 5737"}, Block{"ip6:2001:db8::/32", "2001:db8::/32, RFC 3849"},
    Block{"ip6:3fff::/20", "3fff::/20, RFC 9637"}};

constexpr std::string_view kGlobalIp6 = "ip6:2000::/3";  // all that is given out (RFC 4291 section 2.4)
constexpr std::string_view kNotGivenOut = "not given out (outside of 2000::/3, RFC 4291)";

template <class Blocks>
std::string_view block_of(const Blocks& blocks, const Term& term) {
  for (const Block& block : blocks) {
    if (Term::parse(block.network).value().covers(term)) {
      return block.what;
    }
  }
  return {};
}

}  // namespace

Scope scope_of(const Term& term) {
  constexpr unsigned kWidestIp4 = 8;
  constexpr unsigned kWidestIp6 = 19;
  if (const std::string_view block = block_of(kNotPublicBlocks, term); !block.empty()) {
    return {Reach::kNotPublic, block};
  }
  if (term.prefix_bits() < (term.is_ip4() ? kWidestIp4 : kWidestIp6)) {
    return {Reach::kVeryWide, {}};
  }
  if (!term.is_ip4() && !Term::parse(kGlobalIp6).value().covers(term)) {
    return {Reach::kNotPublic, kNotGivenOut};
  }
  if (const std::string_view block = block_of(kDocumentationBlocks, term); !block.empty()) {
    return {Reach::kDocumentation, block};
  }
  return {};
}

}  // namespace zonestore::spf
