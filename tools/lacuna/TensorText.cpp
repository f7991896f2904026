//===- TensorText.cpp - Tensors in messages -------------------------------===//
#include "TensorText.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace lacuna;

std::string tool::formatType(DType type, const Shape &shape) {
  std::vector<std::string> sizes;
  for (int64_t size : shape)
    sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return fmt::format("{}[{}]", dtypeName(type),
                     sizes.empty() ? "scalar"
                                   : fmt::format("{}", fmt::join(sizes, "x")));
}

std::string tool::formatWorst(const Comparison &comparison) {
  return fmt::format("[{}]: got {:.9g}, expected {:.9g}; {} of {} elements "
                     "differ, by at most {:.3g}",
                     fmt::join(comparison.worstIndex, ", "),
                     comparison.worstActual, comparison.worstExpected,
                     comparison.mismatchCount, comparison.count,
                     comparison.maxAbsolute);
}
