#include "dnsd/answer/size_limit.h"

#include <algorithm>

namespace dnsd::answer {
namespace {

// Over UDP an answer is at most so many times as long as its query: whoever forges the sender's address gains no
// more. A client whose cookie is valid has shown that the address is its own.
constexpr std::size_t kMostAmplification = 14;

std::size_t udp_limit_bytes(const wire::Query& query, const Settings& settings) {
  if (!query.edns) {
    return wire::kPlainUdpBytes;
  }
  const std::size_t wanted = std::min(query.edns->udp_bytes, settings.udp_answer_bytes);
  return std::max(wanted, wire::kPlainUdpBytes);
}

}  // namespace

std::size_t limit_bytes(const wire::Query& query, std::size_t query_bytes, const Settings& settings,
                        Transport transport, CookieState cookie) {
  if (transport == Transport::kTcp) {
    return wire::kMaxMessageBytes;
  }
  const std::size_t limit = udp_limit_bytes(query, settings);
  return cookie == CookieState::kValid ? limit : std::min(limit, kMostAmplification * query_bytes);
}

}  // namespace dnsd::answer
