// What a worker hands to the answer code: the time, the client, the secrets and the image in force.
#include "dnsd/serve/query_handler.h"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::serve {
namespace {

using test::Bytes;
using test::ByteView;

constexpr unsigned kCookie = 10;
constexpr unsigned kKeepalive = 11;
constexpr unsigned kNsid = 3;
constexpr std::size_t kMaxMessageBytes = 65535;

class QueryHandlerTest : public ::testing::Test {
 protected:
  // The options of the answer to a query outside every zone, which has an EDE option in it.
  Bytes options_for(ByteView options, const net::Client& client) {
    const Bytes query = test::query_with_opt("a", test::kTxt, test::opt(1232, 0, options));
    Bytes answer(kMaxMessageBytes);
    handler_.begin_batch();
    net::Exchange exchange{query, answer, client};
    handler_.handle(exchange);
    answer.resize(exchange.answer_size);
    const std::size_t before = test::query("a").size() + test::opt().size();
    return {answer.begin() + static_cast<std::ptrdiff_t>(before), answer.end()};
  }
  Bytes cookie_for(ByteView cookie) {
    return options_for(test::option(kCookie, cookie), {net::Transport::kUdp, address_, {}});
  }

  const Bytes address_{192, 0, 2, 1};
  const Bytes client_cookie_{1, 2, 3, 4, 5, 6, 7, 8};
  const Bytes not_authoritative_ = test::option(15, Bytes{0, 20});
  const Bytes nsid_{'n', 's', '1'};
  zone::ImageHub hub_{std::make_shared<const zone::Image>()};
  util::Latest<answer::CookieSecrets> secrets_{answer::CookieSecrets({answer::CookieSecret{1}})};
  util::Latest<wire::TsigKeys> keys_{nullptr};
  util::Latest<zonestore::Peers> peers_{zonestore::Peers{}};
  metrics::AnswerCounters counters_;
  QueryHandler handler_{{hub_, secrets_, keys_, peers_}, answer::Settings{.nsid = nsid_}, counters_};
};

TEST_F(QueryHandlerTest, CookieHoldsTheTimeOfTheBatchRfc9018) {
  const auto now = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const auto before = now();
  const Bytes options = cookie_for(client_cookie_);
  const auto made = static_cast<std::int64_t>(test::u16_at(options, 16)) << 16 | test::u16_at(options, 18);
  EXPECT_GE(made, before);
  EXPECT_LE(made, now());
}

TEST_F(QueryHandlerTest, NewSecretsAreUsedFromTheNextBatchOn) {
  const auto made_with = [&](const answer::CookieSecrets& secrets, const Bytes& options) {
    const auto made_at = static_cast<std::uint32_t>(test::u16_at(options, 16) << 16 | test::u16_at(options, 18));
    return answer::judge_cookie(secrets, ByteView(options).subspan(4, 24), {address_, made_at}).state ==
           answer::CookieState::kValid;
  };
  const Bytes first = cookie_for(client_cookie_);
  const answer::CookieSecrets next({answer::CookieSecret{2}});
  EXPECT_TRUE(made_with(*secrets_.current().value, first));
  secrets_.publish(next);
  const Bytes second = cookie_for(client_cookie_);
  EXPECT_TRUE(made_with(next, second));
  EXPECT_FALSE(made_with(next, first));
}

TEST_F(QueryHandlerTest, KeepaliveIsTheIdleTimeIn100MillisecondsRfc7828) {
  const auto keepalive = [&](std::chrono::milliseconds idle) {
    const Bytes options = options_for(test::option(kKeepalive), {net::Transport::kTcp, address_, idle});
    EXPECT_EQ(test::u16_at(options, 0), kKeepalive);
    return test::u16_at(options, 4);
  };
  using std::chrono::seconds;
  EXPECT_EQ(keepalive(seconds{10}), 100U);
  EXPECT_EQ(keepalive(std::chrono::milliseconds{199}), 1U);
  EXPECT_EQ(keepalive(seconds{86400}), 65535U);
}

TEST_F(QueryHandlerTest, NsidIsThatOfTheSettings) {
  const Bytes expected = test::joined({not_authoritative_, test::option(kNsid, nsid_)});
  EXPECT_EQ(options_for(test::option(kNsid), {net::Transport::kUdp, address_, {}}), expected);
}

}  // namespace
}  // namespace dnsd::serve
