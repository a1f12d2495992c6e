// A stream that takes everything and keeps nothing, and is always good: where --quiet sends what is no error.
#pragma once

#include <ostream>
#include <streambuf>

namespace zonectl {

class Silence : public std::ostream {
 public:
  Silence() : std::ostream(nullptr) { rdbuf(&buffer_); }

 private:
  class Buffer : public std::streambuf {
   protected:
    int_type overflow(int_type character) override { return traits_type::not_eof(character); }
    std::streamsize xsputn(const char* /*text*/, std::streamsize count) override { return count; }
  };
  Buffer buffer_;
};

}  // namespace zonectl
