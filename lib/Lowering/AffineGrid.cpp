//===- AffineGrid.cpp - Loops that make sampling grids --------------------===//
#include "Expression.h"
#include "Sampling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// The coordinate of pixel `index` of `size`, from -1 to 1.
static Real coordinateOf(KernelBuilder &kernel, ImplicitLocOpBuilder &b,
                         FloatType type, Value index, int64_t size,
                         bool alignCorners) {
  Value number =
      arith::IndexCastOp::create(b, kernel.builder.getI64Type(), index);
  Real pixel(b, arith::SIToFPOp::create(b, type, number));
  if (!alignCorners)
    return (pixel * 2.0 + 1.0) / double(size) - 1.0;
  if (size == 1)
    return Real(0.0).like(pixel);
  return pixel * 2.0 / double(size - 1) - 1.0;
}

/// One place of the grid: a row of theta times the coordinates, plus its last
/// entry, for each dimension.
static LogicalResult emitPlace(KernelBuilder &kernel, AffineGridOp op,
                               ValueRange at) {
  ArrayRef<int64_t> size = op.getSize();
  int64_t dims = size.size();
  FloatType type = samplingType(kernel, op.getTheta(), op.getTheta());
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  SmallVector<Real> coordinates;
  for (int64_t dim = dims - 1; dim >= 0; --dim)
    coordinates.push_back(coordinateOf(kernel, b, type, at[1 + dim], size[dim],
                                       op.getAlignCorners()));
  for (int64_t row = 0; row < dims; ++row) {
    auto theta = [&](int64_t column) -> FailureOr<Value> {
      return kernel.load(op.getTheta(), Values{at[0], kernel.index(row),
                                               kernel.index(column)});
    };
    FailureOr<Value> offset = theta(dims);
    if (failed(offset))
      return failure();
    Real sum = convert(Real(b, *offset), type);
    for (int64_t column = 0; column < dims; ++column) {
      FailureOr<Value> factor = theta(column);
      if (failed(factor))
        return failure();
      sum = fma(convert(Real(b, *factor), type), coordinates[column], sum);
    }
    Values to(at);
    to.push_back(kernel.index(row));
    auto element = cast<FloatType>(elementTypeOf(op.getResult()));
    if (failed(kernel.store(op.getResult(), convert(sum, element).value, to)))
      return failure();
  }
  return success();
}

LogicalResult lacuna::emitAffineGrid(KernelBuilder &kernel, Operation *root) {
  auto op = cast<AffineGridOp>(root);
  SmallVector<int64_t> steps{shapeOf(op.getTheta())[0]};
  llvm::append_range(steps, op.getSize().drop_back());
  int64_t row = op.getSize().back();
  return kernel.parallelLoop(steps, 8192 / row, [&](ValueRange outer) {
    return kernel.forLoop(kernel.index(0), kernel.index(row), 1,
                          [&](Value last) {
                            Values at(outer);
                            at.push_back(last);
                            return emitPlace(kernel, op, at);
                          });
  });
}
