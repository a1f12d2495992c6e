#include "dnsd/util/log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dnsd/util/line_queue.h"
#include "zonestore/base/printable.h"

namespace dnsd::util {
namespace {

constexpr std::array kLevels{LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

bool needs_quotes(std::string_view value) {
  if (value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos) {
    return true;
  }
  while (!value.empty()) {
    const std::size_t length = zonestore::visible_length(value);
    if (length == 0) {
      return true;
    }
    value.remove_prefix(length);
  }
  return false;
}

// What the quotes themselves need; the rest is for append_printable.
void append_quoted(std::string& line, std::string_view value) {
  constexpr std::string_view kEscaped = "\"\\\n";
  line += '"';
  while (!value.empty()) {
    const std::size_t plain = std::min(value.find_first_of(kEscaped), value.size());
    zonestore::append_printable(line, value.substr(0, plain));
    value.remove_prefix(plain);
    if (!value.empty()) {
      line += '\\';
      line += value.front() == '\n' ? 'n' : value.front();
      value.remove_prefix(1);
    }
  }
  line += '"';
}

void append_value(std::string& line, std::string_view value) {
  if (!needs_quotes(value)) {
    line += value;
    return;
  }
  append_quoted(line, value);
}

// Whether the journal reads that descriptor (systemd.exec(5), JOURNAL_STREAM: its device and inode).
bool is_journal(int descriptor) {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  return stream != nullptr && ::fstat(descriptor, &status) == 0 &&
         stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

// "<3>" and so on, which the journal takes off a line and keeps as its priority (sd-daemon(3)).
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& line) override {
    const std::string_view prefix = prefix_of(message.level);
    line.append(prefix.data(), prefix.data() + prefix.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }

 private:
  static std::string_view prefix_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::err:
        return "<3>";
      case spdlog::level::warn:
        return "<4>";
      case spdlog::level::info:
        return "<6>";
      default:
        return "<7>";
    }
  }
};

// The journal has the time of a line by itself.
std::unique_ptr<spdlog::pattern_formatter> make_formatter(bool for_journal) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<PriorityFlag>('*');
  formatter->set_pattern(for_journal ? "%*level=%l %v" : "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v");
  return formatter;
}

std::string formatted(spdlog::formatter& formatter, const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter.format(message, line);
  return {line.data(), line.size()};
}

// The line that stands where others are missing. Called by one thread at a time.
LineQueue::TellDropped teller(bool for_journal) {
  const std::shared_ptr<spdlog::formatter> formatter = make_formatter(for_journal);
  return [formatter](std::uint64_t dropped) {
    const std::string line =
        log_line("log_lines_dropped", {{"lines", dropped}, {"reason", "the log's reader was slow"}});
    return formatted(*formatter, spdlog::details::log_msg("dnsd", spdlog::level::warn, line));
  };
}

// The lock is held while a line is made, and never while one is written.
class QueueSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit QueueSink(LineQueue& lines) : lines_(lines) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override { lines_.append(formatted(*formatter_, message)); }
  void flush_() override {}

 private:
  LineQueue& lines_;
};

constexpr std::chrono::milliseconds kForLastWords{1000};

}  // namespace

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

Result<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level : kLevels) {
    if (text == to_text(level)) {
      return level;
    }
  }
  return fail("is not a log level: debug, info, warning or error");
}

void LogField::set(std::string_view text) noexcept {
  try {
    value.assign(text);
  } catch (const std::bad_alloc&) {
    value.assign(1, '?');  // as short as that it needs none
  }
}

void LogField::set_number(std::int64_t number) noexcept {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  set({digits.data(), end});
}

void LogField::set_number(std::uint64_t number) noexcept {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  set({digits.data(), end});
}

std::string log_line(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = "event=";
  line += event;
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field.value);
  }
  return line;
}

Log::Log(LogLevel level) : Log(level, STDERR_FILENO) {}

Log::Log(LogLevel level, int descriptor)
    : lines_(std::make_unique<LineQueue>(descriptor, LineQueue::Bounds{}, teller(is_journal(descriptor)))),
      logger_(std::make_shared<spdlog::logger>("dnsd", std::make_shared<QueueSink>(*lines_))) {
  set_up(level, is_journal(descriptor));
}

Log::Log(LogLevel level, std::shared_ptr<spdlog::sinks::sink> sink)
    : logger_(std::make_shared<spdlog::logger>("dnsd", std::move(sink))) {
  set_up(level, false);
}

void Log::set_up(LogLevel level, bool for_journal) {
  logger_->set_formatter(make_formatter(for_journal));
  logger_->set_level(to_spdlog(level));
  // Its own handler prints to standard error, where the reader may stand still.
  logger_->set_error_handler([queue = lines_.get()](const std::string&) {
    if (queue != nullptr) {
      queue->drop();
    }
  });
}

Log::~Log() {
  finish(kForLastWords);
}

void Log::start() {
  if (lines_) {
    lines_->start();
  }
}

void Log::finish(std::chrono::milliseconds at_most) const noexcept {
  if (lines_) {
    (void)lines_->finish(at_most);
  }
}

std::uint64_t Log::dropped() const {
  return lines_ ? lines_->dropped() : 0;
}

std::uint64_t Log::lines(LogLevel level) const {
  return counts_[static_cast<std::size_t>(level)].load(std::memory_order_relaxed);
}

void Log::debug(std::string_view event, std::initializer_list<LogField> fields) const {
  write(LogLevel::kDebug, event, fields);
}

void Log::info(std::string_view event, std::initializer_list<LogField> fields) const {
  write(LogLevel::kInfo, event, fields);
}

void Log::warning(std::string_view event, std::initializer_list<LogField> fields) const {
  write(LogLevel::kWarning, event, fields);
}

void Log::error(std::string_view event, std::initializer_list<LogField> fields) const {
  write(LogLevel::kError, event, fields);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const noexcept {
  try {
    if (logger_->should_log(to_spdlog(level))) {
      counts_[static_cast<std::size_t>(level)].fetch_add(1, std::memory_order_relaxed);
      logger_->log(to_spdlog(level), spdlog::string_view_t(log_line(event, fields)));
    }
  } catch (const std::exception&) {  // no memory
    if (lines_) {
      lines_->drop();
    }
  }
}

}  // namespace dnsd::util
