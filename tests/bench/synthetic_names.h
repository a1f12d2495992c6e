// Institution codes for synthetic stores: from a file, or made up.
//
// Made-up codes have 4 to 12 characters, as real ones do, and "mosa" comes first; the same seed gives the same codes.
// Memory does not grow with their number, so a code may come twice: the store knows. Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>

#include "zonestore/dkim/selector.h"

namespace bench {

// Small and the same everywhere, unlike the standard's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }

 private:
  std::mt19937_64 engine_;
};

class CodeSource {
 public:
  CodeSource() = default;
  CodeSource(const CodeSource&) = delete;
  CodeSource& operator=(const CodeSource&) = delete;
  CodeSource(CodeSource&&) = delete;
  CodeSource& operator=(CodeSource&&) = delete;
  virtual ~CodeSource() = default;

  // nullopt: there are no more. Errors: kInvalid for what is no code, kIo.
  [[nodiscard]] virtual zonestore::Result<std::optional<zonestore::dkim::Code>> next() = 0;
  // May a code that is in the store already be passed over?
  [[nodiscard]] virtual bool may_repeat() const = 0;
};

class MadeUpCodes final : public CodeSource {
 public:
  explicit MadeUpCodes(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] zonestore::Result<std::optional<zonestore::dkim::Code>> next() override;
  [[nodiscard]] bool may_repeat() const override { return true; }

 private:
  Random random_;
  bool begun_ = false;
};

// One code a line; empty lines do not count.
class CodesOfFile final : public CodeSource {
 public:
  explicit CodesOfFile(std::filesystem::path file) : file_(std::move(file)), lines_(file_) {}
  [[nodiscard]] zonestore::Result<std::optional<zonestore::dkim::Code>> next() override;
  [[nodiscard]] bool may_repeat() const override { return false; }

 private:
  std::filesystem::path file_;
  std::ifstream lines_;
  std::size_t line_number_ = 0;
};

}  // namespace bench
