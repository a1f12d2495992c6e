#include "tools/zonectl/text/progress.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <utility>

namespace zonectl {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTerminalPeriod{100};
constexpr milliseconds kPipePeriod{5'000};
constexpr std::size_t kMostBarWidth = 30;
constexpr std::size_t kLeastBarWidth = 8;
constexpr std::string_view kToStartOfLineAndClear = "\r\x1b[K";

// "1 h 02 min", "3 min 20 s", "12 s"
std::string short_time(std::chrono::seconds time) {
  const auto seconds = time.count();
  std::ostringstream text;
  text << std::setfill('0');
  if (seconds >= 3600) {
    text << seconds / 3600 << " h " << std::setw(2) << seconds / 60 % 60 << " min";
  } else if (seconds >= 60) {
    text << seconds / 60 << " min " << std::setw(2) << seconds % 60 << " s";
  } else {
    text << seconds << " s";
  }
  return text.str();
}

}  // namespace

Progress::Progress(std::ostream& out, const Terminal& terminal, std::string what, std::size_t total, Time began)
    : out_(out),
      terminal_(terminal),
      what_(std::move(what)),
      total_(total),
      began_(began),
      next_(began + (terminal.interactive ? kTerminalPeriod : kPipePeriod)) {}

void Progress::show(std::size_t made, std::size_t troubled, Time now) {
  if (now < next_) {
    return;
  }
  const std::string text = numbers(made, troubled, now);
  if (!terminal_.interactive) {
    next_ = now + kPipePeriod;
    out_ << text << '\n' << std::flush;
    return;
  }
  next_ = now + kTerminalPeriod;
  drawn_ = true;
  const std::size_t used = text.size() + 4;  // brackets, a space, and the last column, which stays free
  const std::size_t width = terminal_.width > used ? std::min(terminal_.width - used, kMostBarWidth) : 0;
  out_ << kToStartOfLineAndClear;
  if (width >= kLeastBarWidth) {
    out_ << '[' << bar(made, width) << "] ";
  }
  out_ << text.substr(0, terminal_.width > 1 ? terminal_.width - 1 : 0) << std::flush;
}

void Progress::finish() {
  if (drawn_) {
    out_ << kToStartOfLineAndClear << std::flush;
  }
  drawn_ = false;
}

std::string Progress::numbers(std::size_t made, std::size_t troubled, Time now) const {
  std::ostringstream text;
  text << what_ << ' ' << made << '/' << total_;
  if (troubled > 0) {
    text << ", " << troubled << " not done";
  }
  const std::chrono::duration<double> passed = now - began_;
  if (made > 0 && passed.count() > 0) {
    const double rate = static_cast<double>(made) / passed.count();
    const auto left = std::chrono::seconds(std::llround(static_cast<double>(total_ - made) / rate));
    text << ", " << std::fixed << std::setprecision(rate < 10 ? 1 : 0) << rate << "/s, " << short_time(left)
         << " left";
  }
  return text.str();
}

std::string Progress::bar(std::size_t made, std::size_t width) const {
  const std::size_t filled = total_ == 0 ? width : width * made / total_;
  return std::string(filled, '#') + std::string(width - filled, '.');
}

}  // namespace zonectl
