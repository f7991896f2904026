//===- ProgressBar.cpp - How far a long command has come ------------------===//
#include "ProgressBar.h"

#include <fmt/format.h>

#include <unistd.h>

using namespace lacuna::tool;

ProgressBar::ProgressBar(size_t total)
    : total(total), shown(total > 0 && isatty(STDERR_FILENO)) {}

void ProgressBar::advance(const std::string &text) {
  ++count;
  if (!shown)
    return;
  constexpr size_t width = 30;
  size_t filled = count * width / total;
  fmt::print(stderr, "\r\x1b[K[{:=>{}}{:>{}}] {}/{} {:.40}", "", filled, "",
             width - filled, count, total, text);
  fflush(stderr);
}

void ProgressBar::clear() {
  if (shown)
    fmt::print(stderr, "\r\x1b[K");
}
