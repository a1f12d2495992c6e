// How far a bulk command has come, on standard error: on a terminal one line that is drawn anew, in a pipe a plain
// line every few seconds. Time is handed in. Threads: one.
#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>

#include "tools/zonectl/text/terminal.h"

namespace zonectl {

class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;
  Progress(std::ostream& out, const Terminal& terminal, std::string what, std::size_t total, Time began);

  // `made` of the total are behind us, `troubled` of these refused or failed.
  void show(std::size_t made, std::size_t troubled, Time now);
  // Clears the line on a terminal; what comes next begins at its start.
  void finish();

 private:
  [[nodiscard]] std::string numbers(std::size_t made, std::size_t troubled, Time now) const;
  [[nodiscard]] std::string bar(std::size_t made, std::size_t width) const;

  std::ostream& out_;
  Terminal terminal_;
  std::string what_;
  std::size_t total_;
  Time began_;
  Time next_;
  bool drawn_ = false;
};

}  // namespace zonectl
