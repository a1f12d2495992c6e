#include "dnsd/util/thread.h"

#include <exception>
#include <utility>

#include <pthread.h>

#include "dnsd/util/exception_text.h"

namespace dnsd::util {

std::thread start_thread(const std::string& name, std::function<void()> body, OnFailure on_failure) {
  std::thread thread([name, body = std::move(body), on_failure = std::move(on_failure)] {
    ::pthread_setname_np(::pthread_self(), name.c_str());
    try {
      body();
    } catch (const std::exception& exception) {
      on_failure(name.c_str(), text_of(exception));
    } catch (...) {
      on_failure(name.c_str(), "an exception of no known kind");
    }
  });
  return thread;
}

}  // namespace dnsd::util
