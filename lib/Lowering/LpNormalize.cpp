//===- LpNormalize.cpp - Loops of p-norms and local response norm ---------===//
// Both run along the channels, or any axis, with lanes wherever memory is
// contiguous (LineLoops).
//===----------------------------------------------------------------------===//
#include "Expression.h"
#include "LineLoops.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

static LogicalResult emitLpNormalize(KernelBuilder &kernel, Operation *root) {
  auto op = cast<LpNormalizeOp>(root);
  LineLoops lines = LineLoops::along(kernel, op, op.getAxis(), 4);
  LineInput input(kernel, lines, op.getInput());
  bool absolute = op.getP() == 1;
  return lines.forEach([&]() -> LogicalResult {
    FailureOr<Value> sum = lines.sum([&](const Position &at) {
      FailureOr<Value> x = input.first(at);
      if (failed(x))
        return x;
      ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
      Real element(b, *x);
      return FailureOr<Value>(
          (absolute ? abs(element) : element * element).value);
    });
    if (failed(sum))
      return failure();
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    Real norm(b, *sum);
    if (!absolute)
      norm = sqrt(norm);
    // A line of zeros is divided by 1.
    Value divisor = select(norm == 0.0, 1.0, norm).value;
    return lines.walk([&](const Position &at) -> LogicalResult {
      FailureOr<Value> x = input.again(at);
      if (failed(x))
        return failure();
      Value y = arith::DivFOp::create(kernel.builder, kernel.loc, *x,
                                      kernel.broadcast(divisor, at.lanes));
      return storeAs(kernel, op.getResult(), y, at);
    });
  });
}

namespace {
/// Squares of a line of channels stand in own memory, with zeros for the
/// channels beyond both ends; each result adds up a window of them.
class LocalResponseEmitter {
public:
  LocalResponseEmitter(KernelBuilder &kernel, LocalResponseNormOp op,
                       int64_t registers)
      : kernel(kernel), op(op),
        lines(LineLoops::along(kernel, op, channel(op), registers,
                               /*most=*/1)),
        size(op.getSize()), before((size - 1) / 2) {
    int64_t bytes = padded() * (lines.computeType().getWidth() / 8);
    // Thousands of threads of a GPU have such memory at a time.
    if (bytes <= (isOnDevice(kernel) ? 64 << 10 : mostScratchBytes))
      squares = kernel.scratch({padded()}, lines.computeType());
  }
  /// Whether the squares fit.
  bool fits() const { return bool(squares); }
  LogicalResult emit();

private:
  static constexpr int64_t mostScratchBytes = 224 << 10;
  static int64_t channel(LocalResponseNormOp op) {
    bool first = op.getLayout() == Layout::ChannelsFirst;
    return first ? 1 : shapeOf(op.getInput()).size() - 1;
  }
  int64_t padded() const {
    return (lines.length() + size - 1) * lines.width();
  }
  LogicalResult clear();
  LogicalResult emitLine();
  FailureOr<Value> energy(Value first, int64_t lanes);
  Real divisor(Real energy);

  KernelBuilder &kernel;
  LocalResponseNormOp op;
  LineLoops lines;
  int64_t size, before;
  Value squares;
};
} // namespace

/// Fills the squares with zeros; the ends stay so.
LogicalResult LocalResponseEmitter::clear() {
  Value zero = kernel.constant(lines.computeType(), 0);
  return kernel.forLoop(kernel.index(0), kernel.index(padded()), 1,
                        [&](Value i) {
                          memref::StoreOp::create(kernel.builder, kernel.loc,
                                                  zero, squares, i);
                          return success();
                        });
}

/// The sum over a window whose first square stands at `first`.
FailureOr<Value> LocalResponseEmitter::energy(Value first, int64_t lanes) {
  Type type = lines.computeType();
  if (lanes > 1)
    type = VectorType::get({lanes}, type);
  auto sum = kernel.forLoop(
      kernel.index(0), kernel.index(size), 1, kernel.constant(type, 0),
      [&](Value k, ValueRange carried) -> FailureOr<SmallVector<Value>> {
        Value at = kernel.add(first, kernel.mul(k, lines.width()));
        Value square = loadMemory(kernel, squares, at, lanes);
        return SmallVector<Value>{arith::AddFOp::create(
            kernel.builder, kernel.loc, carried[0], square)};
      });
  if (failed(sum))
    return failure();
  return sum->front();
}

/// (bias + alpha / size energy)^beta; the usual 3/4 is two square roots.
Real LocalResponseEmitter::divisor(Real energy) {
  double beta = op.getBeta().convertToDouble();
  Real base = fma(energy, op.getAlpha().convertToDouble() / double(size),
                  op.getBias().convertToDouble());
  if (beta == 0.75)
    return sqrt(base) * sqrt(sqrt(base));
  Real exponent = Real(beta).like(base);
  return {*base.builder, math::PowFOp::create(*base.builder, base.value,
                                              exponent.value)};
}

LogicalResult LocalResponseEmitter::emitLine() {
  LogicalResult squared = lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> x =
        loadAs(kernel, op.getInput(), lines.computeType(), at);
    if (failed(x))
      return failure();
    Value square = arith::MulFOp::create(kernel.builder, kernel.loc, *x, *x);
    Value place =
        kernel.add(lines.memoryOffset(), before * lines.width());
    storeMemory(kernel, square, squares, place);
    return success();
  });
  if (failed(squared))
    return failure();
  return lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> sum = energy(lines.memoryOffset(), at.lanes);
    FailureOr<Value> x =
        loadAs(kernel, op.getInput(), lines.computeType(), at);
    if (failed(sum) || failed(x))
      return failure();
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    Real result = Real(b, *x) / divisor({b, *sum});
    return storeAs(kernel, op.getResult(), result.value, at);
  });
}

LogicalResult LocalResponseEmitter::emit() {
  if (failed(clear()))
    return failure();
  return lines.forEach([&] { return emitLine(); });
}

static LogicalResult emitLocalResponseNorm(KernelBuilder &kernel,
                                           Operation *root) {
  auto op = cast<LocalResponseNormOp>(root);
  for (int64_t registers : {1, 0}) {
    LocalResponseEmitter emitter(kernel, op, registers);
    if (emitter.fits())
      return emitter.emit();
  }
  return op.emitOpError("with so many channels has no CPU lowering");
}

void lacuna::registerLpNormalizeEmitters(EmitterTable &table) {
  table.add<LpNormalizeOp>(emitLpNormalize);
  table.add<LocalResponseNormOp>(emitLocalResponseNorm);
}
