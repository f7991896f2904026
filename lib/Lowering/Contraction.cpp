//===- Contraction.cpp - Register-tiled matrix products -------------------===//
// Goto's loop order: a task owns a block of the result; over blocks of k it
// packs panels of the right operand (16 lanes wide) and multiplies them with
// tiles of a few rows whose sums stay in registers.
//===----------------------------------------------------------------------===//
#include "ContractionShape.h"
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "RegisterTile.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Block sizes, in elements.
struct Blocking {
  int64_t rows, columns, depth;
  int64_t rowBlocks, columnBlocks, depthBlocks;
};

class ContractionEmitter {
public:
  /// `packed`: the right operand lies in panels already.
  ContractionEmitter(KernelBuilder &kernel, Operation *op,
                     ContractionShape shape, bool packed)
      : kernel(kernel), op(op), shape(std::move(shape)), packed(packed),
        tile(RegisterTile::forTarget(kernel.target, accumulatorType())) {}
  LogicalResult emit();

private:
  Type accumulatorType() const {
    Type type = elementTypeOf(op->getResult(0));
    return type.isF64() ? type : Type(Float32Type::get(op->getContext()));
  }
  Blocking chooseBlocks() const;
  LogicalResult emitBlock(ValueRange batch, Value rowBlock, Value columnBlock);
  LogicalResult emitDepthBlock(Value row0, Value column0, int64_t depthBlock);
  LogicalResult emitPanel(Value column, int64_t width, int64_t depthBlock,
                          Value row0);
  void packLeft(Value row0, int64_t depth0, int64_t depth);
  void packRight(Value column, int64_t width, int64_t depth0, int64_t depth);
  LogicalResult emitTile(Value row, int64_t rows, Value column, int64_t width,
                         int64_t depthBlock, Value row0);
  void placePanel(Value column, int64_t width, int64_t depthBlock);
  Value readLeft(Value row, int64_t r, Value k);
  Value widen(Value value);
  LogicalResult storeRow(Value row, Value column, int64_t width, Value sums);
  int64_t depthOf(int64_t block) const {
    return std::min(blocks.depth, shape.k.size - block * blocks.depth);
  }

  KernelBuilder &kernel;
  Operation *op;
  ContractionShape shape;
  bool packed;
  RegisterTile tile;
  Blocking blocks;
  bool packsLeft = false;
  /// `panel` holds rows of the right operand from `panelStart` on.
  Value left, right, panel, panelStart, leftBlock, partial;
  Value leftBase, rightBase;
  SmallVector<Value> batchIndices;
};
} // namespace

static int64_t roundUp(int64_t value, int64_t to) {
  return llvm::divideCeil(value, to) * to;
}

Blocking ContractionEmitter::chooseBlocks() const {
  Blocking b;
  int64_t bytes = accumulatorType().getIntOrFloatBitWidth() / 8;
  // Panels stream from the second-level cache beside the tile's sums; taking
  // all of k at once saves storing partial sums (measured on Zen 4: 768 deep
  // in one go is 6 % faster than in steps of 192).
  int64_t deepest = packed ? 1024 : 512;
  b.depthBlocks = llvm::divideCeil(shape.k.size, deepest);
  b.depth = llvm::divideCeil(shape.k.size, std::max<int64_t>(b.depthBlocks, 1));
  // A block of the left operand fills the second-level cache, but many rows
  // share each panel.
  int64_t most = kernel.target.l2Bytes / (std::max<int64_t>(b.depth, 1) * bytes);
  b.rows = std::clamp<int64_t>(most / tile.rows * tile.rows, 20 * tile.rows,
                               40 * tile.rows);
  int64_t wanted = llvm::divideCeil(shape.m.size, b.rows);
  b.rows = roundUp(llvm::divideCeil(shape.m.size, wanted), tile.rows);
  b.columns = std::min(roundUp(shape.n.size, tile.lanes), 8 * tile.lanes);
  // Enough tasks for many cores, unless that makes them tiny.
  b.rowBlocks = llvm::divideCeil(shape.m.size, b.rows);
  b.columnBlocks = llvm::divideCeil(shape.n.size, b.columns);
  int64_t work = b.rows * b.columns * shape.k.size;
  while (shape.batchCount() * b.rowBlocks * b.columnBlocks < 8 &&
         work > (1 << 19) && b.columns > 2 * tile.lanes) {
    b.columns = roundUp(b.columns / 2, tile.lanes);
    b.columnBlocks = llvm::divideCeil(shape.n.size, b.columns);
    work /= 2;
  }
  return b;
}

Value ContractionEmitter::widen(Value value) {
  return widenTo(kernel, value, accumulatorType());
}

/// Copies the rows of the block into rows of contiguous f32.
void ContractionEmitter::packLeft(Value row0, int64_t depth0, int64_t depth) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value rowsLeft = arith::SubIOp::create(b, loc, kernel.index(shape.m.size), row0);
  Value rows = arith::MinUIOp::create(b, loc, rowsLeft, kernel.index(blocks.rows));
  (void)kernel.forLoop(kernel.index(0), rows, 1, [&](Value r) {
    return kernel.forLoop(kernel.index(0), kernel.index(depth), 1, [&](Value k) {
      Value offset = kernel.add(leftBase, kernel.mul(kernel.add(row0, r), shape.m.left));
      offset = kernel.add(offset, kernel.mul(kernel.add(k, depth0), shape.k.left));
      Value element = widen(memref::LoadOp::create(b, loc, left, offset));
      memref::StoreOp::create(b, loc, element, leftBlock,
                              kernel.add(kernel.mul(r, blocks.depth), k));
      return success();
    });
  });
}

/// Copies `depth` rows of one panel; lanes past the edge are zero.
void ContractionEmitter::packRight(Value column, int64_t width, int64_t depth0,
                                   int64_t depth) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto source = [&](Value k, Value lane) {
    Value offset = kernel.add(rightBase, kernel.mul(kernel.add(k, depth0), shape.k.right));
    return kernel.add(offset, kernel.mul(kernel.add(column, lane), shape.n.right));
  };
  auto target = [&](Value k, Value lane) {
    return kernel.add(kernel.mul(k, tile.lanes), lane);
  };
  if (width < tile.lanes) {
    Value zero = kernel.constant(VectorType::get({tile.lanes}, accumulatorType()), 0);
    (void)kernel.forLoop(kernel.index(0), kernel.index(depth), 1, [&](Value k) {
      vector::StoreOp::create(b, loc, zero, panel, target(k, kernel.index(0)));
      return success();
    });
  }
  if (shape.n.right == 1) {
    Type type = VectorType::get({width}, cast<MemRefType>(right.getType()).getElementType());
    (void)kernel.forLoop(kernel.index(0), kernel.index(depth), 1, [&](Value k) {
      Value row = vector::LoadOp::create(b, loc, cast<VectorType>(type), right,
                                         source(k, kernel.index(0)));
      vector::StoreOp::create(b, loc, widen(row), panel, target(k, kernel.index(0)));
      return success();
    });
    return;
  }
  // Transposed: walk k inside, where the source is contiguous.
  (void)kernel.forLoop(kernel.index(0), kernel.index(width), 1, [&](Value lane) {
    return kernel.forLoop(kernel.index(0), kernel.index(depth), 1, [&](Value k) {
      Value element = memref::LoadOp::create(b, loc, right, source(k, lane));
      memref::StoreOp::create(b, loc, widen(element), panel, target(k, lane));
      return success();
    });
  });
}

Value ContractionEmitter::readLeft(Value rowOffset, int64_t r, Value k) {
  OpBuilder &b = kernel.builder;
  if (packsLeft)
    return memref::LoadOp::create(b, kernel.loc, leftBlock,
                                  kernel.add(kernel.add(rowOffset, k), r * blocks.depth));
  Value offset = kernel.add(rowOffset, kernel.mul(k, shape.k.left));
  return memref::LoadOp::create(b, kernel.loc, left,
                                kernel.add(offset, r * shape.m.left));
}

LogicalResult ContractionEmitter::storeRow(Value row, Value column,
                                           int64_t width, Value sums) {
  OpBuilder &b = kernel.builder;
  if (width < tile.lanes)
    sums = vector::ShuffleOp::create(b, kernel.loc, sums, sums,
                                     llvm::to_vector(llvm::seq<int64_t>(0, width)));
  Type element = elementTypeOf(op->getResult(0));
  if (element != accumulatorType())
    sums = arith::TruncFOp::create(b, kernel.loc,
                                   cast<VectorType>(sums.getType()).clone(element), sums);
  Position at = shape.resultPosition(kernel, batchIndices, row, column, width);
  if (width == 1)
    sums = vector::ExtractOp::create(b, kernel.loc, sums, 0);
  return kernel.store(op->getResult(0), sums, at);
}

/// `rows` rows times one panel: the sums stay in registers over the block's
/// depth.
LogicalResult ContractionEmitter::emitTile(Value row, int64_t rows,
                                           Value column, int64_t width,
                                           int64_t depthBlock, Value row0) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t depth = depthOf(depthBlock);
  auto type = VectorType::get({tile.lanes}, accumulatorType());
  Value local = arith::SubIOp::create(b, loc, row, row0);
  Value partialRow = kernel.mul(local, blocks.columns);
  Value partialColumn = arith::RemUIOp::create(b, loc, column, kernel.index(blocks.columns));
  partialRow = kernel.add(partialRow, partialColumn);
  SmallVector<Value> sums(rows, kernel.constant(type, 0));
  Value rowOffset =
      packsLeft ? kernel.mul(local, blocks.depth)
                : kernel.add(kernel.add(leftBase, kernel.mul(row, shape.m.left)),
                             depthBlock * blocks.depth * shape.k.left);
  auto readRight = [&](Value k) -> Value {
    Value at = kernel.add(panelStart, kernel.mul(k, tile.lanes));
    auto stored = type.clone(cast<MemRefType>(panel.getType()).getElementType());
    return widen(vector::LoadOp::create(b, loc, stored, panel, at));
  };
  auto readLeftAt = [&](int64_t r, Value k) { return widen(readLeft(rowOffset, r, k)); };
  sums = emitMultiplyAdd(kernel, sums, depth, readLeftAt, readRight);
  bool last = depthBlock + 1 == blocks.depthBlocks;
  for (int64_t r = 0; r < rows; ++r) {
    Value at = kernel.add(partialRow, r * blocks.columns);
    // Added at the end: short chains of sums round less than one long one.
    if (depthBlock > 0)
      sums[r] = arith::AddFOp::create(
          b, loc, sums[r], vector::LoadOp::create(b, loc, type, partial, at));
    if (!last)
      vector::StoreOp::create(b, loc, sums[r], partial, at);
    else if (failed(storeRow(kernel.add(row, r), column, width, sums[r])))
      return failure();
  }
  return success();
}

/// Where the panel of `column` begins, packed now unless it was before.
void ContractionEmitter::placePanel(Value column, int64_t width,
                                    int64_t depthBlock) {
  int64_t depth0 = depthBlock * blocks.depth;
  if (!packed) {
    packRight(column, width, depth0, depthOf(depthBlock));
    panelStart = kernel.index(0);
    return;
  }
  // Columns are multiples of the lanes, so column k = (column / lanes) panel.
  panelStart = kernel.add(kernel.mul(column, shape.k.size), depth0 * tile.lanes);
}

LogicalResult ContractionEmitter::emitPanel(Value column, int64_t width,
                                            int64_t depthBlock, Value row0) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  placePanel(column, width, depthBlock);
  Value stop = arith::MinUIOp::create(b, loc, kernel.add(row0, blocks.rows),
                                      kernel.index(shape.m.size));
  int64_t whole = shape.m.size / tile.rows * tile.rows, rest = shape.m.size - whole;
  Value wholeStop = arith::MinUIOp::create(b, loc, stop, kernel.index(whole));
  if (whole > 0 &&
      failed(kernel.forLoop(row0, wholeStop, tile.rows, [&](Value row) {
        return emitTile(row, tile.rows, column, width, depthBlock, row0);
      })))
    return failure();
  if (rest == 0)
    return success();
  // The rows that fill no tile belong to the last block only.
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, stop,
                                       kernel.index(shape.m.size));
  auto branch = scf::IfOp::create(b, loc, isLast, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  return emitTile(kernel.index(whole), rest, column, width, depthBlock, row0);
}

LogicalResult ContractionEmitter::emitBlock(ValueRange batch, Value rowBlock,
                                            Value columnBlock) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  batchIndices.assign(batch.begin(), batch.end());
  leftBase = shape.batchOffset(kernel, batch, /*left=*/true);
  rightBase = shape.batchOffset(kernel, batch, /*left=*/false);
  Value row0 = kernel.mul(rowBlock, blocks.rows);
  Value column0 = kernel.mul(columnBlock, blocks.columns);
  Value columnStop = arith::MinUIOp::create(
      b, loc, kernel.add(column0, blocks.columns), kernel.index(shape.n.size));
  int64_t whole = shape.n.size / tile.lanes * tile.lanes;
  for (int64_t depthBlock = 0; depthBlock < blocks.depthBlocks; ++depthBlock) {
    if (packsLeft)
      packLeft(row0, depthBlock * blocks.depth, depthOf(depthBlock));
    Value wholeStop = arith::MinUIOp::create(b, loc, columnStop, kernel.index(whole));
    if (whole > 0 &&
        failed(kernel.forLoop(column0, wholeStop, tile.lanes, [&](Value column) {
          return emitPanel(column, tile.lanes, depthBlock, row0);
        })))
      return failure();
    if (whole == shape.n.size)
      continue;
    Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                         columnStop, kernel.index(shape.n.size));
    auto branch = scf::IfOp::create(b, loc, isLast, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    if (failed(emitPanel(kernel.index(whole), shape.n.size - whole, depthBlock, row0)))
      return failure();
  }
  return success();
}

LogicalResult ContractionEmitter::emit() {
  blocks = chooseBlocks();
  left = flatten(kernel, kernel.inputBuffer(shape.leftOperand));
  right = flatten(kernel, kernel.inputBuffer(shape.rightOperand));
  Type accumulator = accumulatorType();
  packsLeft = shape.k.left != 1 ||
              elementTypeOf(shape.leftOperand) != accumulator;
  panel = packed ? right
                 : kernel.scratch({blocks.depth * tile.lanes}, accumulator);
  if (packsLeft)
    leftBlock = kernel.scratch({blocks.rows * blocks.depth}, accumulator);
  if (blocks.depthBlocks > 1)
    partial = kernel.scratch({blocks.rows * blocks.columns}, accumulator);
  SmallVector<int64_t> sizes = shape.batchSizes();
  sizes.push_back(blocks.rowBlocks);
  sizes.push_back(blocks.columnBlocks);
  int64_t work = blocks.rows * blocks.columns * shape.k.size;
  return kernel.parallelLoop(
      sizes, (1 << 19) / std::max<int64_t>(work, 1), [&](ValueRange indices) {
        return emitBlock(indices.drop_back(2), indices[indices.size() - 2],
                         indices.back());
      });
}

/// A gate reads two columns for each result: element by element.
static LogicalResult emitGate(KernelBuilder &kernel) {
  return kernel.parallelLoop(
      shapeOf(kernel.yields().front()), 16,
      [&](ValueRange indices) { return kernel.storeYields(indices); });
}

static LogicalResult emitContraction(KernelBuilder &kernel, Operation *root) {
  auto op = cast<linalg::ContractOp>(root);
  if (llvm::any_of(root->getUsers(), llvm::IsaPred<tensor::ExtractSliceOp>))
    return emitGate(kernel);
  FailureOr<ContractionShape> shape =
      ContractionShape::of(op, [&](Value tensor) {
        return kernel.inputBuffer(tensor) != nullptr;
      });
  if (failed(shape))
    return emitReduction(kernel, root);
  if (isOnDevice(kernel))
    return emitDeviceContraction(kernel, op, *shape);
  return ContractionEmitter(kernel, op, std::move(*shape), false).emit();
}

static LogicalResult emitPackedContraction(KernelBuilder &kernel,
                                           Operation *root) {
  auto op = cast<PackedContractionOp>(root);
  if (!kernel.inputBuffer(op.getInput()) || !kernel.inputBuffer(op.getPanels()))
    return op.emitOpError("operands must be buffers");
  return ContractionEmitter(kernel, op, ContractionShape::of(op), true).emit();
}

void lacuna::registerContractionEmitters(EmitterTable &table) {
  table.add<linalg::ContractOp>(emitContraction);
  table.add<PackedContractionOp>(emitPackedContraction);
}
