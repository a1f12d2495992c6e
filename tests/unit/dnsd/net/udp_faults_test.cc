// What goes wrong when answers are sent over UDP, on real sockets: each is counted, none holds up the others.

#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "dnsd/net/udp_batch.h"
#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

// A batch on a socket of its own, without a worker around it.
class UdpFault : public ::testing::Test {
 protected:
  UdpFault() : socket_(std::move(bind_all(std::vector{any_port()}, 1)->front().udp.front())) {}

  static zonestore::SocketAddress any_port() { return zonestore::SocketAddress::parse("127.0.0.1:0").value(); }
  [[nodiscard]] LoopbackClient client() const { return LoopbackClient(SOCK_DGRAM, local_address(socket_)); }

  // From the thread that calls it.
  void answer(UdpBatch& batch) { batch.answer(socket_.get(), handler_, counters_); }

  [[nodiscard]] std::uint64_t answers() const { return counters_.udp_answers.read(); }
  [[nodiscard]] std::uint64_t dropped() const { return counters_.udp_dropped.read(); }

  zonestore::FileDescriptor socket_;
  std::atomic<int> batches_{0};
  EchoHandler handler_{batches_};
  metrics::WorkerCounters counters_;
};

// EMSGSIZE: one byte more than a datagram over IPv4 holds.
TEST_F(UdpFault, CountsAnAnswerThatIsTooLongAndSendsTheNext) {
  constexpr std::size_t kTooLong = 65'508;
  UdpBatch batch(kTooLong);
  const LoopbackClient asker = client();
  for (const char* const query : {"before", "full", "after"}) {
    asker.send(query);
  }
  ASSERT_EQ(batch.receive(socket_.get()), 3U);
  answer(batch);
  EXPECT_EQ(asker.receive(), "before");
  EXPECT_EQ(asker.receive(), "after");
  EXPECT_EQ(answers(), 2U);
  EXPECT_EQ(dropped(), 1U);
}

// The kernel takes the answer to a closed port, and hears by ICMP what became of it.
TEST_F(UdpFault, AnswersOthersThoughAClientHasClosedItsPort) {
  UdpBatch batch(1232);
  { client().send("gone"); }
  const LoopbackClient alive = client();
  alive.send("alive");
  ASSERT_EQ(batch.receive(socket_.get()), 2U);
  answer(batch);
  EXPECT_EQ(alive.receive(), "alive");
  EXPECT_EQ(answers(), 2U);
  EXPECT_EQ(dropped(), 0U);
}

// ECONNREFUSED: only a socket with IP_RECVERR is told of ICMP errors, by the next call.
TEST_F(UdpFault, SkipsAnErrorThatIcmpLeftOnTheSocket) {
  const int on = 1;
  ASSERT_EQ(::setsockopt(socket_.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on), 0);
  UdpBatch batch(1232);
  { client().send("gone"); }
  ASSERT_EQ(batch.receive(socket_.get()), 1U);
  answer(batch);
  const LoopbackClient alive = client();
  alive.send("alive");
  ASSERT_EQ(batch.receive(socket_.get()), 1U);
  answer(batch);
  EXPECT_EQ(alive.receive(), "alive");
}

TEST_F(UdpFault, IsNotHeldUpByAClientThatDoesNotRead) {
  constexpr std::size_t kQueries = 500;
  UdpBatch batch(1232);
  const LoopbackClient slow = client();
  const int least = 0;
  ASSERT_EQ(::setsockopt(slow.descriptor(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least), 0);
  for (std::size_t index = 0; index < kQueries; ++index) {
    slow.send("full");
    ASSERT_EQ(batch.receive(socket_.get()), 1U);
    answer(batch);
  }
  const LoopbackClient other = client();
  other.send("other");
  ASSERT_EQ(batch.receive(socket_.get()), 1U);
  answer(batch);
  EXPECT_EQ(other.receive(), "other");
  EXPECT_EQ(answers(), kQueries + 1) << "what the client's queue does not hold is lost there, not here";
}

// A datagram socket of the kernel's own (AF_UNIX) says EAGAIN when its receiver's queue is full; a UDP socket does so
// when the interface does not keep up, which the loopback interface always does.
TEST_F(UdpFault, DropsAndCountsWhatAFullQueueDoesNotTake) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  const zonestore::FileDescriptor server(ends[0]);
  const zonestore::FileDescriptor asker(ends[1]);
  UdpBatch batch(1232);
  constexpr std::size_t kMostQueries = 10'000;
  std::size_t queries = 0;
  while (dropped() == 0 && queries < kMostQueries) {
    while (::send(asker.get(), "query", 5, MSG_NOSIGNAL) == 5) {
      ++queries;
    }
    while (batch.receive(server.get()) > 0) {
      batch.answer(server.get(), handler_, counters_);
    }
  }
  EXPECT_GT(dropped(), 0U);
  EXPECT_EQ(answers() + dropped(), queries);
  std::array<char, 8> byte{};
  std::size_t arrived = 0;
  while (::recv(asker.get(), byte.data(), byte.size(), 0) > 0) {
    ++arrived;
  }
  EXPECT_EQ(arrived, answers());
}

// Has the kernel refuse sendmmsg() to this thread with `error`, as a packet filter does (EPERM) or an interface whose
// queue is full (ENOBUFS).
void refuse_sending(int error) {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmmsg, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST_F(UdpFault, CountsEveryAnswerThatThePacketFilterOrAFullInterfaceRefuses) {
  UdpBatch batch(1232);
  const LoopbackClient asker = client();
  std::uint64_t rounds = 0;
  for (const int error : {EPERM, ENOBUFS, EHOSTUNREACH}) {
    asker.send("one");
    asker.send("two");
    ASSERT_EQ(batch.receive(socket_.get()), 2U);
    std::thread([&] {
      refuse_sending(error);
      answer(batch);
    }).join();
    asker.send("later");
    ASSERT_EQ(batch.receive(socket_.get()), 1U) << error;
    answer(batch);
    EXPECT_EQ(asker.receive(), "later") << error;
    ++rounds;
    EXPECT_EQ(dropped(), 2 * rounds) << error;
    EXPECT_EQ(answers(), rounds) << error;
  }
}

}  // namespace
}  // namespace dnsd::net
