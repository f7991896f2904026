//===- Verify.cpp - Checks that op families share -------------------------===//
// One function a rule, so that all ops say the same of the same mistake.
//===----------------------------------------------------------------------===//
#include "Verify.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace lacuna;

std::string verify::text(ArrayRef<int64_t> shape) {
  std::string result;
  llvm::raw_string_ostream os(result);
  os << '[';
  llvm::interleaveComma(shape, os, [&](int64_t size) {
    if (ShapedType::isDynamic(size))
      os << '?';
    else
      os << size;
  });
  os << ']';
  return result;
}

LogicalResult verify::rank(Operation *op, StringRef name, Value value,
                           int64_t low, int64_t high) {
  int64_t rank = typeOf(value).getRank();
  if (rank >= low && rank <= high)
    return success();
  auto error = op->emitOpError("`") << name << "` must have rank " << low;
  if (high != low)
    error << " to " << high;
  return error << ", got " << rank;
}

LogicalResult verify::element(Operation *op, StringRef name, Value value,
                              Value model) {
  if (!value || elementOf(value) == elementOf(model))
    return success();
  return op->emitOpError("`") << name << "` must have elements of type "
                              << elementOf(model) << ", got "
                              << elementOf(value);
}

LogicalResult verify::shape(Operation *op, StringRef name, Value value,
                            ArrayRef<int64_t> expected) {
  if (!value || shapesAgree(sizesOf(value), expected))
    return success();
  return op->emitOpError("`") << name << "` must have shape " << text(expected)
                              << ", got " << text(sizesOf(value));
}

FailureOr<int64_t> verify::axis(Operation *op, int64_t axis, Value value,
                                StringRef name) {
  int64_t rank = typeOf(value).getRank();
  if (std::optional<int64_t> front = axisFromFront(axis, rank))
    return *front;
  return op->emitOpError("`") << name << "` must be a dimension of a rank "
                              << rank << " tensor, got " << axis;
}

LogicalResult verify::positive(Operation *op, StringRef name,
                               const APFloat &value, bool zeroAllowed) {
  bool fits = value.isFinite() &&
              (value.isZero() ? zeroAllowed : !value.isNegative());
  if (fits)
    return success();
  SmallString<16> number;
  value.toString(number);
  return op->emitOpError("`")
         << name << "` must be finite and "
         << (zeroAllowed ? "not negative" : "positive") << ", got " << number;
}

LogicalResult verify::range(Operation *op, StringRef name, int64_t value,
                            int64_t low, int64_t high) {
  if (value >= low && value <= high)
    return success();
  return op->emitOpError("`")
         << name << "` must be " << low << " to " << high << ", got " << value;
}

LogicalResult verify::divides(Operation *op, StringRef name, int64_t divisor,
                              StringRef what, int64_t size) {
  if (divisor > 0 && (ShapedType::isDynamic(size) || size % divisor == 0))
    return success();
  auto error = op->emitOpError("`") << name << "` must be positive and divide "
                                    << what;
  if (!ShapedType::isDynamic(size))
    error << " (" << size << ")";
  return error << ", got " << divisor;
}
