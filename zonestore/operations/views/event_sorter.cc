#include "zonestore/operations/views/event_sorter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <queue>
#include <span>
#include <string_view>
#include <tuple>

#include <unistd.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/failure.h"

namespace zonestore {
namespace {

constexpr std::size_t kEntriesAtATime = 256;  // that are read of a run

[[noreturn]] void throw_no_room(int reason) {
  throw db::Failure(Error{ErrorCode::kIo,
                          std::string("cannot use a temporary file to sort events in: ") + std::strerror(reason),
                          "make room in the directory for temporary files, or set TMPDIR to another", std::nullopt});
}

FileDescriptor temporary_file() {
  std::error_code failure;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(failure);
  if (failure) {
    throw_no_room(failure.value());
  }
  auto file = unnamed_file(directory);
  if (!file) {
    throw_no_room(file.error().value());
  }
  return std::move(*file);
}

}  // namespace

// Goes along one run in the file.
class EventSorter::Cursor {
 public:
  Cursor(int file, std::size_t begin, std::size_t end) : file_(file), next_(begin), end_(end) { read(); }

  [[nodiscard]] const Entry& entry() const { return block_[at_]; }
  // False: that was the last.
  bool go_on() {
    if (++at_ == block_.size()) {
      read();
    }
    return at_ < block_.size();
  }

 private:
  void read() {
    at_ = 0;
    block_.resize(std::min(kEntriesAtATime, end_ - next_));
    const std::span<std::byte> bytes = std::as_writable_bytes(std::span(block_));
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t got =
          ::pread(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(next_ * sizeof(Entry) + done));
      if (got <= 0 && (got == 0 || errno != EINTR)) {
        throw_no_room(got == 0 ? EIO : errno);
      }
      done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    next_ += block_.size();
  }

  int file_;
  std::size_t next_;  // to be read
  std::size_t end_;
  std::vector<Entry> block_;
  std::size_t at_ = 0;
};

bool EventSorter::comes_before(const Entry& one, const Entry& other) {
  const auto key = [](const Entry& entry) {
    return std::tuple(entry.at_ms, std::string_view(entry.code.data(), entry.code_bytes), entry.number);
  };
  return key(one) < key(other);
}

PlannedEvent EventSorter::event_of(const Entry& entry) {
  PlannedEvent planned;
  planned.code.assign(entry.code.data(), entry.code_bytes);
  planned.event.at = WallTime(Milliseconds(entry.at_ms));
  planned.event.kind = static_cast<dkim::ForecastEvent::Kind>(entry.kind);
  if (entry.slot != 0) {
    planned.event.slot = static_cast<dkim::SlotId>(entry.slot);
  }
  planned.event.is_approximate = entry.is_approximate != 0;
  if (entry.held_back_by != 0) {
    planned.held_back_by = static_cast<Guard>(entry.held_back_by - 1);
  }
  return planned;
}

void EventSorter::add(const PlannedEvent& event) {
  Entry entry;
  entry.at_ms = event.event.at.time_since_epoch().count();
  entry.kind = static_cast<std::uint8_t>(event.event.kind);
  entry.slot = event.event.slot ? static_cast<std::uint8_t>(*event.event.slot) : std::uint8_t{0};
  entry.is_approximate = event.event.is_approximate ? 1 : 0;
  if (event.held_back_by) {
    entry.held_back_by = static_cast<std::uint8_t>(1 + static_cast<unsigned>(*event.held_back_by));
  }
  entry.code_bytes = static_cast<std::uint8_t>(std::min(event.code.size(), entry.code.size()));
  std::copy_n(event.code.begin(), entry.code_bytes, entry.code.begin());
  entry.number = added_++;
  run_.push_back(entry);
  if (run_.size() == events_of_run_) {
    write_run();
  }
}

void EventSorter::write_run() {
  std::sort(run_.begin(), run_.end(), comes_before);
  if (!file_.is_open()) {
    file_ = temporary_file();
  }
  std::span<const std::byte> bytes = std::as_bytes(std::span(run_));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      throw_no_room(errno);
    }
    bytes = bytes.subspan(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  run_ends_.push_back((run_ends_.empty() ? 0 : run_ends_.back()) + run_.size());
  run_.clear();
}

void EventSorter::visit(const std::function<bool(const PlannedEvent&)>& visitor) {
  if (!run_ends_.empty()) {
    if (!run_.empty()) {
      write_run();
    }
    merge(visitor);
    return;
  }
  std::sort(run_.begin(), run_.end(), comes_before);
  for (const Entry& entry : run_) {
    if (!visitor(event_of(entry))) {
      return;
    }
  }
}

void EventSorter::merge(const std::function<bool(const PlannedEvent&)>& visitor) {
  const auto comes_later = [](const Cursor* one, const Cursor* other) {
    return comes_before(other->entry(), one->entry());
  };
  std::vector<Cursor> cursors;
  cursors.reserve(run_ends_.size());
  std::priority_queue<Cursor*, std::vector<Cursor*>, decltype(comes_later)> heads(comes_later);
  for (std::size_t begin = 0; const std::size_t end : run_ends_) {
    heads.push(&cursors.emplace_back(file_.get(), begin, end));
    begin = end;
  }
  while (!heads.empty()) {
    Cursor* const first = heads.top();
    heads.pop();
    if (!visitor(event_of(first->entry()))) {
      return;
    }
    if (first->go_on()) {
      heads.push(first);
    }
  }
}

}  // namespace zonestore
