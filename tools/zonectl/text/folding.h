// Lines for people that are not longer than their terminal is wide, whoever wrote them: a stream before a stream.
//
// A line that is too long is broken at spaces. What follows stands under the text that it goes on with: behind the
// first gap of two spaces or more ("  --all  what that does", "clock         what is odd with it"), else two columns
// further in than the line began. A word that is longer than a line stays whole, so that it can be copied; escape
// sequences take no room. A line that is written in parts with a flush between them, as progress is, passes as it is
// from the first flush on, until it is cleared. Ownership: the stream behind it must outlive it. Threads: one.
#pragma once

#include <cstddef>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace zonectl {

// The line, which has no line's end in it, in as many as it needs.
[[nodiscard]] std::string folded(std::string_view line, std::size_t width);

class FoldingStream : private std::streambuf, public std::ostream {
 public:
  FoldingStream(std::ostream& behind, std::size_t width);
  ~FoldingStream() override;
  FoldingStream(const FoldingStream&) = delete;
  FoldingStream& operator=(const FoldingStream&) = delete;
  FoldingStream(FoldingStream&&) = delete;
  FoldingStream& operator=(FoldingStream&&) = delete;

 private:
  std::streambuf::int_type overflow(std::streambuf::int_type letter) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;
  void take(char letter);
  void pass_on();

  std::ostream& behind_;
  std::size_t width_;
  std::string line_;  // its beginning, as far as it is there and has not been passed on
  bool is_in_parts_ = false;
};

}  // namespace zonectl
