#include "tools/zonectl/bulk/csv.h"

#include <utility>

#include "zonestore/base/file_text.h"

namespace zonectl {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(zonestore::without_byte_order_mark(text)) {}

  Csv read() {
    while (!text_.empty()) {
      read_row();
    }
    for (const CsvRow& row : csv_.rows) {
      const std::size_t expected = csv_.rows.front().fields.size();
      if (row.fields.size() != expected) {
        csv_.faults.push_back({row.line, std::to_string(row.fields.size()) + " fields, but the header has " +
                                             std::to_string(expected)});
      }
    }
    return std::move(csv_);
  }

 private:
  void read_row() {
    row_ = CsvRow{line_, {}};
    while (read_field()) {
    }
    if (row_.fields.size() > 1 || !row_.fields.front().empty()) {
      csv_.rows.push_back(std::move(row_));
    }
  }

  // False: the row ends behind it.
  bool read_field() {
    std::string field;
    if (text_.starts_with('"')) {
      read_quoted(field);
    } else {
      read_bare(field);
    }
    row_.fields.push_back(std::move(field));
    if (text_.starts_with(',')) {
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

  [[nodiscard]] bool at_end_of_field() const {
    return text_.empty() || text_.front() == ',' || text_.front() == '\n' || text_.starts_with("\r\n");
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
  std::size_t line_ = 1;
  CsvRow row_;
  Csv csv_;
};

}  // namespace

Csv parse_csv(std::string_view text) {
  return Reader(text).read();
}

}  // namespace zonectl
