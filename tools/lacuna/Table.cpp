//===- Table.cpp - Aligned columns of text --------------------------------===//
#include "Table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

using namespace lacuna::tool;

static bool isNumber(const std::string &cell) {
  char *end = nullptr;
  std::strtod(cell.c_str(), &end);
  return !cell.empty() && (*end == '\0' || *end == '%' || *end == ' ');
}

std::string Table::text() const {
  size_t columns = rows.front().size();
  std::vector<size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, rows.size() > 1);
  for (size_t r = 0; r < rows.size(); ++r)
    for (size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], rows[r][c].size());
      if (r > 0 && !isNumber(rows[r][c]))
        numeric[c] = false;
    }
  std::string result;
  for (const Row &row : rows) {
    std::string line;
    for (size_t c = 0; c < columns; ++c)
      line += numeric[c] ? fmt::format("{:>{}}  ", row[c], widths[c])
                         : fmt::format("{:<{}}  ", row[c], widths[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}
