#include "zonestore/base/file_text.h"

namespace zonestore {

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

std::string not_understood(std::string_view where, std::string_view piece, std::string_view expected,
                           std::string_view why) {
  std::string message(where);
  message += where.empty() ? "" : ": ";
  message += piece.size() == 1 ? "one byte that is no " : std::to_string(piece.size()) + " bytes that are no ";
  message += expected;
  if (!why.empty()) {
    message.append(": ").append(why);
  }
  return message;
}

}  // namespace zonestore
