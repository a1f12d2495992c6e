#include "dnsd/follow/directory_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dnsd::follow {
namespace {

constexpr std::uint32_t kEvents =
    IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
// These concern the directory itself, or say that events were lost.
constexpr std::uint32_t kWhole = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_Q_OVERFLOW;

}  // namespace

DirectoryWatch::DirectoryWatch(boost::asio::io_context& context, std::filesystem::path directory,
                               std::vector<std::string> files, std::function<void()> on_change)
    : inotify_(context),
      directory_(std::move(directory)),
      files_(std::move(files)),
      on_change_(std::move(on_change)) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  // None is left (fs.inotify.max_user_instances): renew() will say that nothing is watched.
  if (descriptor >= 0) {
    inotify_.assign(descriptor);
  }
}

bool DirectoryWatch::renew() {
  struct stat found {};
  if (!inotify_.is_open() || ::stat(directory_.c_str(), &found) != 0) {
    return false;
  }
  if (!waiting_) {
    wait();
  }
  // A watch follows the directory, not the path: one that was made anew there must be watched anew.
  if (watch_ >= 0 && found.st_dev == device_ && found.st_ino == inode_) {
    return true;
  }
  if (watch_ >= 0) {
    ::inotify_rm_watch(inotify_.native_handle(), watch_);
  }
  watch_ = ::inotify_add_watch(inotify_.native_handle(), directory_.c_str(), kEvents);
  device_ = found.st_dev;
  inode_ = found.st_ino;
  return watch_ >= 0;
}

void DirectoryWatch::wait() {
  inotify_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        waiting_ = false;
                        if (error) {
                          return;
                        }
                        const bool concerns_us = read_events();
                        // Before it tells: what comes out of on_change_ must not end the watch.
                        wait();
                        if (concerns_us) {
                          on_change_();
                        }
                      });
  waiting_ = true;
}

// Empties the queue. True if an event is about one of our files or about the directory itself.
bool DirectoryWatch::read_events() {
  bool concerns_us = false;
  alignas(inotify_event) std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t size = ::read(inotify_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) {
      return concerns_us;
    }
    for (std::size_t offset = 0; offset < static_cast<std::size_t>(size);) {
      const auto* const event = reinterpret_cast<const inotify_event*>(buffer.data() + offset);
      const std::string name = event->len > 0 ? std::string(event->name) : std::string();
      const bool is_ours = std::find(files_.begin(), files_.end(), name) != files_.end();
      concerns_us = concerns_us || is_ours || (event->mask & kWhole) != 0;
      // The kernel has taken the watch out by itself, as the directory is gone.
      if ((event->mask & IN_IGNORED) != 0 && event->wd == watch_) {
        watch_ = -1;
      }
      offset += sizeof(inotify_event) + event->len;
    }
  }
}

}  // namespace dnsd::follow
