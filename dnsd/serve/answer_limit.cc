#include "dnsd/serve/answer_limit.h"

#include <array>
#include <new>
#include <random>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include "dnsd/wire/truncate.h"

namespace dnsd::serve {
namespace {

using answer::AnswerKind;
using limit::Spent;
using limit::Verdict;

limit::RateLimiter::Key random_key() {
  std::random_device source;
  const auto word = [&source] { return std::uint64_t{source()} << 32U | source(); };
  return {word(), word()};
}

std::string to_text(const limit::Prefix& prefix) {
  std::array<std::uint8_t, 16> address{};
  for (std::size_t index = 0; index < sizeof prefix.network; ++index) {
    address[index] = static_cast<std::uint8_t>(prefix.network >> (56 - 8 * index));
  }
  std::array<char, INET6_ADDRSTRLEN> host{};
  ::inet_ntop(prefix.is_ipv6 ? AF_INET6 : AF_INET, address.data(), host.data(), host.size());
  return std::string(host.data()) + "/" + std::to_string(prefix.bits);
}

std::string_view to_text(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kNone:
      return "none";
    case AnswerKind::kPositive:
      return "positive";
    case AnswerKind::kNoData:
      return "nodata";
    case AnswerKind::kNxDomain:
      return "nxdomain";
    case AnswerKind::kReferral:
      return "referral";
    case AnswerKind::kError:
      return "error";
  }
  return "unknown";
}

}  // namespace

SharedLimit::SharedLimit(const limit::Settings& limit_settings)
    : settings(limit_settings), table(settings.table_bytes), key(random_key()) {}

AnswerLimit::AnswerLimit(SharedLimit& shared, metrics::AnswerCounters& counters, const util::Log& log)
    : shared_(shared), counters_(counters), log_(log), limiter_(shared.settings, shared.table, shared.key) {}

void AnswerLimit::begin_batch(Time now) noexcept {
  now_ = now;
  if (unsaid_) {
    say(*unsaid_);
    unsaid_.reset();
    quiet_until_ = now + util::kBetweenLines;
  }
}

std::size_t AnswerLimit::pass(std::span<std::uint8_t> bytes, const answer::Answered& made,
                              std::span<const std::uint8_t> client_address) noexcept {
  // Who has shown a cookie is at its address: nobody is flooded in its name. Who signs has a key, and an answer that
  // were cut short would have lost its own signature.
  if (made.size == 0 || made.has_valid_cookie || made.is_signed) {
    return made.size;
  }
  const limit::Identity identity{static_cast<std::uint8_t>(made.kind), made.identity};
  const limit::Judgement judgement = limiter_.judge(client_address, identity, now_);
  if (judgement.verdict == Verdict::kAnswer) {
    return made.size;
  }
  if (now_ >= quiet_until_) {
    unsaid_ = Limited{limit::prefix_of(client_address, shared_.settings), made.kind, judgement.spent};
  }
  if (judgement.verdict == Verdict::kDrop) {
    counters_.limited_dropped.add();
    return 0;
  }
  // Some come short instead of not at all, so that a real client at that address goes on over TCP.
  counters_.limited_slipped.add();
  return wire::truncate_answer(bytes);
}

void AnswerLimit::say(const Limited& limited) const noexcept {
  try {
    log_.warning("rate_limited", {{"client", to_text(limited.client)},
                                  {"answers", limited.spent == Spent::kAllAnswers ? "all" : to_text(limited.kind)},
                                  {"dropped", counters_.limited_dropped.read()},
                                  {"slipped", counters_.limited_slipped.read()}});
  } catch (const std::bad_alloc&) {  // unsaid for once; the counters know
  }
}

}  // namespace dnsd::serve
