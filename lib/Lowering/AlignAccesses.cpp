//===- AlignAccesses.cpp - What vectors' addresses are multiples of -------===//
// Devices read 16 bytes at once only where they know that the address allows
// it. An index is a multiple of what its arithmetic says.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

/// Buffers begin at multiples of so many bytes.
static constexpr int64_t bufferAlignment = 64;

/// A number that divides `index`; 0 for a constant 0.
static int64_t divisorOf(Value index) {
  APInt constant;
  if (matchPattern(index, m_ConstantInt(&constant)))
    return std::abs(constant.getSExtValue());
  if (auto argument = dyn_cast<BlockArgument>(index)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || argument != loop.getInductionVar())
      return 1;
    return std::gcd(divisorOf(loop.getLowerBound()),
                    divisorOf(loop.getStep()));
  }
  Operation *op = index.getDefiningOp();
  if (isa<arith::AddIOp, arith::SubIOp, arith::MinUIOp, arith::MinSIOp,
          arith::MaxUIOp, arith::MaxSIOp>(op))
    return std::gcd(divisorOf(op->getOperand(0)), divisorOf(op->getOperand(1)));
  if (auto choice = dyn_cast<arith::SelectOp>(op))
    return std::gcd(divisorOf(choice.getTrueValue()),
                    divisorOf(choice.getFalseValue()));
  if (isa<arith::MulIOp>(op)) {
    int64_t left = divisorOf(op->getOperand(0));
    int64_t right = divisorOf(op->getOperand(1));
    int64_t product;
    // A product too large to tell is a multiple of either.
    return llvm::MulOverflow(left, right, product) ? left : product;
  }
  return 1;
}

/// The largest power of two that divides the address of `buffer` at `indices`.
static int64_t alignmentOf(Value buffer, ValueRange indices) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return 1;
  int64_t element = type.getElementType().isIndex()
                        ? 8
                        : llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  int64_t bytes = std::gcd(bufferAlignment, offset * element);
  for (auto [index, stride] : llvm::zip(indices, strides)) {
    if (ShapedType::isDynamic(stride))
      return element;
    bytes = std::gcd(bytes, divisorOf(index) * stride * element);
  }
  return bytes & -bytes;
}

/// Whether `buffer` is one whose beginning is aligned.
static bool isAligned(Value buffer) {
  if (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>())
    buffer = cast.getSource(); // the offset is part of the type
  return isa<BlockArgument>(buffer) || buffer.getDefiningOp<memref::AllocaOp>();
}

void lacuna::alignAccesses(func::FuncOp kernel) {
  kernel.walk([](vector::LoadOp load) {
    if (isAligned(load.getBase()))
      load.setAlignment(alignmentOf(load.getBase(), load.getIndices()));
  });
  kernel.walk([](vector::StoreOp store) {
    if (isAligned(store.getBase()))
      store.setAlignment(alignmentOf(store.getBase(), store.getIndices()));
  });
}
