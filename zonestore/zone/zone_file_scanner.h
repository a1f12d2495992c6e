// The words of a zone file (RFC 1035 section 5.1): one entry at a time, with the line on which it begins.
//
//   www  IN  TXT ( "one two"   ; a comment
//                  three )              ->  line 1: www, IN, TXT, "one two", three
//
// A word keeps its quotes and escapes. Parentheses, comments and the line ends within parentheses are gone. Memory is
// bounded by the longest entry, and that by kMaxEntryBytes, behind which nothing is read. Threads: one.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace zonestore {

inline constexpr std::size_t kMaxEntryBytes = 1U
                                              << 20U;  // the longest record, every byte written as \DDD, four times

struct ZoneFileEntry {
  std::size_t line = 0;            // on which it begins, from 1
  bool begins_with_blank = false;  // the owner is that of the record before
  std::vector<std::string> words;
  std::vector<bool> is_glued;  // for each word: nothing stands between it and the one before, as in alpn="h2"
  std::string fault;           // not empty: what is wrong with its form; the words are not to be used
};

class ZoneFileScanner {
 public:
  // Skips a byte order mark, which some editors write before the text.
  explicit ZoneFileScanner(std::istream& in);

  // The next entry that has words or a fault; nullopt at the end of the file.
  [[nodiscard]] std::optional<ZoneFileEntry> next();

 private:
  void scan_entry(ZoneFileEntry& entry);
  void take(ZoneFileEntry& entry, int character);
  void take_word(ZoneFileEntry& entry, int character);
  void take_quoted(ZoneFileEntry& entry);
  void skip_comment();
  void begin_word(ZoneFileEntry& entry);
  void append(ZoneFileEntry& entry, int character);
  void append_escape(ZoneFileEntry& entry);
  int get();
  int peek() { return in_.sgetc(); }

  std::streambuf& in_;
  std::size_t line_ = 1;
  std::size_t depth_ = 0;  // of parentheses
  std::size_t entry_bytes_ = 0;
  bool is_behind_word_ = false;
  bool is_cut_mark_ = false;  // the file begins with a part of a byte order mark
  bool gave_up_ = false;
};

}  // namespace zonestore
