// Tells when something happened to certain files of a directory (inotify), so that a commit is noticed at once.
//
// A hint and no more: the directory may be removed and made again, a kernel limit may be reached, a file system
// may not tell. Whoever needs certainty looks by itself now and then, and calls renew() when it does.
// Threads: those of its io_context.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

namespace dnsd::follow {

class DirectoryWatch {
 public:
  // `on_change` runs once for any number of events that are waiting, if one is about one of `files`.
  DirectoryWatch(boost::asio::io_context& context, std::filesystem::path directory, std::vector<std::string> files,
                 std::function<void()> on_change);

  // Watches what is at the path now, if that is not what was watched before; waits for events again, if an exception
  // came in between. True if it is watched.
  bool renew();

 private:
  void wait();
  [[nodiscard]] bool read_events();

  boost::asio::posix::stream_descriptor inotify_;
  std::filesystem::path directory_;
  std::vector<std::string> files_;
  std::function<void()> on_change_;
  bool waiting_ = false;
  int watch_ = -1;
  dev_t device_ = 0;  // of the watched directory
  ino_t inode_ = 0;
};

}  // namespace dnsd::follow
