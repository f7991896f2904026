//===- Contraction.cpp - Matrix products with packed weights --------------===//
#include "Verify.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

LogicalResult PackedContractionOp::verify() {
  if (failed(verify::rank(*this, "panels", getPanels(), 3, 3)) || // C1
      failed(verify::element(*this, "panels", getPanels(), getInput())) ||
      failed(verify::element(*this, "result", getResult(), getInput())) ||
      failed(verify::rank(*this, "input", getInput(), 1, 64))) // C2
    return failure();
  ArrayRef<int64_t> panels = sizesOf(getPanels()), input = sizesOf(getInput());
  if (!sizesAgree(input.back(), panels[1])) // C2
    return emitOpError("last size of `input` must be ")
           << panels[1] << ", got " << input.back();
  ArrayRef<int64_t> result = sizesOf(getResult());
  SmallVector<int64_t> expected(input);
  if (result.size() == input.size())
    expected.back() = result.back();
  if (failed(verify::shape(*this, "result", getResult(), expected))) // C3
    return failure();
  if (ShapedType::isDynamic(result.back()) || ShapedType::isDynamic(panels[0]) ||
      ShapedType::isDynamic(panels[2]))
    return success();
  if (panels[2] <= 0 ||
      panels[0] != int64_t(llvm::divideCeil(result.back(), panels[2]))) // C3
    return emitOpError("`panels` must be ceil(N / lanes) panels for N = ")
           << result.back() << ", got " << verify::text(panels);
  return success();
}
