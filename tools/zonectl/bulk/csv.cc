#include "tools/zonectl/bulk/csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "zonestore/base/file_text.h"

namespace zonectl {
namespace {

std::string without_blanks(std::string field) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  constexpr std::string_view kBlanks = " \t";
  for (std::size_t at = field.find(kNoBreakSpace); at != std::string::npos; at = field.find(kNoBreakSpace, at)) {
    field.replace(at, kNoBreakSpace.size(), " ");
  }
  const std::size_t first = field.find_first_not_of(kBlanks);
  return first == std::string::npos ? std::string()
                                    : field.substr(first, field.find_last_not_of(kBlanks) - first + 1);
}

// Of the first row that has any text, but for what stands in quotes.
char separator_of(std::string_view text) {
  constexpr std::array<char, 3> kSeparators{',', ';', '\t'};
  std::array<std::size_t, kSeparators.size()> counts{};
  text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
  bool is_quoted = false;
  for (const char each : text) {
    is_quoted = is_quoted != (each == '"');
    if (!is_quoted && each == '\n') {
      break;
    }
    const auto* const found = std::find(kSeparators.begin(), kSeparators.end(), each);
    if (!is_quoted && found != kSeparators.end()) {
      ++counts[static_cast<std::size_t>(found - kSeparators.begin())];
    }
  }
  return kSeparators[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(zonestore::without_byte_order_mark(text)) { take_separator(); }

  Csv read() {
    while (!text_.empty()) {
      read_row();
    }
    for (CsvRow& row : csv_.rows) {
      fit(row, csv_.rows.front().fields.size());
    }
    return std::move(csv_);
  }

 private:
  // "sep=;" is how some programs say it before the header.
  void take_separator() {
    constexpr std::string_view kSays = "sep=";
    const std::size_t end = text_.find('\n');
    if (text_.starts_with(kSays) && end != std::string_view::npos && end > kSays.size() && end <= kSays.size() + 2) {
      separator_ = text_[kSays.size()];
      text_.remove_prefix(end + 1);
      ++line_;
    } else {
      separator_ = separator_of(text_);
    }
  }

  void fit(CsvRow& row, std::size_t expected) {
    const std::size_t there = row.fields.size();
    while (row.fields.size() > expected && row.fields.back().empty()) {
      row.fields.pop_back();
    }
    if (row.fields.size() > expected) {
      csv_.faults.push_back(
          {row.line, std::to_string(there) + " fields, but the header has " + std::to_string(expected)});
    } else {
      row.fields.resize(expected);
    }
  }

  void read_row() {
    row_ = CsvRow{line_, {}};
    while (read_field()) {
    }
    const bool is_empty =
        std::all_of(row_.fields.begin(), row_.fields.end(), [](const std::string& field) { return field.empty(); });
    if (!is_empty) {
      csv_.rows.push_back(std::move(row_));
    }
  }

  // False: the row ends behind it.
  bool read_field() {
    std::string field;
    skip_blanks();
    if (text_.starts_with('"')) {
      read_quoted(field);
    } else {
      read_bare(field);
    }
    row_.fields.push_back(without_blanks(std::move(field)));
    if (text_.starts_with(separator_)) {
      text_.remove_prefix(1);
      return true;
    }
    if (text_.starts_with("\r\n")) {
      text_.remove_prefix(1);
    }
    if (!text_.empty()) {
      text_.remove_prefix(1);
      ++line_;
    }
    return false;
  }

  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t') && text_.front() != separator_) {
      text_.remove_prefix(1);
    }
  }

  [[nodiscard]] bool at_end_of_field() const {
    return text_.empty() || text_.front() == separator_ || text_.front() == '\n' || text_.starts_with("\r\n");
  }

  void read_bare(std::string& field) {
    bool is_faulty = false;
    for (; !at_end_of_field(); text_.remove_prefix(1)) {
      const char byte = text_.front();
      is_faulty = is_faulty || byte == '"' || byte == '\r' || byte == '\0';
      field += byte;
    }
    if (is_faulty) {
      fault("a quote, a NUL or a carriage return inside a field that is not quoted");
    }
  }

  void read_quoted(std::string& field) {
    const std::size_t opened = line_;
    text_.remove_prefix(1);
    while (!text_.empty()) {
      if (text_.starts_with("\"\"")) {
        field += '"';
        text_.remove_prefix(2);
        continue;
      }
      const char byte = text_.front();
      text_.remove_prefix(1);
      if (byte == '"') {
        return end_quoted();
      }
      line_ += byte == '\n' ? 1 : 0;
      field += byte;
    }
    csv_.faults.push_back({opened, "a quote that never closes"});
  }

  void end_quoted() {
    skip_blanks();
    if (at_end_of_field()) {
      return;
    }
    fault("text behind a closing quote");
    while (!at_end_of_field()) {
      text_.remove_prefix(1);
    }
  }

  void fault(std::string what) { csv_.faults.push_back({line_, std::move(what)}); }

  std::string_view text_;
  char separator_ = ',';
  std::size_t line_ = 1;
  CsvRow row_;
  Csv csv_;
};

}  // namespace

Csv parse_csv(std::string_view text) {
  return CsvReader(text).read();
}

}  // namespace zonectl
