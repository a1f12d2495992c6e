// Makes a synthetic store of any size, for measurements: synthetic_store.h says what is in it.
//
//   make_store --institutions 1000000 --store DIR [--names FILE] [--seed 1] [--real 1] [--woven 0]
//
// The codes come from FILE, one a line, else they are made up, mosa first. DIR must not exist.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "tests/bench/synthetic_store.h"
#include "tools/zonectl/text/progress.h"

namespace {

struct Arguments {
  bench::SyntheticStore wanted;
  std::string names;
};

std::unique_ptr<bench::CodeSource> source_of(const Arguments& arguments) {
  if (arguments.names.empty()) {
    return std::make_unique<bench::MadeUpCodes>(arguments.wanted.seed);
  }
  return std::make_unique<bench::CodesOfFile>(arguments.names);
}

int run(const Arguments& arguments) {
  using Clock = std::chrono::steady_clock;
  const std::unique_ptr<bench::CodeSource> codes = source_of(arguments);
  zonectl::Progress progress(std::cerr, zonectl::terminal_of(STDERR_FILENO), "institutions",
                             arguments.wanted.institutions, Clock::now());
  const auto made =
      make_store(arguments.wanted, *codes, [&](std::size_t count) { progress.show(count, 0, Clock::now()); });
  progress.finish();
  if (!made) {
    std::cerr << "make_store: " << made.error().message << '\n';
    if (!made.error().hint.empty()) {
      std::cerr << "  " << made.error().hint << '\n';
    }
    return 1;
  }
  return 0;
}

int parse_and_run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("makes a synthetic store for measurements; no key in it but of --real institutions and mosa is real");
  app.add_option("--institutions", arguments.wanted.institutions, "how many")->required()->check(CLI::PositiveNumber);
  app.add_option("--store", arguments.wanted.directory, "the new store's directory")->required();
  app.add_option("--names", arguments.names, "a file with a code a line")->check(CLI::ExistingFile);
  app.add_option("--seed", arguments.wanted.seed, "of the made-up codes and keys")->capture_default_str();
  app.add_option("--real", arguments.wanted.real, "so many, from the first, have real keys")->capture_default_str();
  app.add_option("--woven", arguments.wanted.woven,
                 "so many have keys that work and are worth nothing: quick to make")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& mistake) {
    std::cerr << "make_store: " << mistake.what() << '\n';
    return 1;
  }
}
