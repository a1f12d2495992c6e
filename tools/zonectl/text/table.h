// Rows of cells: aligned columns under a header on a terminal, tab-separated lines in a pipe.
//
// Rows are written as they come, so that a list of any length takes little memory: on a terminal the first rows
// are held back until the columns' widths are known, and later rows only widen what they must. A terminal's lines are
// not longer than it is wide: the last column is folded in what the others leave, or goes below them where that is
// too little; a first cell that is longer than its column stands on a line of its own. In a pipe nothing is folded,
// and an empty cell is "-", so that every line has the same fields. Ownership: the stream must outlive the table.
// Threads: one.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/text/terminal.h"

namespace zonectl {

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

struct TableForm {
  bool has_header_in_pipe = false;
  // A row is a line also on a terminal: of the words in the last column those that have room, and "+3" for the
  // others.
  bool is_one_line = false;
};

class Table {
 public:
  Table(std::ostream& out, const Terminal& terminal, std::vector<std::string> header, TableForm form = {});
  // One cell for each column.
  void add(const std::vector<Cell>& row);
  // Writes what is held back; to a person, of a table without rows, that it is empty. Call it once, after the last
  // row.
  void finish(std::string_view if_empty = {});
  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  void write(const std::vector<Cell>& row);
  void write_last(const Cell& cell, std::size_t offset, std::size_t padding);
  void write_piped(const std::vector<Cell>& row);
  void flush_held();
  void widen_for(const std::vector<Cell>& row);
  void narrow_to_terminal();
  [[nodiscard]] std::size_t before_last() const;

  std::ostream& out_;
  Terminal terminal_;
  TableForm form_;
  std::vector<Cell> header_;
  std::vector<std::size_t> widths_;
  std::size_t most_first_ = static_cast<std::size_t>(-1);  // columns that the first one may take
  std::vector<std::vector<Cell>> held_;
  bool holding_ = true;
  std::size_t rows_ = 0;
};

}  // namespace zonectl
