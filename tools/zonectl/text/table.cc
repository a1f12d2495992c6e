#include "tools/zonectl/text/table.h"

#include <algorithm>
#include <string_view>

namespace zonectl {
namespace {

constexpr std::size_t kHeldRows = 500;
constexpr std::size_t kGap = 2;             // columns between two cells
constexpr std::size_t kNarrowestLast = 20;  // of less the last column is not folded: it goes below
constexpr std::size_t kNarrowestLine = 8;   // in which a word or its beginning still says something
constexpr std::size_t kNarrowestFirst = 12;
constexpr std::string_view kBelow = "    ";

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    longest = std::max(longest, columns_of(word));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return longest;
}

}  // namespace

Table::Table(std::ostream& out, const Terminal& terminal, std::vector<std::string> header, TableForm form)
    : out_(out), terminal_(terminal), form_(form) {
  for (std::string& title : header) {
    widths_.push_back(columns_of(title));
    header_.push_back(Cell{std::move(title), Style::kBold});
  }
}

void Table::add(const std::vector<Cell>& row) {
  if (rows_++ == 0 && !terminal_.interactive && form_.has_header_in_pipe) {
    write_piped(header_);
  }
  if (!terminal_.interactive) {
    write_piped(row);
    return;
  }
  widen_for(row);
  if (!holding_) {
    narrow_to_terminal();
    write(row);
    return;
  }
  held_.push_back(row);
  if (held_.size() == kHeldRows) {
    flush_held();
  }
}

void Table::finish(std::string_view if_empty) {
  if (rows_ == 0 && terminal_.interactive && !if_empty.empty()) {
    out_ << if_empty << '\n';
  }
  if (rows_ == 0 && !terminal_.interactive && form_.has_header_in_pipe) {
    write_piped(header_);
  }
  if (holding_ && !held_.empty()) {
    flush_held();
  }
}

void Table::widen_for(const std::vector<Cell>& row) {
  for (std::size_t column = 0; column < row.size(); ++column) {
    const std::size_t wanted = columns_of(row[column].text);
    widths_.at(column) = std::max(widths_[column], column == 0 ? std::min(wanted, most_first_) : wanted);
  }
}

std::size_t Table::before_last() const {
  std::size_t columns = 0;
  for (std::size_t column = 0; column + 1 < widths_.size(); ++column) {
    columns += widths_[column] + kGap;
  }
  return columns;
}

// One long name in the first column is no reason to fold all other rows.
void Table::narrow_to_terminal() {
  const std::size_t wanted = before_last() + std::min(widths_.back(), kNarrowestLast);
  if (widths_.size() < 2 || wanted <= terminal_.width) {
    return;
  }
  const std::size_t excess = wanted - terminal_.width;
  const std::size_t first = widths_.front() > excess ? widths_.front() - excess : 0;
  most_first_ = std::max({first, kNarrowestFirst, columns_of(header_.front().text)});
  widths_.front() = std::min(widths_.front(), most_first_);
}

void Table::flush_held() {
  holding_ = false;
  narrow_to_terminal();
  write(header_);
  for (const std::vector<Cell>& row : held_) {
    write(row);
  }
  held_.clear();
}

void Table::write(const std::vector<Cell>& row) {
  std::size_t padding = 0;  // before the next cell
  for (std::size_t column = 0; column + 1 < row.size(); ++column) {
    const Cell& cell = row[column];
    const std::size_t taken = columns_of(cell.text);
    out_ << std::string(padding, ' ') << terminal_.styled(cell.style, cell.text);
    padding = widths_[column] + kGap;
    if (taken > widths_[column]) {  // the first one
      out_ << '\n';
    } else {
      padding -= taken;
    }
  }
  write_last(row.back(), before_last(), padding);
  out_ << '\n';
}

void Table::write_last(const Cell& cell, std::size_t offset, std::size_t padding) {
  if (cell.text.empty()) {
    return;
  }
  const std::size_t left = terminal_.width > offset ? terminal_.width - offset : 0;
  std::string text;
  if (columns_of(cell.text) <= left) {
    text = cell.text;
  } else if (form_.is_one_line && left >= kNarrowestLine) {
    text = in_one_line(cell.text, left);
  } else if (left >= kNarrowestLast && longest_word(cell.text) <= left) {
    text = wrapped(cell.text, left, std::string(offset, ' '));
  } else {
    const std::size_t width = terminal_.width > kBelow.size() ? terminal_.width - kBelow.size() : 0;
    out_ << '\n' << kBelow << terminal_.styled(cell.style, wrapped(cell.text, width, kBelow));
    return;
  }
  out_ << std::string(padding, ' ') << terminal_.styled(cell.style, text);
}

void Table::write_piped(const std::vector<Cell>& row) {
  for (std::size_t column = 0; column < row.size(); ++column) {
    out_ << (column == 0 ? "" : "\t") << (row[column].text.empty() ? "-" : row[column].text);
  }
  out_ << '\n';
}

}  // namespace zonectl
