// A clock that is elsewhere, for drills alone: preloaded (LD_PRELOAD) into a zonectl, it answers clock_gettime and
// its kin so many seconds later than the system, and adjtimex that the clock is, or is not, synchronised. zonectl
// itself takes no time from its environment.
//
//   DRILL_CLOCK_AHEAD_S      all clocks: time that has passed
//   DRILL_CLOCK_WALL_S       beside it, the wall clock alone: one that was set wrong
//   DRILL_CLOCK_SYNCHRONISED 1 or 0; unset: as the system says
#include <cstdlib>
#include <ctime>

#include <dlfcn.h>
#include <sys/time.h>
#include <sys/timex.h>

namespace {

long of_environment(const char* name) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::atol(text) : 0;
}

// Read before main: zonectl forgets its environment.
const long ahead_s = of_environment("DRILL_CLOCK_AHEAD_S");
const long wall_s = of_environment("DRILL_CLOCK_WALL_S");
const bool says_synchronised = std::getenv("DRILL_CLOCK_SYNCHRONISED") != nullptr;
const bool is_synchronised = of_environment("DRILL_CLOCK_SYNCHRONISED") != 0;

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_wall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

bool is_of_a_thread(clockid_t clock) {
  return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

int tell_synchronised(struct timex* out, int state) {
  if (!says_synchronised || state < 0) {
    return state;
  }
  out->status = is_synchronised ? out->status & ~STA_UNSYNC : out->status | STA_UNSYNC;
  out->maxerror = is_synchronised ? 1000 : out->maxerror;
  return is_synchronised ? TIME_OK : TIME_ERROR;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, struct timespec* out) noexcept {
  static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, out);
  // Monotonic time is what waits go by, in one process: it is left.
  if (result == 0 && !is_of_a_thread(clock) && clock != CLOCK_MONOTONIC) {
    out->tv_sec += ahead_s + (is_wall(clock) ? wall_s : 0);
  }
  return result;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) {
    *out = now.tv_sec;
  }
  return now.tv_sec;
}

int gettimeofday(struct timeval* out, void* /*zone*/) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

int adjtimex(struct timex* out) noexcept {
  static auto* const real = next<int(struct timex*)>("adjtimex");
  return tell_synchronised(out, real(out));
}

int clock_adjtime(clockid_t clock, struct timex* out) noexcept {
  static auto* const real = next<int(clockid_t, struct timex*)>("clock_adjtime");
  return tell_synchronised(out, real(clock, out));
}

int ntp_adjtime(struct timex* out) noexcept {
  return ::adjtimex(out);
}
}
