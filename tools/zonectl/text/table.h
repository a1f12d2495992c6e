// Rows of cells: aligned columns under a header on a terminal, tab-separated lines without one in a pipe.
//
// Rows are written as they come, so that a list of any length takes little memory: on a terminal the first rows
// are held back until the columns' widths are known, and later rows only widen what they must. In a pipe an empty
// cell is "-", so that every line has the same fields. Ownership: the stream must outlive the table. Threads: one.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "tools/zonectl/text/terminal.h"

namespace zonectl {

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

class Table {
 public:
  Table(std::ostream& out, const Terminal& terminal, std::vector<std::string> header);
  // One cell for each column.
  void add(const std::vector<Cell>& row);
  // Writes what is held back. Call it once, after the last row.
  void finish();
  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  void write(const std::vector<Cell>& row);
  void write_piped(const std::vector<Cell>& row);
  void flush_held();

  std::ostream& out_;
  Terminal terminal_;
  std::vector<Cell> header_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<Cell>> held_;
  bool holding_ = true;
  std::size_t rows_ = 0;
};

}  // namespace zonectl
