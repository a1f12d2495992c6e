#include "dnsd/config/config.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace dnsd::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::filesystem::path template_file() {
  return std::filesystem::path(DNSD_SOURCE_DIR) / "deploy/dnsd.toml";
}

void expect_same(const Config& left, const Config& right) {
  EXPECT_EQ(left.store, right.store);
  EXPECT_EQ(left.listen, right.listen);
  EXPECT_EQ(left.user, right.user);
  EXPECT_EQ(left.listen_is_default, right.listen_is_default);
  EXPECT_EQ(left.listen_ahead, right.listen_ahead);
  EXPECT_EQ(left.workers, right.workers);
  EXPECT_EQ(left.log_level, right.log_level);
  EXPECT_EQ(left.sandbox, right.sandbox);
  EXPECT_EQ(left.drain, right.drain);
  EXPECT_EQ(left.metrics.file, right.metrics.file);
  EXPECT_EQ(left.metrics.file_every, right.metrics.file_every);
  EXPECT_EQ(left.metrics.listen, right.metrics.listen);
  EXPECT_EQ(left.udp.answer_bytes, right.udp.answer_bytes);
  EXPECT_EQ(left.udp.receive_buffer_bytes, right.udp.receive_buffer_bytes);
  EXPECT_EQ(left.tcp.connections, right.tcp.connections);
  EXPECT_EQ(left.tcp.connections_per_address, right.tcp.connections_per_address);
  EXPECT_EQ(left.tcp.idle, right.tcp.idle);
  EXPECT_EQ(left.tcp.idle_when_half_full, right.tcp.idle_when_half_full);
  EXPECT_EQ(left.tcp.message, right.tcp.message);
  EXPECT_EQ(left.tcp.write, right.tcp.write);
  EXPECT_EQ(left.tcp.lifetime, right.tcp.lifetime);
  EXPECT_EQ(left.tcp.queries, right.tcp.queries);
  EXPECT_EQ(left.tcp.unsent_bytes, right.tcp.unsent_bytes);
  EXPECT_EQ(left.tcp.unsent_total_bytes, right.tcp.unsent_total_bytes);
  EXPECT_EQ(left.rate_limit.answers_per_second, right.rate_limit.answers_per_second);
  EXPECT_EQ(left.rate_limit.all_rate(), right.rate_limit.all_rate());
  EXPECT_EQ(left.rate_limit.slip, right.rate_limit.slip);
  EXPECT_EQ(left.rate_limit.ipv4_prefix_bits, right.rate_limit.ipv4_prefix_bits);
  EXPECT_EQ(left.rate_limit.ipv6_prefix_bits, right.rate_limit.ipv6_prefix_bits);
  EXPECT_EQ(left.rate_limit.table_bytes, right.rate_limit.table_bytes);
  EXPECT_EQ(left.edns.nsid, right.edns.nsid);
  EXPECT_EQ(left.edns.cookie_secrets_file, right.edns.cookie_secrets_file);
  EXPECT_EQ(left.transfer.tsig_keys_file, right.transfer.tsig_keys_file);
  EXPECT_EQ(left.transfer.settings, right.transfer.settings);
}

std::string error_of(std::string_view toml) {
  Config config;
  const auto applied = apply_toml(toml, "dnsd.toml", config);
  return applied ? "(no error)" : applied.error();
}

// A config in which every setting differs from its default, as a file would say it.
constexpr std::string_view kEverything = R"(store = "/srv/store"
listen = ["192.0.2.1:53"]
listen_ahead = true
user = "dnsd"
workers = 3
log_level = "debug"
sandbox = "require"
drain_seconds = 0
[udp]
answer_bytes = 1400
receive_buffer_bytes = 8388608
[tcp]
connections = 100
connections_per_address = 7
idle_seconds = 20
idle_half_full_seconds = 4
message_seconds = 6
write_seconds = 8
lifetime_seconds = 600
queries = 50
unsent_bytes = 65536
unsent_total_bytes = 1048576
[rate_limit]
answers_per_second = 300
all_answers_per_second = 900
slip = 3
ipv4_prefix_bits = 32
ipv6_prefix_bits = 64
table_bytes = 4096
[edns]
nsid = "ns1"
cookie_secrets_file = "/etc/dnsd/cookie_secrets"
[transfer]
tsig_keys_file = "/etc/dnsd/keys"
streams = 9
streams_per_peer = 3
waiting = 65
images = 9
message_bytes = 16384
ixfr_bytes = 1000
stall_seconds = 31
longest_seconds = 600
idle_seconds = 11
notify_gap_ms = 1500
notify_source_v4 = "192.0.2.1"
notify_source_v6 = "2001:db8::1"
[metrics]
file = "/srv/metrics.prom"
file_seconds = 7
listen = "127.0.0.1:9353"
)";

TEST(ConfigTemplate, HoldsTheDefaultsOfTheCode) {
  Config defaults;
  defaults.listen = default_listen();
  defaults.listen_is_default = true;
  // But for this one, which an installation makes: so that the first key takes a SIGHUP and no restart.
  defaults.transfer.tsig_keys_file = "/etc/dnsd/tsig.keys";
  Config from_template;
  // Other values first, so that a key that the template leaves out shows.
  ASSERT_TRUE(apply_toml(kEverything, "everything", from_template));
  const auto applied = apply_file(template_file(), from_template);
  ASSERT_TRUE(applied) << applied.error();
  expect_same(from_template, defaults);
}

TEST(ConfigFile, SetsEverySetting) {
  Config config;
  const auto applied = apply_toml(kEverything, "everything", config);
  ASSERT_TRUE(applied) << applied.error();
  Config wanted;
  wanted.store = "/srv/store";
  wanted.metrics.file = "/srv/metrics.prom";
  wanted.metrics.file_every = std::chrono::seconds{7};
  wanted.metrics.listen = zonestore::SocketAddress::parse("127.0.0.1:9353").value();
  wanted.listen = {zonestore::SocketAddress::parse("192.0.2.1:53").value()};
  wanted.listen_ahead = true;
  wanted.user = "dnsd";
  wanted.workers = 3;
  wanted.log_level = util::LogLevel::kDebug;
  wanted.sandbox = Sandbox::kRequired;
  wanted.drain = std::chrono::seconds{0};
  wanted.udp.answer_bytes = 1400;
  wanted.udp.receive_buffer_bytes = 8U * 1024 * 1024;
  wanted.tcp.connections = 100;
  wanted.tcp.connections_per_address = 7;
  wanted.tcp.idle = std::chrono::seconds{20};
  wanted.tcp.idle_when_half_full = std::chrono::seconds{4};
  wanted.tcp.message = std::chrono::seconds{6};
  wanted.tcp.write = std::chrono::seconds{8};
  wanted.tcp.lifetime = std::chrono::seconds{600};
  wanted.tcp.queries = 50;
  wanted.tcp.unsent_bytes = 65536;
  wanted.tcp.unsent_total_bytes = 1048576;
  wanted.rate_limit.answers_per_second = 300;
  wanted.rate_limit.all_answers_per_second = 900;
  wanted.rate_limit.slip = 3;
  wanted.rate_limit.ipv4_prefix_bits = 32;
  wanted.rate_limit.ipv6_prefix_bits = 64;
  wanted.rate_limit.table_bytes = 4096;
  wanted.edns.nsid = {'n', 's', '1'};
  wanted.edns.cookie_secrets_file = "/etc/dnsd/cookie_secrets";
  wanted.transfer.tsig_keys_file = "/etc/dnsd/keys";
  wanted.transfer.settings = {.streams = 9,
                              .streams_per_peer = 3,
                              .waiting = 65,
                              .images = 9,
                              .message_bytes = 16384,
                              .ixfr_bytes = 1000,
                              .stall = std::chrono::seconds{31},
                              .longest = std::chrono::seconds{600},
                              .idle = std::chrono::seconds{11},
                              .notify_gap = std::chrono::milliseconds{1500},
                              .notify_source_v4 = zonestore::SocketAddress::parse("192.0.2.1:0").value(),
                              .notify_source_v6 = zonestore::SocketAddress::parse("[2001:db8::1]:0").value()};
  expect_same(config, wanted);
}

TEST(ConfigFile, TakesTheNsidAsTextOrAsHexadecimal) {
  Config config;
  ASSERT_TRUE(apply_toml("[edns]\nnsid = \"0x00fF\"", "dnsd.toml", config));
  EXPECT_EQ(config.edns.nsid, (zonestore::Bytes{0x00, 0xFF}));
  ASSERT_TRUE(apply_toml("[edns]\nnsid = \"00ff\"", "dnsd.toml", config));
  EXPECT_EQ(config.edns.nsid, (zonestore::Bytes{'0', '0', 'f', 'f'}));
  ASSERT_TRUE(apply_toml("[edns]\nnsid = \"" + std::string(128, 'n') + "\"", "dnsd.toml", config));
  EXPECT_EQ(config.edns.nsid.size(), 128U);
}

TEST(ConfigFile, WritesMetricsWhereSystemdHasMadeADirectory) {
  const auto file = [](const char* variable, std::string_view toml = "") {
    Config config;
    EXPECT_TRUE(apply_toml(toml, "dnsd.toml", config));
    use_runtime_directory(variable, config);
    return config.metrics.file;
  };
  EXPECT_EQ(file(nullptr), "");
  EXPECT_EQ(file(""), "");
  EXPECT_EQ(file("/run/dnsd"), "/run/dnsd/metrics.prom");
  EXPECT_EQ(file("/run/dnsd:/run/other"), "/run/dnsd/metrics.prom");
  EXPECT_EQ(file("/run/dnsd", "[metrics]\nfile = \"/srv/m.prom\""), "/srv/m.prom");
}

TEST(ConfigFile, MayBeEmpty) {
  Config config;
  ASSERT_TRUE(apply_toml("", "dnsd.toml", config));
  expect_same(config, Config{});
}

TEST(ConfigFile, PointsAtAnUnknownKeyAndNamesThoseThereAre) {
  EXPECT_THAT(error_of("workers = 1\n  wrokers = 2\n"),
              StartsWith("dnsd.toml:2:3: unknown key; did you mean `workers`? Those here are store, listen, "));
  EXPECT_THAT(error_of("[tcp]\nidle = 2\n"), StartsWith("dnsd.toml:2:1: unknown key in [tcp]; those there are "));
  EXPECT_THAT(error_of("[tcp]\nidle = 2\n"), HasSubstr("idle_seconds"));
  EXPECT_THAT(error_of("[tcp]\nwrite_second = 2\n"), HasSubstr("did you mean `tcp.write_seconds`?"));
  EXPECT_THAT(error_of("[tpc]\nidle_seconds = 2\n"), HasSubstr("unknown key; did you mean `tcp`?"));
  EXPECT_THAT(error_of("[\"\"]\nworkers = 2\n"), HasSubstr("dnsd.toml:1:2: unknown key"));
  EXPECT_THAT(error_of("[tcp.deeper]\nx = 2\n"), HasSubstr("unknown key in [tcp]; those there are "));
}

TEST(ConfigFile, SaysWhatItExpectedWhereTheTextIsNoToml) {
  EXPECT_EQ(error_of("workers 1\n"), "dnsd.toml:1:9: it is no TOML: expected '=' (key-value pair)");
  EXPECT_EQ(error_of("workers = 1\nworkers = 2\n"),
            "dnsd.toml:2:11: it is no TOML: a key or a table stands there twice (key-value pair)");
  EXPECT_THAT(error_of("store = 'x"), StartsWith("dnsd.toml:1:11: it is no TOML: the text ends too early"));
  EXPECT_EQ(error_of("user = \"\xff\""), "dnsd.toml:1:8: it is no TOML: bytes that are no UTF-8");
}

TEST(ConfigFile, WantsTheFileOfTheSecretsAndNotASecret) {
  const std::string secret = "0123456789abcdef0123456789abcdef";
  const std::string error = error_of("[edns]\ncookie_secrets_file = \"" + secret + "\"\n");
  EXPECT_THAT(error, StartsWith("dnsd.toml:2:23: edns.cookie_secrets_file: must be the path of the file"));
  EXPECT_THAT(error, Not(HasSubstr(secret.substr(0, 4))));
}

TEST(ConfigFile, WantsTheFileOfTheKeysAndNotAKey) {
  const std::string secret = "c2VjcmV0IG9mIHNpeHRlZW4h";
  const std::string error = error_of("[transfer]\ntsig_keys_file = \"" + secret + "\"\n");
  EXPECT_THAT(error, StartsWith("dnsd.toml:2:18: transfer.tsig_keys_file: must be the path of the file"));
  EXPECT_THAT(error, Not(HasSubstr(secret.substr(0, 4))));
}

TEST(ConfigFile, PointsAtAValueOfTheWrongKind) {
  const std::pair<const char*, const char*> cases[] = {
      {"listen_ahead = 1", "dnsd.toml:1:16: listen_ahead: must be true or false"},
      {"store = 5", "dnsd.toml:1:9: store: must be a string"},
      {"store = \"\"", "dnsd.toml:1:9: store: must be the store's directory"},
      {"user = true", "dnsd.toml:1:8: user: must be a string"},
      {"workers = \"2\"", "dnsd.toml:1:11: workers: must be a whole number from 0 to 1024"},
      {"workers = 1.5", "dnsd.toml:1:11: workers: must be a whole number"},
      {"workers = -1", "dnsd.toml:1:11: workers: must be a whole number"},
      {"workers = 1025", "dnsd.toml:1:11: workers: must be a whole number"},
      {"log_level = \"loud\"", "dnsd.toml:1:13: log_level: it is not a log level"},
      {"sandbox = true", "dnsd.toml:1:11: sandbox: must be a string"},
      {"sandbox = \"on\"", "dnsd.toml:1:11: sandbox: must be \"if-possible\", \"require\" or \"off\""},
      {"log_level = 3", "dnsd.toml:1:13: log_level: must be a string"},
      {"listen = \"127.0.0.1:53\"", "dnsd.toml:1:10: listen: must be a list of addresses"},
      {"listen = []", "dnsd.toml:1:10: listen: must be a list of addresses"},
      {"listen = [5]", "dnsd.toml:1:11: listen: must be a string"},
      {"listen = [\"127.0.0.1:53\",\n\"::1\"]", "dnsd.toml:2:1: listen: it is an IPv6 address without brackets"},
      {"drain_seconds = 3601", "drain_seconds: must be a whole number from 0 to 3600"},
      {"udp = 5", "dnsd.toml:1:1: unknown key"},
      {"[udp]\nanswer_bytes = 511", "dnsd.toml:2:16: udp.answer_bytes: must be a whole number from 512 to 4096"},
      {"[udp]\nanswer_bytes = 4097", "udp.answer_bytes: must be a whole number from 512 to 4096"},
      {"[tcp]\nconnections = 0", "tcp.connections: must be a whole number from 1"},
      {"[tcp]\nconnections_per_address = 0", "tcp.connections_per_address: must be a whole number from 1"},
      {"[tcp]\nidle_seconds = 0", "tcp.idle_seconds: must be a whole number from 1 to 86400"},
      {"[tcp]\nidle_half_full_seconds = 0", "tcp.idle_half_full_seconds: must be"},
      {"[tcp]\nmessage_seconds = 86401", "tcp.message_seconds: must be"},
      {"[tcp]\nwrite_seconds = 99999999999999999999", "dnsd.toml:2:"},
      {"[tcp]\nlifetime_seconds = []", "tcp.lifetime_seconds: must be"},
      {"[tcp]\nqueries = 0", "tcp.queries: must be"},
      {"[edns]\nnsid = 5", "dnsd.toml:2:8: edns.nsid: must be a string"},
      {"[edns]\nnsid = \"0x123\"", "dnsd.toml:2:8: edns.nsid: behind 0x must be two hexadecimal digits"},
      {"[edns]\nnsid = \"0xzz\"", "edns.nsid: behind 0x must be two hexadecimal digits"},
      {"[edns]\ncookie_secrets_file = []", "edns.cookie_secrets_file: must be a string"},
      {"[tcp]\nunsent_bytes = 1023", "tcp.unsent_bytes: must be a whole number from 1024"},
      {"[rate_limit]\nanswers_per_second = -1", "rate_limit.answers_per_second: must be a whole number from 0"},
      {"[rate_limit]\nall_answers_per_second = 1000001",
       "rate_limit.all_answers_per_second: must be a whole number from 0 to 1000000"},
      {"[rate_limit]\nslip = 101", "rate_limit.slip: must be a whole number from 0 to 100"},
      {"[rate_limit]\nipv4_prefix_bits = 33", "rate_limit.ipv4_prefix_bits: must be a whole number from 8 to 32"},
      {"[rate_limit]\nipv6_prefix_bits = 128", "rate_limit.ipv6_prefix_bits: must be a whole number from 16 to 64"},
      {"[rate_limit]\ntable_bytes = 0", "rate_limit.table_bytes: must be a whole number from 4096"},
  };
  for (const auto& [toml, complaint] : cases) {
    EXPECT_THAT(error_of(toml), HasSubstr(complaint)) << toml;
  }
}

TEST(ConfigFile, PointsAtAnNsidThatIsTooLong) {
  EXPECT_THAT(error_of("[edns]\nnsid = \"" + std::string(129, 'n') + "\""),
              HasSubstr("dnsd.toml:2:8: edns.nsid: must be at most 128 bytes"));
}

TEST(ConfigFile, PointsAtTextThatIsNoToml) {
  EXPECT_THAT(error_of("workers = 1\nlisten = [\n"), StartsWith("dnsd.toml:"));
  EXPECT_THAT(error_of("workers 1\n"), StartsWith("dnsd.toml:1:"));
  EXPECT_THAT(error_of("workers = 1\nworkers = 2\n"), StartsWith("dnsd.toml:2:"));
}

TEST(ConfigFile, LeavesTheConfigAloneWhenItIsWrong) {
  Config config;
  EXPECT_FALSE(apply_toml("workers = 7\nlog_level = \"loud\"\n", "dnsd.toml", config));
  expect_same(config, Config{});
}

TEST(ConfigFile, SaysThatItCannotBeRead) {
  Config config;
  const auto missing = apply_file("/nonexistent/dnsd.toml", config);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), HasSubstr("/nonexistent/dnsd.toml: No such file"));
  const auto directory = apply_file("/", config);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error(), HasSubstr("it is a directory"));
}

class ConfigFileAt : public ::testing::Test {
 protected:
  [[nodiscard]] std::string error() const {
    Config config;
    const auto applied = apply_file(file_, config);
    return applied ? "(no error)" : applied.error();
  }

  tests::TempDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "dnsd.toml";
};

TEST_F(ConfigFileAt, PipeOrDeviceInItsPlaceIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr(file_.string() + ": it is not a regular file"));
  file_ = "/dev/zero";
  EXPECT_THAT(error(), HasSubstr("/dev/zero: it is not a regular file"));
}

TEST_F(ConfigFileAt, IsRefusedUnreadWhenItIsFarTooLong) {
  std::ofstream(file_) << "workers = 2\n";
  std::filesystem::resize_file(file_, 1024 * 1024);
  EXPECT_THAT(error(), Not(HasSubstr("longer")));
  std::filesystem::resize_file(file_, 1024 * 1024 + 1);
  EXPECT_THAT(error(), HasSubstr("it is longer than 1048576 bytes"));
}

TEST_F(ConfigFileAt, ByteOrderMarkAtTheBeginningIsSkipped) {
  std::ofstream(file_) << "\xef\xbb\xbfworkers = 2\n";
  EXPECT_EQ(error(), "(no error)");
}

TEST_F(ConfigFileAt, NoPieceOfAnotherFileIsShown) {
  const std::string secret = "QyqzxBMZ2kx1fDmbDAIuZ4u2Y0lfqBmbXWvPJrqV";
  for (const std::string& text :
       {secret, "a = " + secret, "[" + secret + "]\n[" + secret + "]\n", secret + " = 1\n" + secret + " = 2\n",
        "a = '" + secret, std::string("a = 99999999999999999999999999"), secret + " = 1\n",
        "[tcp]\n" + secret + " = 1\n", "[" + secret + "]\nx = 1\n", "[tcp." + secret + "]\nx = 1\n",
        "listen = ['" + secret + "']\n", "listen = ['[" + secret + "]:53']\n", "log_level = '" + secret + "'\n",
        "[edns]\nnsid = '0x" + secret + "'\n", "x = { " + secret + " = 1, " + secret + " = 2 }\n",
        "user = \"\\" + secret + "\"\n"}) {
    std::ofstream(file_) << text;
    const std::string said = error();
    EXPECT_THAT(said, HasSubstr("dnsd.toml:"));
    for (std::size_t start = 0; start + 4 <= secret.size(); ++start) {
      EXPECT_THAT(said, Not(HasSubstr(secret.substr(start, 4)))) << text;
    }
    EXPECT_THAT(said, Not(HasSubstr("9999999999"))) << text;
  }
}

}  // namespace
}  // namespace dnsd::config
