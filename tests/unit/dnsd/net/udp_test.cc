#include <chrono>
#include <ctime>
#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/net/udp_batch.h"
#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

TEST(Udp, AnswersADatagram) {
  for (const char* const address : {"127.0.0.1:0", "[::1]:0"}) {
    RunningWorker running({}, address);
    const LoopbackClient client(SOCK_DGRAM, running.address());
    client.send("hello");
    EXPECT_EQ(client.receive(), "hello") << address;
  }
}

TEST(Udp, TellsTheHandlerWhoAsks) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send("from");
  EXPECT_EQ(client.receive(), std::string("\x7f\0\0\x01", 4));
}

TEST(Udp, StaysSilentWhenTheHandlerDoes) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send("silence");
  client.send("after");
  EXPECT_EQ(client.receive(), "after");
  running.drain();
  EXPECT_EQ(running.counters().udp_queries.read(), 2U);
  EXPECT_EQ(running.counters().udp_answers.read(), 1U);
}

TEST(Udp, HandsAnEmptyDatagramToTheHandler) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  ASSERT_EQ(::send(client.descriptor(), "", 0, 0), 0);
  client.send("after");
  EXPECT_EQ(client.receive(), "after");
  EXPECT_EQ(running.counters().udp_queries.read(), 2U);
}

TEST(Udp, IgnoresADatagramThatIsTooLongForAQuery) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send(std::string(UdpBatch::kMaxQueryBytes + 1, 'x'));
  client.send("after");
  EXPECT_EQ(client.receive(), "after");
  EXPECT_EQ(running.counters().udp_oversized.read(), 1U);
}

TEST(Udp, GivesTheHandlerAsMuchRoomAsTheLimitAllows) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send("big");
  EXPECT_EQ(client.receive()->size(), UdpLimits{}.answer_bytes);
}

// A busy socket is taken from the reactor, and must be given back.
TEST(Udp, AnswersASingleDatagramAfterEachOfManyBursts) {
  constexpr int kBursts = 20;
  constexpr int kDatagrams = 100;
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  for (int burst = 0; burst < kBursts; ++burst) {
    for (int index = 0; index < kDatagrams; ++index) {
      client.send("one of many");
    }
    for (int index = 0; index < kDatagrams; ++index) {
      ASSERT_EQ(client.receive(), "one of many") << "burst " << burst << ", datagram " << index;
    }
    client.send("alone");
    ASSERT_EQ(client.receive(), "alone") << "after burst " << burst;
  }
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 10) << "the worker does not sleep";
}

TEST(Udp, AnswersMoreDatagramsThanABatchHolds) {
  constexpr int kDatagrams = 200;
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  std::set<std::string> waiting;
  for (int index = 0; index < kDatagrams; ++index) {
    client.send(std::to_string(index));
    waiting.insert(std::to_string(index));
  }
  while (!waiting.empty()) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << waiting.size() << " answers are missing";
    ASSERT_EQ(waiting.erase(*answer), 1U);
  }
}

TEST(Udp, AnswersFromTheAddressThatWasAskedOfAWildcardSocket) {
  RunningWorker running({}, "0.0.0.0:0");
  const auto asked = *zonestore::SocketAddress::parse("127.0.0.5:" + std::to_string(running.address().port()));
  const LoopbackClient client(SOCK_DGRAM, asked);  // connected: takes answers from that address only
  client.send("hello");
  EXPECT_EQ(client.receive(), "hello");
}

TEST(Udp, AnswersFromAnIPv6WildcardSocket) {
  RunningWorker running({}, "[::]:0");
  const auto asked = *zonestore::SocketAddress::parse("[::1]:" + std::to_string(running.address().port()));
  const LoopbackClient client(SOCK_DGRAM, asked);
  client.send("hello");
  EXPECT_EQ(client.receive(), "hello");
}

TEST(Udp, GoesOnAfterAClientThatClosedItsSocket) {
  RunningWorker running;
  for (int times = 0; times < 10; ++times) {
    const LoopbackClient gone(SOCK_DGRAM, running.address());
    gone.send("big");
  }
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send("still there?");
  EXPECT_EQ(client.receive(), "still there?");
}

TEST(Udp, DropsWhatTheKernelDoesNotTake) {
  std::atomic<int> batches{0};
  EchoHandler handler(batches);
  metrics::WorkerCounters counters;
  UdpBatch batch(1232);
  zonestore::FileDescriptor server(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto any_port = zonestore::SocketAddress::parse("127.0.0.1:0").value();
  ASSERT_EQ(::bind(server.get(), any_port.data(), any_port.size()), 0);
  const LoopbackClient client(SOCK_DGRAM, local_address(server));
  client.send("one");
  client.send("two");
  ASSERT_EQ(batch.receive(server.get()), 2U);
  ASSERT_EQ(::shutdown(client.descriptor(), SHUT_RDWR), 0);
  batch.answer(-1, handler, counters);
  EXPECT_EQ(counters.udp_queries.read(), 2U);
  EXPECT_EQ(counters.udp_answers.read(), 0U);
  EXPECT_EQ(counters.udp_dropped.read(), 2U);
  EXPECT_EQ(batches, 1) << "one image for the whole batch";
}

TEST(Udp, AnswersWhatIsQueuedBeforeItEnds) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  client.send("queued");
  running.drain();
  EXPECT_EQ(client.receive(), "queued");
}

TEST(Worker, HasItsHandlerLookForANewImageWhenToldTo) {
  RunningWorker running;
  const LoopbackClient client(SOCK_DGRAM, running.address());
  running.worker().refresh();
  client.send("hello");
  EXPECT_EQ(client.receive(), "hello");
  running.drain();
  EXPECT_EQ(running.batches(), 2);
}

}  // namespace
}  // namespace dnsd::net
