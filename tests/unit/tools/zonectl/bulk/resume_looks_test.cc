// A resumed run looks into the DNS as the run was begun: not at all, or by whom it named.
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "zonestore/base/file_descriptor.h"

namespace {

// A resolver that answers nobody, and knows whether it was asked.
class SilentResolver {
 public:
  SilentResolver() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    text_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  // Since it was asked this last.
  [[nodiscard]] bool was_asked() {
    bool asked = false;
    char byte = 0;
    while (::recv(socket_.get(), &byte, 1, 0) >= 0) {
      asked = true;
    }
    return asked;
  }

 private:
  zonestore::FileDescriptor socket_;
  std::string text_;
};

class ResumeLooks : public tests::CommandRun {
 protected:
  void SetUp() override {
    init();
    for (const char* const code : {"a", "b", "c"}) {
      add(code);
    }
    ripen();
    std::ofstream(file("list")) << "b\nc\n";
  }
  // Stops at its first institution, whose key cannot be proven.
  void begin_and_fail(const std::vector<std::string>& flags) {
    std::vector<std::string> args{"rotate", "--file", file("list"), "--canary", "1"};
    args.insert(args.end(), flags.begin(), flags.end());
    std::filesystem::rename(store() + "/vault", store() + "/gone");
    EXPECT_EQ(run(args).code, 1);
    std::filesystem::rename(store() + "/gone", store() + "/vault");
  }
};

TEST_F(ResumeLooks, NotAtAllIfTheRunWasBegunSo) {
  SilentResolver resolver;
  environment_.resolvers = {*zonectl::probe::Address::parse(resolver.text())};
  expect_done({"rotate", "a"});
  EXPECT_TRUE(resolver.was_asked());
  begin_and_fail({"--no-look"});
  expect_done({"rotate", "--resume"});
  EXPECT_FALSE(resolver.was_asked());
}

TEST_F(ResumeLooks, ByTheResolverThatTheRunNamed) {
  SilentResolver resolver;
  begin_and_fail({"--resolver", resolver.text()});
  EXPECT_TRUE(resolver.was_asked());
  expect_done({"rotate", "--resume"});
  EXPECT_TRUE(resolver.was_asked());
}

}  // namespace
