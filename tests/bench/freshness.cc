// Commits changes to a store that a running dnsd serves, and asks over UDP until each is on the wire.
//
//   bench_freshness --store DIR --port P [--kind rotation|ttl] [--changes N] [--seconds S] [--per-second R]
//
// rotation: institutions are added first, as many as half of the changes; then each is rotated, and that is undone:
// two record sets and the SOA a change. ttl: ten institutions are added; the TTL of one's other selector is set by
// policy, one institution after the other, as long as it shall go on: one record set and the SOA a change. The
// institutions are called fresh0, fresh1, ...; their keys are Ed25519, since their making is not what is measured.
//
// Prints "ready" when the institutions are there and it begins; in the end one line of JSON: changes, seconds, times
// of the commit itself and from its return to the arrival of the new answer (milliseconds), queries asked and lost.
// Each query waits for its answer, so that a lost one is seen.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tests/bench/generator/sockets.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/rotation/rotation.h"

namespace {

using std::chrono::steady_clock;
using zonestore::Guard;
using zonestore::Name;

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

zonestore::ChangeContext overriding(Guard guard) {
  return {{"bench", "bench"}, zonestore::Override{guard, "a measurement"}};
}

// Asks for one name's TXT record over and over on one socket.
class Asker {
 public:
  explicit Asker(std::uint16_t port) : socket_(bench::connect_to(port, SOCK_DGRAM)) {
    const timeval patience{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  // Asks until the first answer record has this TTL. Errors: std::runtime_error if that takes more than 10 s.
  void wait_for(const Name& name, std::uint32_t ttl) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    while (ask(name) != ttl) {
      if (steady_clock::now() > deadline) {
        throw std::runtime_error("a change was not served within 10 s");
      }
    }
  }
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t lost() const { return lost_; }

 private:
  // The TTL of the first answer record; 0 without one.
  std::uint32_t ask(const Name& name) {
    const auto id = static_cast<std::uint16_t>(++asked_);
    std::vector<std::uint8_t> query{static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
    query.insert(query.end(), {0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    query.insert(query.end(), name.wire().begin(), name.wire().end());
    query.insert(query.end(), {0, 16, 0, 1});
    if (::send(socket_.get(), query.data(), query.size(), 0) < 0) {
      throw std::runtime_error("cannot send");
    }
    std::array<std::uint8_t, 1500> answer{};
    const std::size_t ttl_at = query.size() + 2 + 2 + 2;  // behind a compressed name, type and class
    while (true) {
      const ssize_t got = ::recv(socket_.get(), answer.data(), answer.size(), 0);
      if (got < 0) {
        ++lost_;
        return 0;
      }
      if (std::equal(query.begin(), query.begin() + 2, answer.begin())) {  // else one that was given up
        const bool has_ttl = static_cast<std::size_t>(got) >= ttl_at + 4 && answer[7] > 0;
        return !has_ttl ? 0
                        : std::uint32_t{answer[ttl_at]} << 24 | std::uint32_t{answer[ttl_at + 1]} << 16 |
                              std::uint32_t{answer[ttl_at + 2]} << 8 | answer[ttl_at + 3];
      }
    }
  }

  bench::Socket socket_;
  std::size_t asked_ = 0;
  std::size_t lost_ = 0;
};

struct Institution {
  zonestore::dkim::Code code;
  Name sel2;  // its owner name
};

std::vector<Institution> add_institutions(zonestore::Store& store, int count) {
  zonestore::AddOptions options;
  options.algorithm = zonestore::crypto::Algorithm::kEd25519;
  std::vector<Institution> added;
  for (int i = 0; i < count; ++i) {
    const auto code = require(zonestore::dkim::Code::parse("fresh" + std::to_string(i)));
    const auto done = require(zonestore::add_institution(store, overriding(Guard::kKeyType), code, options));
    added.push_back({code, done.institution.slots.at(1).owner});
  }
  return added;
}

struct Wanted {
  std::string store;
  std::uint16_t port = 0;
  std::string kind = "rotation";
  int changes = 200;
  double seconds = 3600;
  double per_second = 0;  // 0: one as soon as the last is on the wire
};

struct Times {
  std::vector<double> commit_ms;
  std::vector<double> wire_ms;
};

// One change: does it, and says what to ask for and which TTL comes then.
struct Proof {
  const Name* name;
  std::uint32_t ttl;
};
using Change = std::function<Proof(int number)>;

Change rotations(zonestore::Store& store, const std::vector<Institution>& institutions) {
  return [&](int number) {
    const Institution& one = institutions.at(static_cast<std::size_t>(number / 2));
    if (number % 2 == 0) {
      require(zonestore::rotate(store, overriding(Guard::kNotRipe), one.code));
      return Proof{&one.sel2, 3600};  // ttl-active
    }
    require(zonestore::undo(store, {{"bench", "bench"}, std::nullopt}, one.code));
    return Proof{&one.sel2, 300};  // ttl-other
  };
}

Change ttl_settings(zonestore::Store& store, const std::vector<Institution>& institutions) {
  return [&](int number) {
    const auto count = static_cast<int>(institutions.size());
    const Institution& one = institutions.at(static_cast<std::size_t>(number % count));
    const auto ttl = static_cast<std::uint32_t>(301 + number / count % 2);
    require(zonestore::set_policy(store, {{"bench", "bench"}, std::nullopt}, one.code, "ttl-other",
                                  std::to_string(ttl) + "s"));
    return Proof{&one.sel2, ttl};
  };
}

Times make_changes(const Wanted& wanted, const Change& change, Asker& asker) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  Times times;
  const auto began = steady_clock::now();
  for (int number = 0; number < wanted.changes; ++number) {
    const auto due = wanted.per_second > 0 ? began + std::chrono::duration_cast<steady_clock::duration>(
                                                         std::chrono::duration<double>(number / wanted.per_second))
                                           : steady_clock::now();
    if (std::max(due, steady_clock::now()) - began >= std::chrono::duration<double>(wanted.seconds)) {
      break;
    }
    std::this_thread::sleep_until(due);
    const auto before = steady_clock::now();
    const Proof proof = change(number);
    const auto committed = steady_clock::now();
    asker.wait_for(*proof.name, proof.ttl);
    times.commit_ms.push_back(Milliseconds(committed - before).count());
    times.wire_ms.push_back(Milliseconds(steady_clock::now() - committed).count());
  }
  return times;
}

nlohmann::json quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t count = values.size();
  return {{"p50", values.at(count / 2)}, {"p99", values.at(count * 99 / 100)}, {"max", values.back()}};
}

void run(const Wanted& wanted) {
  const zonestore::SystemClock clock;
  zonestore::Store store = require(zonestore::Store::open(wanted.store, zonestore::Store::Access::kWrite, clock));
  Asker asker(wanted.port);
  const bool are_rotations = wanted.kind == "rotation";
  const auto institutions = add_institutions(store, are_rotations ? (wanted.changes + 1) / 2 : 10);
  asker.wait_for(institutions.back().sel2, 300);  // all are served
  std::cout << "ready" << std::endl;
  const Change change = are_rotations ? rotations(store, institutions) : ttl_settings(store, institutions);
  const auto began = steady_clock::now();
  const Times times = make_changes(wanted, change, asker);
  const std::chrono::duration<double> took = steady_clock::now() - began;
  if (times.wire_ms.empty()) {
    throw std::runtime_error("no change was made in this time");
  }
  std::cout << nlohmann::json{{"kind", wanted.kind},
                              {"changes", times.wire_ms.size()},
                              {"seconds", took.count()},
                              {"commit_ms", quantiles(times.commit_ms)},
                              {"wire_ms", quantiles(times.wire_ms)},
                              {"asked", asker.asked()},
                              {"lost", asker.lost()}}
                   .dump()
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How soon a commit is on the wire"};
  Wanted wanted;
  app.add_option("--store", wanted.store, "the store's directory; it is changed for good")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--port", wanted.port, "where dnsd serves it, on 127.0.0.1")
      ->required()
      ->check(CLI::Range(1, 65535));
  app.add_option("--kind", wanted.kind, "rotation (default) or ttl")->check(CLI::IsMember({"rotation", "ttl"}));
  app.add_option("--changes", wanted.changes, "at most so many (200)")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()));
  app.add_option("--seconds", wanted.seconds, "at most so long (3600)")->check(CLI::Range(0.1, 1e6));
  app.add_option("--per-second", wanted.per_second, "begin so many a second (default: one after the other)")
      ->check(CLI::Range(0.01, 1e6));
  CLI11_PARSE(app, argc, argv);
  try {
    run(wanted);
  } catch (const std::exception& failure) {
    std::cerr << "bench_freshness: " << failure.what() << "\n";
    return 1;
  }
  return 0;
}
