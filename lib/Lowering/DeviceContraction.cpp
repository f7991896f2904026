//===- DeviceContraction.cpp - Contractions by blocks of threads ----------===//
#include "ContractionShape.h"
#include "DeviceKernels.h"
#include "DeviceProduct.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using Values = DeviceProduct::Values;

Value lacuna::loadForProduct(KernelBuilder &kernel, Value buffer, Value offset,
                             int64_t width, Type type, Value inside) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type stored = cast<MemRefType>(buffer.getType()).getElementType();
  Value element;
  if (width == 1)
    element = memref::LoadOp::create(b, loc, buffer, offset);
  else
    element = vector::LoadOp::create(b, loc, VectorType::get({width}, stored),
                                     buffer, offset);
  Type wide = width == 1 ? type : Type(VectorType::get({width}, type));
  if (stored != type)
    element = arith::ExtFOp::create(b, loc, wide, element);
  if (inside)
    element = arith::SelectOp::create(b, loc, inside, element,
                                      kernel.constant(wide, 0));
  return element;
}

LogicalResult lacuna::storeProduct(KernelBuilder &kernel, Value tensor,
                                   Value sums, const Position &at) {
  Type element = elementTypeOf(tensor);
  if (getElementTypeOrSelf(sums.getType()) != element) {
    Type narrow = element;
    if (auto vector = dyn_cast<VectorType>(sums.getType()))
      narrow = vector.clone(element);
    sums = arith::TruncFOp::create(kernel.builder, kernel.loc, narrow, sums);
  }
  return kernel.store(tensor, sums, at);
}

namespace {
class DeviceContraction {
public:
  DeviceContraction(KernelBuilder &kernel, Operation *op,
                    const ContractionShape &shape)
      : kernel(kernel), op(op), shape(shape),
        type(elementTypeOf(op->getResult(0)).isF64()
                 ? FloatType(kernel.builder.getF64Type())
                 : FloatType(kernel.builder.getF32Type())),
        product(kernel, type, shape.m.size, shape.n.size, shape.batchCount()) {}
  LogicalResult emit();

private:
  DeviceOperand operand(bool isLeft, Value base);
  bool hasVectors(bool isLeft, bool alongDepth) const;

  KernelBuilder &kernel;
  Operation *op;
  const ContractionShape &shape;
  FloatType type;
  DeviceProduct product;
};
} // namespace

/// Whether four elements lie side by side, and begin at multiples of four.
bool DeviceContraction::hasVectors(bool isLeft, bool alongDepth) const {
  auto stride = [&](const ContractionDim &dim) {
    return isLeft ? dim.left : dim.right;
  };
  const ContractionDim &line = isLeft ? shape.m : shape.n;
  const ContractionDim &fast = alongDepth ? shape.k : line;
  const ContractionDim &slow = alongDepth ? line : shape.k;
  return stride(fast) == 1 && fast.size % 4 == 0 && stride(slow) % 4 == 0 &&
         llvm::all_of(shape.batch, [&](const ContractionDim &dim) {
           return stride(dim) % 4 == 0;
         });
}

DeviceOperand DeviceContraction::operand(bool isLeft, Value base) {
  const ContractionDim &lines = isLeft ? shape.m : shape.n;
  int64_t lineStride = isLeft ? lines.left : lines.right;
  int64_t depthStride = isLeft ? shape.k.left : shape.k.right;
  int64_t size = lines.size, depths = shape.k.size;
  DeviceOperand operand;
  operand.lines = size;
  operand.alongDepth = depthStride == 1 || lineStride != 1;
  operand.width = hasVectors(isLeft, operand.alongDepth) ? 4 : 1;
  int64_t width = operand.width;
  int64_t lastLine = size - (operand.alongDepth ? 1 : width);
  int64_t lastDepth = depths - (operand.alongDepth ? width : 1);
  Value buffer = flatten(kernel, kernel.inputBuffer(
                                     isLeft ? shape.leftOperand
                                            : shape.rightOperand));
  auto least = [&](Value value, int64_t most) -> Value {
    return arith::MinUIOp::create(kernel.builder, kernel.loc, value,
                                  kernel.index(most));
  };
  operand.prepare = [=, this](Value line) {
    Value offset = kernel.mul(least(line, lastLine), lineStride);
    return Values{kernel.add(base, offset)};
  };
  operand.load = [=, this](const Values &line, Value step, Value depth) {
    Value k = kernel.add(kernel.mul(step, product.depth()), depth);
    Value inside;
    if (depths % product.depth() != 0) {
      inside = kernel.less(k, kernel.index(depths));
      k = least(k, lastDepth);
    }
    Value offset = kernel.add(line[0], kernel.mul(k, depthStride));
    return loadForProduct(kernel, buffer, offset, width, type, inside);
  };
  return operand;
}

LogicalResult DeviceContraction::emit() {
  SmallVector<int64_t> sizes = shape.batchSizes();
  sizes.push_back(product.rowTiles());
  sizes.push_back(product.columnTiles());
  int64_t steps = llvm::divideCeil(shape.k.size, product.depth());
  return kernel.parallelLoop(sizes, 1, [&](ValueRange indices) {
    Values batch(indices.drop_back(2));
    DeviceOperand left = operand(true, shape.batchOffset(kernel, batch, true));
    DeviceOperand right =
        operand(false, shape.batchOffset(kernel, batch, false));
    auto store = [&](Value row, Value column, Value sums, int64_t width) {
      return storeProduct(
          kernel, op->getResult(0), sums,
          shape.resultPosition(kernel, batch, row, column, width));
    };
    return product.emit(indices[indices.size() - 2], indices.back(), steps,
                        left, right, store);
  });
}

LogicalResult lacuna::emitDeviceContraction(KernelBuilder &kernel,
                                            Operation *op,
                                            const ContractionShape &shape) {
  return DeviceContraction(kernel, op, shape).emit();
}
