#include "dnsd/net/tcp_events.h"

#include <array>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "zonestore/base/file_descriptor.h"

namespace dnsd::net {
namespace {

// A connected pair; the set watches the near end.
class TcpEventsTest : public ::testing::Test {
 protected:
  TcpEventsTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    near_.reset(ends[0]);
    far_.reset(ends[1]);
    EXPECT_TRUE(events_.add(near_.get()));
    EXPECT_EQ(events_.take().size(), 1U) << "it can be written to";
  }

  void send_a_byte() const { ASSERT_EQ(::send(far_.get(), "x", 1, MSG_NOSIGNAL), 1); }

  boost::asio::io_context context_;
  zonestore::FileDescriptor near_;
  zonestore::FileDescriptor far_;
  TcpEvents events_{context_};
};

TEST_F(TcpEventsTest, ReportsAChangeOnce) {
  EXPECT_TRUE(events_.take().empty());
  send_a_byte();
  const auto events = events_.take();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().data.fd, near_.get());
  EXPECT_FALSE(TcpEvents::has_ended(events.front()));
  EXPECT_TRUE(events_.take().empty()) << "the byte is still there";
}

TEST_F(TcpEventsTest, ReportsAgainWhenAskedTo) {
  send_a_byte();
  EXPECT_EQ(events_.take().size(), 1U);
  events_.report_again(near_.get());
  EXPECT_EQ(events_.take().size(), 1U);
  EXPECT_TRUE(events_.take().empty());
}

TEST_F(TcpEventsTest, TellsThatTheOtherSideSendsNoMore) {
  ASSERT_EQ(::shutdown(far_.get(), SHUT_WR), 0);
  const auto events = events_.take();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(TcpEvents::has_ended(events.front()));
}

TEST_F(TcpEventsTest, ForgetsAClosedSocket) {
  send_a_byte();
  near_.reset();
  EXPECT_TRUE(events_.take().empty());
}

TEST_F(TcpEventsTest, WakesItsWaiterForWhatCameBeforeTheWait) {
  send_a_byte();
  int woken = 0;
  events_.async_wait([&](const boost::system::error_code& error) { woken += error ? 100 : 1; });
  context_.run_for(std::chrono::seconds{10});
  EXPECT_EQ(woken, 1);
}

TEST_F(TcpEventsTest, EndsTheWaitWhenItIsClosed) {
  bool failed = false;
  events_.async_wait([&](const boost::system::error_code& error) { failed = static_cast<bool>(error); });
  events_.close();
  context_.run_for(std::chrono::seconds{10});
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace dnsd::net
