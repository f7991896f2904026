//===- ProgressBar.h - How far a long command has come ----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_PROGRESSBAR_H
#define LACUNA_TOOLS_PROGRESSBAR_H

#include <cstddef>
#include <string>

namespace lacuna::tool {

/// One line on standard error, drawn only when that is a terminal.
class ProgressBar {
public:
  explicit ProgressBar(size_t total);
  ~ProgressBar() { clear(); }

  void advance(const std::string &text);
  /// Takes the line away, so that something else can be printed.
  void clear();

private:
  size_t total, count = 0;
  bool shown;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_PROGRESSBAR_H
