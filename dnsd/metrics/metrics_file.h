// The numbers as a file that is written anew every few seconds: for node_exporter's textfile collector, for a person
// with cat. It is there whole or not at all (draft and rename), and anybody may read it. When dnsd is down it stays,
// and grows old: that is what an alert sees.
//
// On a thread of its own, which a slow disk may hold up; what cannot be written is said once, until it can be again.
// Threads: the object is one thread's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "dnsd/util/log.h"
#include "dnsd/util/thread.h"

namespace dnsd::metrics {

class MetricsFile {
 public:
  // `text` is called in the file's thread. The log outlives the object.
  MetricsFile(std::filesystem::path file, std::chrono::seconds every, std::function<std::string()> text,
              const util::Log& log);
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;
  MetricsFile(MetricsFile&&) = delete;
  MetricsFile& operator=(MetricsFile&&) = delete;
  ~MetricsFile();  // stops, but for a write that is under way

  // Writes it at once, and from then on. Throws std::system_error when there is no thread to be had.
  void start(util::OnFailure on_failure);
  // Writes no more. Throws nothing.
  void stop() noexcept;

 private:
  void run();
  void write() noexcept;
  void remove_drafts() noexcept;

  std::filesystem::path file_;
  std::chrono::seconds every_;
  std::function<std::string()> text_;
  const util::Log& log_;
  bool said_ = false;  // that it cannot be written
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dnsd::metrics
