#include "dnsd/metrics/metrics_file.h"

#include <exception>
#include <system_error>
#include <utility>

#include "dnsd/util/exception_text.h"
#include "zonestore/base/durable_file.h"

namespace dnsd::metrics {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kForAll = 0644;

std::error_code replace(const fs::path& file, const std::string& text) {
  auto draft = zonestore::DraftFile::create(file, kForAll);
  if (!draft) {
    return draft.error();
  }
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (const auto written = draft->write({bytes, text.size()}); !written) {
    return written.error();
  }
  const auto replaced = draft->replace();
  return replaced ? std::error_code() : replaced.error();
}

}  // namespace

MetricsFile::MetricsFile(fs::path file, std::chrono::seconds every, std::function<std::string()> text,
                         const util::Log& log)
    : file_(std::move(file)), every_(every), text_(std::move(text)), log_(log) {}

MetricsFile::~MetricsFile() {
  stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void MetricsFile::start(util::OnFailure on_failure) {
  thread_ = util::start_thread(
      "metrics-file", [this] { run(); }, std::move(on_failure));
}

void MetricsFile::stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

void MetricsFile::run() {
  remove_drafts();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    write();
    lock.lock();
    changed_.wait_for(lock, every_, [this] { return stopping_; });
  }
}

// Of a dnsd that was killed while it wrote: the directory is kept, and they would pile up.
void MetricsFile::remove_drafts() noexcept {
  try {
    const std::string begin = file_.filename().string() + ".new-";
    std::error_code error;
    for (fs::directory_iterator each(zonestore::directory_of(file_), error), end; !error && each != end;
         each.increment(error)) {
      if (each->path().filename().string().starts_with(begin)) {
        std::error_code ignored;
        fs::remove(each->path(), ignored);
      }
    }
  } catch (const std::exception&) {  // the next start has another try
  }
}

void MetricsFile::write() noexcept {
  std::string why;
  try {
    const std::error_code error = replace(file_, text_());
    why = error ? error.message() : std::string();
  } catch (const std::exception& exception) {
    why = util::text_of(exception);
  }
  if (!why.empty() && !std::exchange(said_, true)) {
    log_.error("metrics_not_written", {{"file", file_.string()},
                                       {"message", why},
                                       {"hint", "queries are answered all the same; see [metrics] in dnsd.toml"}});
  } else if (why.empty() && std::exchange(said_, false)) {
    log_.info("metrics_written_again", {{"file", file_.string()}});
  }
}

}  // namespace dnsd::metrics
