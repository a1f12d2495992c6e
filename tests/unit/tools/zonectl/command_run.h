// Runs whole command lines of zonectl against a store of the test's own.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"
#include "tools/zonectl/run.h"

namespace tests {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class CommandRun : public ::testing::Test {
 protected:
  // With --store, as the first argument.
  Outcome run(std::vector<std::string> args) {
    args.insert(args.begin(), {"--store", store()});
    return run_bare(args);
  }
  Outcome run_bare(const std::vector<std::string>& args) {
    std::ostringstream out;
    std::ostringstream err;
    zonectl::Streams streams{out, err, terminal_, terminal_};
    const int code = zonectl::run(args, streams, environment_, clock_);
    return {code, out.str(), err.str()};
  }
  // The document that the command prints with --json; it must be one.
  nlohmann::json json_of(std::vector<std::string> args, int expected_code = 0) {
    args.emplace_back("--json");
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, expected_code) << outcome.err;
    nlohmann::json document = nlohmann::json::parse(outcome.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << outcome.out;
    return document;
  }
  void expect_done(const std::vector<std::string>& args) {
    const Outcome outcome = run(args);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }

  void init() {
    expect_done(
        {"init", "--ns", "ns1.secutix.com", "--ns", "ns2.secutix.com", "--hostmaster", "hostmaster.secutix.com"});
  }
  // With Ed25519 keys: they are made a hundred times faster than RSA ones.
  void add(const std::string& code, const std::vector<std::string>& more = {}) {
    std::vector<std::string> args{"add",        code,         "--key",    "ed25519",
                                  "--override", "E_KEY_TYPE", "--reason", "keys for a test are made fast"};
    args.insert(args.end(), more.begin(), more.end());
    expect_done(args);
  }
  void init_and_add(const std::string& code) {
    init();
    add(code);
  }
  void ripen() { clock_.advance(std::chrono::hours{1}); }

  [[nodiscard]] std::string store() const { return (temp_.path() / "store").string(); }
  [[nodiscard]] std::string file(const std::string& name) const { return (temp_.path() / name).string(); }

  TempDirectory temp_;
  ManualClock clock_;
  // Nobody listens at that resolver: a look is told so at once, and asks nobody outside of the test.
  zonectl::Environment environment_{std::nullopt, "operator", {}, {*zonectl::probe::Address::parse("127.0.0.1:1")}};
  zonectl::Terminal terminal_;

  CommandRun() { environment_.runs_as = {1000, 1000}; }  // root, as whom tests may run, would run none
};

}  // namespace tests
