#include "dnsd/answer/opt_decision.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace dnsd::answer {
namespace {

// In units of 100 ms (RFC 7828 section 3.1).
std::uint16_t keepalive_units(std::chrono::milliseconds idle) {
  constexpr std::chrono::milliseconds kUnit{100};
  constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
  return static_cast<std::uint16_t>(std::min<std::int64_t>(idle / kUnit, kMost));
}

}  // namespace

OptDecision decide_opt(const wire::Query& query, const Settings& settings, const Client& client) {
  OptDecision decision;
  if (!query.edns) {
    return decision;
  }
  wire::AnswerOpt& opt = decision.opt.emplace();
  opt.udp_bytes = settings.udp_answer_bytes;
  opt.dnssec_ok = query.edns->dnssec_ok;
  if (query.edns->wants_nsid) {
    opt.nsid = settings.nsid;
  }
  if (query.edns->wants_keepalive && client.transport == Transport::kTcp) {
    opt.keepalive = keepalive_units(client.idle);  // over UDP the option is ignored (RFC 7828 section 3.2.1)
  }
  if (!query.edns->cookie.empty() && settings.cookie_secrets != nullptr) {
    const auto now = static_cast<std::uint32_t>(settings.unix_seconds);  // RFC 9018 section 4.3
    const JudgedCookie judged = judge_cookie(*settings.cookie_secrets, query.edns->cookie, {client.address, now});
    opt.cookie = judged.answer;
    decision.cookie = judged.state;
  }
  return decision;
}

std::optional<wire::Rcode> answer_to_cookie_probe(const wire::Query& query, CookieState cookie) {
  const wire::Header& header = query.header;
  if (cookie == CookieState::kNone || header.opcode() != wire::Opcode::kQuery || header.question_count != 0 ||
      header.answer_count != 0 || header.authority_count != 0 || header.additional_count != 1) {
    return std::nullopt;
  }
  return cookie == CookieState::kInvalid ? wire::Rcode::kBadCookie : wire::Rcode::kNoError;
}

}  // namespace dnsd::answer
