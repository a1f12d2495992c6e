#include "tools/zonectl/text/table.h"

#include <algorithm>

namespace zonectl {
namespace {

constexpr std::size_t kHeldRows = 500;
constexpr std::size_t kGap = 2;                // columns between two cells
constexpr std::size_t kNarrowestWrapped = 20;  // a last column below this is left to the terminal

}  // namespace

Table::Table(std::ostream& out, const Terminal& terminal, std::vector<std::string> header)
    : out_(out), terminal_(terminal) {
  for (std::string& title : header) {
    widths_.push_back(title.size());
    header_.push_back(Cell{std::move(title), Style::kBold});
  }
}

void Table::add(const std::vector<Cell>& row) {
  ++rows_;
  if (!terminal_.interactive) {
    write_piped(row);
    return;
  }
  for (std::size_t column = 0; column < row.size(); ++column) {
    widths_.at(column) = std::max(widths_.at(column), row[column].text.size());
  }
  if (!holding_) {
    write(row);
    return;
  }
  held_.push_back(row);
  if (held_.size() == kHeldRows) {
    flush_held();
  }
}

void Table::finish() {
  if (holding_ && !held_.empty()) {
    flush_held();
  }
}

void Table::flush_held() {
  holding_ = false;
  write(header_);
  for (const std::vector<Cell>& row : held_) {
    write(row);
  }
  held_.clear();
}

void Table::write(const std::vector<Cell>& row) {
  std::size_t offset = 0;
  for (std::size_t column = 0; column < row.size(); ++column) {
    const Cell& cell = row[column];
    if (column + 1 == row.size()) {
      const std::size_t left = terminal_.width > offset ? terminal_.width - offset : 0;
      const std::string indent(offset, ' ');
      out_ << terminal_.styled(cell.style, left < kNarrowestWrapped ? cell.text : wrapped(cell.text, left, indent));
      break;
    }
    out_ << terminal_.styled(cell.style, cell.text) << std::string(widths_[column] + kGap - cell.text.size(), ' ');
    offset += widths_[column] + kGap;
  }
  out_ << '\n';
}

void Table::write_piped(const std::vector<Cell>& row) {
  for (std::size_t column = 0; column < row.size(); ++column) {
    out_ << (column == 0 ? "" : "\t") << (row[column].text.empty() ? "-" : row[column].text);
  }
  out_ << '\n';
}

}  // namespace zonectl
