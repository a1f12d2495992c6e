// Where the fields of record data come from and go to: words and the bytes made of them, bytes and the text made of
// them. Inside zone/ only. Threads: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "zonestore/zone/data_words.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

// The error says what was expected, as the end of a sentence, and quotes nothing of the text.
using Taken = tl::expected<void, std::string>;
[[nodiscard]] inline tl::unexpected<std::string> expected(std::string what) {
  return tl::unexpected<std::string>(std::move(what) + " is expected");
}

// Words in, bytes out.
class WordSource {
 public:
  WordSource(std::vector<DataWord> words, const Name& origin) : words_(std::move(words)), origin_(origin) {}

  [[nodiscard]] bool is_at_end() const { return at_ == words_.size(); }
  [[nodiscard]] const DataWord* peek() const { return is_at_end() ? nullptr : &words_[at_]; }
  const DataWord* next() { return is_at_end() ? nullptr : &words_[at_++]; }
  // The next word if it has no quotes: numbers, names and all else but strings. nullopt: it has, or there is none.
  std::optional<std::string_view> plain();
  // The same, as a number in decimal digits alone.
  std::optional<std::uint32_t> number(std::uint32_t most);
  std::optional<RecordType> type();  // a mnemonic, or TYPE and a number
  // All that is left, as one word. nullopt if any of it has quotes.
  std::optional<std::string> plain_rest();
  // A name, relative ones in the origin.
  [[nodiscard]] Taken name();

  // The names so far that have the origin twice (record_data.h).
  [[nodiscard]] const std::vector<Name>& repeating() const { return repeating_; }

  [[nodiscard]] Bytes& out() { return out_; }
  void put(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

 private:
  std::vector<DataWord> words_;
  std::size_t at_ = 0;
  const Name& origin_;
  std::vector<Name> repeating_;
  Bytes out_;
};

// Digits alone, at most `most`.
[[nodiscard]] std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t most);
[[nodiscard]] std::string number_up_to(std::uint32_t most);

// Bytes in, words out. What takes more than is there gives nullopt or false: the data is malformed.
class WireSource {
 public:
  WireSource(ByteView data, std::string& out) : rest_(data), out_(out) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] ByteView rest() const { return rest_; }
  std::optional<ByteView> take(std::size_t bytes);
  ByteView take_rest();
  std::optional<std::uint32_t> number(std::size_t bytes);  // 1, 2 or 4
  std::optional<ByteView> counted();                       // behind its length in one byte
  std::optional<Name> name();

  bool put(std::string_view word);  // true
  bool put_name();

 private:
  ByteView rest_;
  std::string& out_;
};

}  // namespace zonestore
