// Asks a DNS server on 127.0.0.1 as fast as it answers, or at a rate, and judges every answer.
//
//   load_generator --port P --questions FILE [--load hits|mix|flood] [--tcp] [--seconds S] [--queries N] [--rate R]
//                  [--sockets N] [--window N] [--core C] [--seed S] [--unchecked] [--until-right]
//
// Prints one line of JSON: queries sent, answered, wrong, lost, late; queries a second; latency at 50, 99 and 99.9 %
// and the largest, microseconds; its own CPU time per answer, nanoseconds. Exit codes: 0 all right, 1 failed or some
// answer was wrong, 2 wrong usage.
//
// --until-right asks one question every millisecond or two, for --seconds at most, until the right answer comes, and
// ends with 0 then: started before the server, it shows when that serves.
//
// Why not dnsperf: it spends more CPU time on a query than the servers do, so they would wait for it, and it does not
// look at what is answered.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sched.h>
#include <sys/resource.h>

#include "tests/bench/generator/tcp_load.h"
#include "tests/bench/generator/udp_load.h"

namespace {

using std::chrono::nanoseconds;

struct Flags {
  bench::RunSettings run;
  std::string questions;
  std::string load = "hits";
  bool tcp = false;
  double seconds = 0;
  double patience_seconds = 1;
  int core = -1;
  std::uint64_t seed = 1;
  bool unchecked = false;
  bool until_right = false;
};

nanoseconds from_seconds(double seconds) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--port", flags.run.port, "the server's, on 127.0.0.1")->required()->check(CLI::Range(1, 65535));
  app.add_option("--questions", flags.questions, "from write_questions")->required()->check(CLI::ExistingFile);
  app.add_option("--load", flags.load, "hits, mix or flood")->check(CLI::IsMember({"hits", "mix", "flood"}));
  app.add_flag("--tcp", flags.tcp, "over TCP, on kept-open connections");
  app.add_option("--seconds", flags.seconds, "how long")->check(CLI::Range(0.0, 86400.0));
  app.add_option("--queries", flags.run.queries, "at most so many");
  app.add_option("--rate", flags.run.rate, "queries a second (default: as many as are answered)");
  app.add_option("--sockets", flags.run.sockets, "source ports, or TCP connections (4)")->check(CLI::Range(1, 1000));
  app.add_option("--window", flags.run.window, "queries under way at once, over all (128)")
      ->check(CLI::Range(1, 65536));
  app.add_option("--patience", flags.patience_seconds, "seconds after which a query is lost (1)")
      ->check(CLI::Range(0.001, 60.0));
  app.add_option("--core", flags.core, "the core to run on")->check(CLI::Range(0, CPU_SETSIZE - 1));
  app.add_option("--seed", flags.seed, "of what is asked (1)");
  app.add_flag("--unchecked", flags.unchecked, "do not look at the answers");
  app.add_flag("--until-right", flags.until_right, "wait for the first right answer");
}

void pin_to(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) {
    throw std::runtime_error("cannot run on core " + std::to_string(core));
  }
}

double cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return (microseconds(usage.ru_utime) + microseconds(usage.ru_stime)) * 1e3;
}

nlohmann::json as_json(const bench::RunResult& result, double generator_cpu_ns) {
  const double seconds = std::max(1e-9, std::chrono::duration<double>(result.took).count());
  const double answered = static_cast<double>(result.answered);
  const auto microseconds = [](std::uint64_t nanosecond_count) {
    return static_cast<double>(nanosecond_count) / 1e3;
  };
  return {{"sent", result.sent},
          {"answered", result.answered},
          {"wrong", result.wrong},
          {"lost", result.lost},
          {"late", result.late},
          {"reconnects", result.reconnects},
          {"first_fault", result.first_fault},
          {"seconds", seconds},
          {"qps", answered / seconds},
          {"p50_us", microseconds(result.latency.quantile(0.5))},
          {"p99_us", microseconds(result.latency.quantile(0.99))},
          {"p999_us", microseconds(result.latency.quantile(0.999))},
          {"max_us", microseconds(result.latency.largest())},
          {"generator_cpu_ns", result.answered > 0 ? generator_cpu_ns / answered : 0.0}};
}

// One question at a time until one is answered rightly; false if none was in time.
bool wait_until_right(const Flags& flags, bench::Workload& workload) {
  bench::RunSettings one = flags.run;
  one.queries = 1;
  one.sockets = 1;
  one.window = 1;
  one.rate = 1000;  // between two queries it sleeps until an answer comes: the cores are the server's
  one.patience = std::chrono::milliseconds(20);
  const auto began = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - began < from_seconds(flags.seconds)) {
    const bench::RunResult result = bench::run_over_udp(one, workload);
    if (result.answered == 1 && result.wrong == 0) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

int run(const Flags& flags) {
  const bench::QuestionList list(flags.questions);
  bench::Workload workload(list, *bench::parse_load(flags.load), flags.seed);
  if (flags.core >= 0) {
    pin_to(flags.core);
  }
  if (flags.until_right) {
    return wait_until_right(flags, workload) ? 0 : 1;
  }
  const double before_ns = cpu_ns();
  const bench::RunResult result =
      flags.tcp ? bench::run_over_tcp(flags.run, workload) : bench::run_over_udp(flags.run, workload);
  std::cout << as_json(result, cpu_ns() - before_ns).dump() << "\n";
  return result.wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A load on a DNS server, with every answer judged"};
  Flags flags;
  declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  flags.run.time = from_seconds(flags.seconds);
  flags.run.patience = from_seconds(flags.patience_seconds);
  flags.run.are_checked = !flags.unchecked;
  if (flags.tcp && (flags.run.rate != 0 || flags.until_right)) {
    std::cerr << "load_generator: --rate and --until-right are for UDP\n";
    return 2;
  }
  if (flags.seconds == 0 && (flags.run.queries == 0 || flags.until_right)) {
    std::cerr << "load_generator: say how long (--seconds) or how many (--queries)\n";
    return 2;
  }
  try {
    return run(flags);
  } catch (const std::exception& failure) {
    std::cerr << "load_generator: " << failure.what() << "\n";
    return 1;
  }
}
