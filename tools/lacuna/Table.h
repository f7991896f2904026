//===- Table.h - Aligned columns of text ------------------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TABLE_H
#define LACUNA_TOOLS_TABLE_H

#include <string>
#include <vector>

namespace lacuna::tool {

/// The first row is the heading. Columns are as wide as their widest cell;
/// those whose cells are numbers stand to the right.
class Table {
public:
  using Row = std::vector<std::string>;
  explicit Table(Row heading) : rows{std::move(heading)} {}

  void add(Row row) { rows.push_back(std::move(row)); }
  std::string text() const;

private:
  std::vector<Row> rows;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TABLE_H
