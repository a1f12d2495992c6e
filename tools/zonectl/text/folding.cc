#include "tools/zonectl/text/folding.h"

#include <algorithm>

#include "tools/zonectl/text/printable.h"

namespace zonectl {
namespace {

constexpr std::size_t kNarrowest = 20;  // a terminal that is narrower does its own folding
constexpr std::size_t kFurtherIn = 2;
constexpr std::string_view kClearsLine = "\r\x1b[K";

// Up to the letter that ends it: "\x1b[31m".
std::size_t escape_size(std::string_view text) {
  if (!text.starts_with("\x1b[")) {
    return 0;
  }
  std::size_t size = 2;
  while (size < text.size() && (text[size] < '@' || text[size] > '~')) {
    ++size;
  }
  return std::min(size + 1, text.size());
}

std::string without_escapes(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (const std::size_t size = escape_size(text); size > 0) {
      text.remove_prefix(size);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

// The column under which a line goes on.
std::size_t hang_of(std::string_view plain, std::size_t width) {
  const std::size_t indent = std::min(plain.find_first_not_of(' '), plain.size());
  const std::size_t gap = plain.find("  ", indent);
  const std::size_t text = gap == std::string_view::npos ? gap : plain.find_first_not_of(' ', gap);
  if (text != std::string_view::npos) {
    if (const std::size_t column = columns_of(plain.substr(0, text)); column <= width / 2) {
      return column;
    }
  }
  return std::min(indent + kFurtherIn, width / 2);
}

}  // namespace

std::string folded(std::string_view line, std::size_t width) {
  const std::string plain = without_escapes(line);
  if (columns_of(plain) <= width || width < kNarrowest) {
    return std::string(line);
  }
  const std::string indent(hang_of(plain, width), ' ');
  std::string out;
  std::size_t column = 0;
  std::string spaces;  // before the next word; those where a line breaks go
  while (!line.empty()) {
    const std::size_t gap = std::min(line.find_first_not_of(' '), line.size());
    spaces = line.substr(0, gap);
    line.remove_prefix(gap);
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    const std::size_t taken = columns_of(without_escapes(word));
    if (column > indent.size() && column + spaces.size() + taken > width) {
      (out += '\n') += indent;
      column = indent.size();
    } else {
      out += spaces;
      column += spaces.size();
    }
    out += word;
    column += taken;
  }
  return out;
}

FoldingStream::FoldingStream(std::ostream& behind, std::size_t width)
    : std::ostream(static_cast<std::streambuf*>(this)), behind_(behind), width_(width) {}

FoldingStream::~FoldingStream() {
  pass_on();
}

std::streambuf::int_type FoldingStream::overflow(std::streambuf::int_type letter) {
  if (letter != std::streambuf::traits_type::eof()) {
    take(std::streambuf::traits_type::to_char_type(letter));
  }
  return behind_.good() ? std::streambuf::traits_type::not_eof(letter) : std::streambuf::traits_type::eof();
}

std::streamsize FoldingStream::xsputn(const char* text, std::streamsize size) {
  for (std::streamsize index = 0; index < size; ++index) {
    take(text[index]);
  }
  return behind_.good() ? size : 0;
}

int FoldingStream::sync() {
  is_in_parts_ = is_in_parts_ || !line_.empty();
  pass_on();
  behind_.flush();
  return behind_.good() ? 0 : -1;
}

void FoldingStream::take(char letter) {
  if (letter != '\n') {
    line_ += letter;
    if (letter == 'K' && line_.ends_with(kClearsLine)) {  // what comes now is a new one
      behind_ << line_;
      line_.clear();
      is_in_parts_ = false;
    }
    return;
  }
  pass_on();
  behind_ << '\n';
  is_in_parts_ = false;
}

void FoldingStream::pass_on() {
  const bool moves_about = is_in_parts_ || line_.find('\r') != std::string::npos;
  behind_ << (moves_about ? line_ : folded(line_, width_));
  line_.clear();
}

}  // namespace zonectl
