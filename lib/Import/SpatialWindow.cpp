//===- SpatialWindow.cpp - Window attributes of a node --------------------===//
#include "SpatialWindow.h"

using namespace mlir;
using namespace lacuna;

FailureOr<SpatialWindow> SpatialWindow::of(NodeImporter &node,
                                           ArrayRef<int64_t> input, Ints kernel,
                                           bool ceilMode) {
  size_t rank = input.size();
  if (rank == 0 || rank > 3)
    return node.error() << "1 to 3 spatial dimensions are supported, got "
                        << rank;
  SpatialWindow w;
  w.kernel = kernel.empty() ? node.list("kernel_shape") : kernel;
  Ints declared = node.list("kernel_shape");
  if (!declared.empty() && declared != w.kernel)
    return node.error() << "`kernel_shape` differs from the filter's";
  w.strides = node.list("strides");
  w.dilations = node.list("dilations");
  Ints pads = node.list("pads");
  if (w.strides.empty())
    w.strides.assign(rank, 1);
  if (w.dilations.empty())
    w.dilations.assign(rank, 1);
  if (pads.empty())
    pads.assign(2 * rank, 0);
  if (w.kernel.size() != rank || w.strides.size() != rank ||
      w.dilations.size() != rank || pads.size() != 2 * rank)
    return node.error() << "kernel, strides, dilations and pads must match "
                        << rank << " spatial dimensions";
  w.padsBegin.assign(pads.begin(), pads.begin() + rank);
  w.padsEnd.assign(pads.begin() + rank, pads.end());
  for (size_t d = 0; d < rank; ++d)
    if (!windowOutputs(input[d], w.dim(d), false))
      return node.error() << "kernel, strides and dilations must be positive "
                             "and of sensible size";
  std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "VALID") {
    w.padsBegin.assign(rank, 0);
    w.padsEnd.assign(rank, 0);
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    for (size_t d = 0; d < rank; ++d) {
      int64_t outputs = llvm::divideCeil(input[d], w.strides[d]);
      int64_t total = std::max<int64_t>(
          (outputs - 1) * w.strides[d] + w.dilations[d] * (w.kernel[d] - 1) + 1 - input[d], 0);
      int64_t small = total / 2, large = total - small;
      w.padsBegin[d] = automatic == "SAME_UPPER" ? small : large;
      w.padsEnd[d] = automatic == "SAME_UPPER" ? large : small;
    }
  } else if (automatic != "NOTSET") {
    return node.error() << "`auto_pad` `" << automatic << "` is unknown";
  }
  return w;
}

FailureOr<Ints> SpatialWindow::outputs(NodeImporter &node,
                                       ArrayRef<int64_t> input,
                                       bool ceilMode) const {
  Ints result;
  for (size_t d = 0; d < input.size(); ++d) {
    auto size = windowOutputs(input[d], dim(d), ceilMode);
    if (!size)
      return node.error() << "impossible window";
    result.push_back(*size);
  }
  return result;
}
