#include "zonestore/zone/zone_file_scanner.h"

#include <array>
#include <streambuf>
#include <utility>

namespace zonestore {
namespace {

constexpr int kEndOfText = std::char_traits<char>::eof();

bool is_blank_in_file(int character) {
  return character == ' ' || character == '\t' || character == '\r';
}

bool ends_word(int character) {
  return character == kEndOfText || character == '\n' || character == ';' || character == '(' || character == ')' ||
         character == '"' || is_blank_in_file(character);
}

void find_fault(ZoneFileEntry& entry, std::string fault) {
  if (entry.fault.empty()) {
    entry.fault = std::move(fault);
  }
}

}  // namespace

ZoneFileScanner::ZoneFileScanner(std::istream& in) : in_(*in.rdbuf()) {
  constexpr std::array<int, 3> kByteOrderMark{0xEF, 0xBB, 0xBF};
  for (std::size_t at = 0; at < kByteOrderMark.size(); ++at) {
    if (peek() != kByteOrderMark[at]) {
      is_cut_mark_ = at > 0;
      return;
    }
    get();
  }
}

std::optional<ZoneFileEntry> ZoneFileScanner::next() {
  while (!gave_up_ && (is_cut_mark_ || peek() != kEndOfText)) {
    ZoneFileEntry entry;
    entry.line = line_;
    entry.begins_with_blank = is_blank_in_file(peek());
    entry_bytes_ = 0;
    depth_ = 0;
    is_behind_word_ = false;
    if (std::exchange(is_cut_mark_, false)) {
      find_fault(entry, "a byte that no text begins with");
    }
    scan_entry(entry);
    if (!entry.words.empty() || !entry.fault.empty()) {
      return entry;
    }
  }
  return std::nullopt;
}

// Up to and with the line's end that is in no parentheses.
void ZoneFileScanner::scan_entry(ZoneFileEntry& entry) {
  for (int character = get(); character != kEndOfText; character = get()) {
    if (character == '\n' && depth_ == 0) {
      return;
    }
    take(entry, character);
    if (gave_up_) {
      return;
    }
  }
  if (depth_ > 0) {
    find_fault(entry, "the parenthesis that opens here is not closed");
  }
}

void ZoneFileScanner::take(ZoneFileEntry& entry, int character) {
  const bool is_word =
      character != '\n' && !is_blank_in_file(character) && character != ';' && character != '(' && character != ')';
  if (!is_word) {
    is_behind_word_ = false;
  }
  if (character == '\n' || is_blank_in_file(character)) {
    return;
  }
  switch (character) {
    case ';':
      return skip_comment();
    case '(':
      ++depth_;
      return;
    case ')':
      if (depth_ == 0) {
        return find_fault(entry, "a parenthesis is closed that was not opened");
      }
      --depth_;
      return;
    case '"':
      return take_quoted(entry);
    default:
      return take_word(entry, character);
  }
}

void ZoneFileScanner::take_word(ZoneFileEntry& entry, int character) {
  begin_word(entry);
  append(entry, character);
  while (!gave_up_) {
    if (character == '\\') {
      append_escape(entry);
    }
    if (ends_word(peek())) {
      return;
    }
    character = get();
    append(entry, character);
  }
}

void ZoneFileScanner::take_quoted(ZoneFileEntry& entry) {
  begin_word(entry);
  append(entry, '"');
  while (!gave_up_ && peek() != kEndOfText && peek() != '\n') {
    const int character = get();
    append(entry, character);
    if (character == '"') {
      return;
    }
    if (character == '\\') {
      append_escape(entry);
    }
  }
  find_fault(entry, "a quoted string does not end on its line");
}

void ZoneFileScanner::begin_word(ZoneFileEntry& entry) {
  entry.words.emplace_back();
  entry.is_glued.push_back(std::exchange(is_behind_word_, true));
}

void ZoneFileScanner::skip_comment() {
  while (peek() != kEndOfText && peek() != '\n') {
    get();
  }
}

// The character behind a backslash, whatever it is; never the line's end.
void ZoneFileScanner::append_escape(ZoneFileEntry& entry) {
  if (peek() == kEndOfText || peek() == '\n') {
    return find_fault(entry, "a line ends in a backslash");
  }
  append(entry, get());
}

void ZoneFileScanner::append(ZoneFileEntry& entry, int character) {
  if (character == 0) {
    find_fault(entry, "a NUL byte; write it as \\000");
  }
  if (++entry_bytes_ > kMaxEntryBytes) {
    gave_up_ = true;
    entry.fault = "an entry of more than " + std::to_string(kMaxEntryBytes) + " bytes; nothing behind it was read";
    return;
  }
  entry.words.back() += static_cast<char>(character);
}

int ZoneFileScanner::get() {
  const int character = in_.sbumpc();
  line_ += character == '\n' ? 1 : 0;
  return character;
}

}  // namespace zonestore
