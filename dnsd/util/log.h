// The log: one line an event, key=value pairs, to standard error.
//
//   time=2026-11-23T17:01:02.123Z level=info event=listening address=127.0.0.1:5300 transport=udp
//
// A value with a space, a quote, an equals sign or a control byte in it is quoted and escaped, so that a line
// stays one line whatever a path or a name holds. The log is handed in to those who write to it; there is no
// global one. Threads: any number at once.
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "dnsd/util/result.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace dnsd::util {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

[[nodiscard]] std::string_view to_text(LogLevel level);
// Errors: with the list of levels.
[[nodiscard]] Result<LogLevel> parse_log_level(std::string_view text);

struct LogField {
  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, std::integral auto number) : key(field_key), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

class Log {
 public:
  // To standard error.
  explicit Log(LogLevel level);
  // To a sink of the caller's (tests).
  Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink);

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const;

 private:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;
  std::shared_ptr<spdlog::logger> logger_;
};

// "event=listening address=127.0.0.1:5300": what follows time and level.
[[nodiscard]] std::string log_line(std::string_view event, std::initializer_list<LogField> fields);

}  // namespace dnsd::util
