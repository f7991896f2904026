//===- TensorText.h - Tensors in messages -----------------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TENSORTEXT_H
#define LACUNA_TOOLS_TENSORTEXT_H

#include "lacuna/Runtime/Compare.h"

namespace lacuna::tool {

/// `f32[2x3]`, `i64[scalar]`; open dimensions print as `?`.
std::string formatType(DType type, const Shape &shape);
inline std::string formatType(const Tensor &tensor) {
  return formatType(tensor.dtype(), tensor.shape());
}

/// `[1, 2]: got 0.3, expected 0.5; 12 of 60 elements differ (…)`.
std::string formatWorst(const Comparison &comparison);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TENSORTEXT_H
