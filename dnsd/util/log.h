// The log: one line an event, key=value pairs, to standard error.
//
//   time=2026-11-23T17:01:02.123Z level=info event=listening address=127.0.0.1:5300 transport=udp
//
// Where the journal reads it (JOURNAL_STREAM), a line begins with its priority, "<6>level=info event=...", so that
// `journalctl -p err -u dnsd` works, and leaves out the time, which the journal has.
//
// A value with a space, a quote, an equals sign or what cannot be seen in it is quoted and escaped, so that a line
// stays one line of UTF-8 whatever a path or a name holds. The log is handed in to those who write to it; there is
// no global one.
//
// Nobody waits for the log: lines go through a queue (line_queue.h) that drops and counts when its reader stands
// still. Nobody fails by it: a line for which there is no memory is dropped and counted too. Threads: any number at
// once, but start() is for one.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "dnsd/util/result.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace dnsd::util {

class LineQueue;

// How often, at most, a line is said that anybody on the network may cause.
inline constexpr std::chrono::minutes kBetweenLines{1};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

[[nodiscard]] std::string_view to_text(LogLevel level);
// Errors: "is not a log level" and the list of them, without the text.
[[nodiscard]] Result<LogLevel> parse_log_level(std::string_view text);

// Never throws, so that a line may be logged where an exception was caught: a value for which there is no memory is
// "?".
struct LogField {
  LogField(std::string_view field_key, std::string_view text) noexcept : key(field_key) { set(text); }
  LogField(std::string_view field_key, const char* text) noexcept : LogField(field_key, std::string_view(text)) {}
  LogField(std::string_view field_key, const std::string& text) noexcept
      : LogField(field_key, std::string_view(text)) {}
  LogField(std::string_view field_key, std::integral auto number) noexcept : key(field_key) {
    if constexpr (std::is_signed_v<decltype(number)>) {
      set_number(static_cast<std::int64_t>(number));
    } else {
      set_number(static_cast<std::uint64_t>(number));
    }
  }

  std::string_view key;
  std::string value;

 private:
  void set(std::string_view text) noexcept;
  void set_number(std::int64_t number) noexcept;
  void set_number(std::uint64_t number) noexcept;
};

class Log {
 public:
  // To standard error.
  explicit Log(LogLevel level);
  // To another descriptor, which stays open.
  Log(LogLevel level, int descriptor);
  // To a sink of the caller's (tests), at once.
  Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(Log&&) = delete;
  ~Log();  // gives the last lines a second

  // From here on lines are written by a thread of the log's own; before, by who logs. Once the process is who it will
  // be: a thread keeps the rights that it began with. Throws std::system_error when there is no thread to be had.
  void start();
  // Gives the last lines so long. Any thread, any number of times.
  void finish(std::chrono::milliseconds at_most) const noexcept;
  // Lines that were lost, since the start.
  [[nodiscard]] std::uint64_t dropped() const;
  // Lines of that level since the start, lost ones too; those that the log's own level leaves out do not count.
  [[nodiscard]] std::uint64_t lines(LogLevel level) const;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const;

 private:
  void set_up(LogLevel level, bool for_journal);
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const noexcept;

  std::unique_ptr<LineQueue> lines_;  // none: the sink is the caller's
  std::shared_ptr<spdlog::logger> logger_;
  mutable std::array<std::atomic<std::uint64_t>, 4> counts_{};  // by level
};

// "event=listening address=127.0.0.1:5300": what follows time and level.
[[nodiscard]] std::string log_line(std::string_view event, std::initializer_list<LogField> fields);

}  // namespace dnsd::util
