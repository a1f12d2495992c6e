// How much of the machine's key generation reaches the store: `add --file` and the refill after a rotation of all,
// beside bare generation on the same number of threads, in one run.
//
//   bench_key_generation [--institutions 2000] [--directory DIR]
//
// Bare generation is measured before, between and after; each ratio is against the mean of its neighbours, so that a
// machine that others load too is the same for both. DIR decides what a commit costs: /tmp may lie in memory.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/support/manual_clock.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/zones/init_store.h"

namespace {

namespace fs = std::filesystem;
using zonestore::KeyPool;
using zonestore::crypto::Algorithm;
using SteadyClock = std::chrono::steady_clock;

const zonestore::ChangeContext kContext{{"bench", "bench"}, std::nullopt, false};

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

zonestore::dkim::Code code_of(std::size_t number) {
  return require(zonestore::dkim::Code::parse("inst" + std::to_string(number)));
}

// Beside the time that passed, the CPU time of all threads: what others take from the machine does not count there.
struct Speed {
  double a_second = 0;
  double a_cpu_second = 0;
};

template <class Body>
Speed keys_a_second(std::size_t keys, Body body) {
  const auto began = SteadyClock::now();
  const std::clock_t cpu_began = std::clock();
  body();
  const double cpu = static_cast<double>(std::clock() - cpu_began) / CLOCKS_PER_SEC;
  const double made = static_cast<double>(keys);
  return {made / std::chrono::duration<double>(SteadyClock::now() - began).count(), made / cpu};
}

void print(const char* what, const Speed& speed, const Speed& before, const Speed& after) {
  std::printf("%-18s%7.1f keys/s  %5.1f %% of bare;  %7.1f keys/CPU s  %5.1f %% of bare\n", what, speed.a_second,
              200 * speed.a_second / (before.a_second + after.a_second), speed.a_cpu_second,
              200 * speed.a_cpu_second / (before.a_cpu_second + after.a_cpu_second));
}

Speed bare(std::size_t keys) {
  return keys_a_second(keys, [keys] {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < KeyPool::cores(); ++i) {
      threads.emplace_back([share = keys / KeyPool::cores()] {
        for (std::size_t made = 0; made < share; ++made) {
          (void)require(zonestore::crypto::PrivateKey::generate(Algorithm::kRsa2048));
        }
      });
    }
  });
}

class Bench {
 public:
  Bench(const fs::path& directory, std::size_t institutions) : directory_(directory), institutions_(institutions) {
    zonestore::InitOptions options;
    options.dkim_zone = require(zonestore::Name::parse("dkim.secutix.com"));
    options.spf_zone = require(zonestore::Name::parse("spf.secutix.com"));
    options.name_servers = {require(zonestore::Name::parse("ns1.secutix.com"))};
    options.mailbox = require(zonestore::Name::parse("hostmaster.secutix.com"));
    (void)require(zonestore::init_store(directory_, options, kContext, clock_));
    store_.emplace(require(zonestore::Store::open(directory_, zonestore::Store::Access::kWrite, clock_)));
  }

  void run() {
    const std::size_t sample = std::max<std::size_t>(200, institutions_ / 2);
    const Speed first = bare(sample);
    const Speed added = keys_a_second(2 * institutions_, [this] { add_all(); });
    const Speed second = bare(sample);
    clock_.advance(std::chrono::hours(1));
    const Speed rotated = keys_a_second(institutions_, [this] { rotate_all(); });
    clock_.advance(std::chrono::hours(24 * 8));
    const Speed before = bare(sample);
    const Speed refilled = keys_a_second(institutions_, [this] { refill_all(); });
    const Speed last = bare(sample);
    std::printf("institutions %zu, threads %u, RSA 2048\n", institutions_, KeyPool::cores());
    print("add --file", added, first, second);
    print("refill (maintain)", refilled, before, last);
    std::printf("bare generation   %7.1f %7.1f %7.1f %7.1f keys/s\n", first.a_second, second.a_second,
                before.a_second, last.a_second);
    std::printf("rotate --all      %7.1f institutions/s\n", rotated.a_second);
  }

 private:
  void add_all() {
    const zonestore::KeyStock stock(*store_, std::vector(2 * institutions_, Algorithm::kRsa2048), kContext);
    for (std::size_t i = 0; i < institutions_; ++i) {
      (void)require(add_institution(*store_, kContext, code_of(i), {}));
    }
  }
  void rotate_all() {
    for (std::size_t i = 0; i < institutions_; ++i) {
      (void)require(rotate(*store_, kContext, code_of(i)));
    }
  }
  void refill_all() {
    const auto maintained = require(maintain(*store_, kContext));
    if (maintained.steps.size() != institutions_ || !maintained.failures.empty()) {
      throw std::runtime_error("maintain did " + std::to_string(maintained.steps.size()) + " steps");
    }
  }

  fs::path directory_;
  std::size_t institutions_;
  tests::ManualClock clock_;
  std::optional<zonestore::Store> store_;
};

int bench_main(int argc, char** argv) {
  std::size_t institutions = 2000;
  std::string directory = fs::temp_directory_path() / "bench_key_generation";
  CLI::App app("keys a second that reach the store, beside bare generation");
  app.add_option("--institutions", institutions)->check(CLI::PositiveNumber);
  app.add_option("--directory", directory, "must not exist");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (fs::exists(directory)) {
    throw std::runtime_error(directory + " exists");
  }
  Bench(directory, institutions).run();
  fs::remove_all(directory);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return bench_main(argc, argv);
  } catch (const std::exception& mistake) {
    std::cerr << "bench_key_generation: " << mistake.what() << '\n';
    return 1;
  }
}
