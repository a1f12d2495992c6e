// A thread with a name, from which no exception comes out. Threads: any.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace dnsd::util {

// What goes wrong in a thread: which one, and why. Called in that thread; the texts are good during the call.
using OnFailure = std::function<void(const char* thread, const char* why)>;

// Runs `body` on a thread of that name (15 bytes at most, pthread_setname_np(3)); an exception goes to `on_failure`.
// Throws std::system_error when there is no thread to be had.
[[nodiscard]] std::thread start_thread(const std::string& name, std::function<void()> body, OnFailure on_failure);

}  // namespace dnsd::util
