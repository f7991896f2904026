//===- DeviceProduct.cpp - Matrix products by blocks of threads -----------===//
#include "DeviceProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using Values = DeviceProduct::Values;

/// Blocks that keep all multiprocessors of a large GPU busy.
static constexpr int64_t enoughBlocks = 200;
/// Elements between lines in shared memory beyond the tile's own, so that
/// neighbouring threads use different banks.
static constexpr int64_t padding = 4;

/// 16 threads by 16; each has 8 by 8 sums where there are tiles enough, 4 by 4
/// elsewhere.
DeviceProduct::DeviceProduct(KernelBuilder &kernel, FloatType type,
                             int64_t rows, int64_t columns, int64_t products)
    : kernel(kernel), type(type), rows(rows), columns(columns),
      group(kernel, threads) {
  int64_t large = llvm::divideCeil(rows, 128) * llvm::divideCeil(columns, 128);
  bool isLarge = type.isF32() && large * products >= enoughBlocks;
  tile = isLarge ? 128 : 64;
  stepDepth = isLarge ? 8 : 16;
  each = tile / 16;
  leftMemory = group.shared({stepDepth, tile + padding}, type);
  rightMemory = group.shared({stepDepth, tile + padding}, type);
  OpBuilder &b = kernel.builder;
  Value sixteen = kernel.index(16);
  Value row = arith::DivUIOp::create(b, kernel.loc, group.thread(), sixteen);
  Value column = arith::RemUIOp::create(b, kernel.loc, group.thread(), sixteen);
  // Columns of a thread are vectors 16 vectors apart: neighbours read
  // neighbouring banks.
  ownRow = kernel.mul(row, each);
  ownColumn = kernel.mul(column, lanes);
}

/// Vectors of the tile are dealt out to threads, neighbours in memory to
/// neighbours.
DeviceProduct::Transfer DeviceProduct::begin(const DeviceOperand &operand,
                                             Value first, Value memory) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Transfer transfer;
  transfer.operand = &operand;
  transfer.memory = memory;
  int64_t fast = operand.alongDepth ? stepDepth : tile;
  int64_t perLine = fast / operand.width;
  int64_t count = tile * stepDepth / operand.width / threads;
  for (int64_t i = 0; i < count; ++i) {
    Value number = kernel.add(group.thread(), i * threads);
    Value slow =
        arith::DivUIOp::create(b, loc, number, kernel.index(perLine));
    Value place = kernel.mul(
        arith::RemUIOp::create(b, loc, number, kernel.index(perLine)),
        operand.width);
    Value line = operand.alongDepth ? slow : place;
    transfer.lineNumbers.push_back(line);
    transfer.depths.push_back(operand.alongDepth ? place : slow);
    transfer.lines.push_back(operand.prepare(kernel.add(first, line)));
  }
  return transfer;
}

Values DeviceProduct::load(const Transfer &transfer, Value step) {
  Values vectors;
  for (auto [line, depth] : llvm::zip(transfer.lines, transfer.depths))
    vectors.push_back(transfer.operand->load(line, step, depth));
  return vectors;
}

void DeviceProduct::put(const Transfer &transfer, ValueRange vectors) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t width = transfer.operand->width;
  for (auto [vector, line, depth] :
       llvm::zip(vectors, transfer.lineNumbers, transfer.depths)) {
    if (width == 1) {
      memref::StoreOp::create(b, loc, vector, transfer.memory,
                              ValueRange{depth, line});
    } else if (!transfer.operand->alongDepth) {
      vector::StoreOp::create(b, loc, vector, transfer.memory,
                              ValueRange{depth, line})
          .setAlignment(16);
    } else {
      for (int64_t lane = 0; lane < width; ++lane) {
        Value element = vector::ExtractOp::create(b, loc, vector, lane);
        memref::StoreOp::create(b, loc, element, transfer.memory,
                                ValueRange{kernel.add(depth, lane), line});
      }
    }
  }
}

/// Adds the products of what is in shared memory.
Values DeviceProduct::multiply(ValueRange given) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values sums(given);
  auto read = [&](Value memory, int64_t depth, Value place) -> Value {
    auto load = vector::LoadOp::create(b, loc, vector(lanes), memory,
                                       ValueRange{kernel.index(depth), place});
    load.setAlignment(16);
    return load;
  };
  int64_t parts = each / lanes;
  for (int64_t depth = 0; depth < stepDepth; ++depth) {
    Values left, right;
    for (int64_t part = 0; part < parts; ++part) {
      left.push_back(read(leftMemory, depth, kernel.add(ownRow, part * lanes)));
      right.push_back(
          read(rightMemory, depth, kernel.add(ownColumn, part * 16 * lanes)));
    }
    for (int64_t row = 0; row < each; ++row) {
      Value factor = kernel.broadcast(
          vector::ExtractOp::create(b, loc, left[row / lanes], row % lanes),
          lanes);
      for (int64_t part = 0; part < parts; ++part) {
        Value &sum = sums[row * parts + part];
        sum = math::FmaOp::create(b, loc, factor, right[part], sum);
      }
    }
  }
  return sums;
}

LogicalResult DeviceProduct::storeVector(Value row, Value column, Value sums,
                                         const Store &store) {
  if (columns % lanes == 0)
    return kernel.branch(kernel.less(column, kernel.index(columns)),
                         [&] { return store(row, column, sums, lanes); });
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value own = kernel.add(column, lane);
    auto one = [&] {
      Value sum =
          vector::ExtractOp::create(kernel.builder, kernel.loc, sums, lane);
      return store(row, own, sum, 1);
    };
    if (failed(kernel.branch(kernel.less(own, kernel.index(columns)), one)))
      return failure();
  }
  return success();
}

LogicalResult DeviceProduct::storeTile(Value firstRow, Value firstColumn,
                                       ValueRange sums, const Store &store) {
  int64_t parts = each / lanes;
  for (int64_t r = 0; r < each; ++r) {
    Value row = kernel.add(kernel.add(firstRow, ownRow), r);
    auto storeRow = [&]() -> LogicalResult {
      for (int64_t part = 0; part < parts; ++part) {
        Value column = kernel.add(kernel.add(firstColumn, ownColumn),
                                  part * 16 * lanes);
        if (failed(storeVector(row, column, sums[r * parts + part], store)))
          return failure();
      }
      return success();
    };
    if (failed(kernel.branch(kernel.less(row, kernel.index(rows)), storeRow)))
      return failure();
  }
  return success();
}

LogicalResult DeviceProduct::emit(Value rowTile, Value columnTile,
                                  int64_t steps, const DeviceOperand &left,
                                  const DeviceOperand &right, Store store) {
  Value firstRow = kernel.mul(rowTile, tile);
  Value firstColumn = kernel.mul(columnTile, tile);
  Transfer leftTile = begin(left, firstRow, leftMemory);
  Transfer rightTile = begin(right, firstColumn, rightMemory);
  Values carried(each * each / lanes, kernel.constant(vector(lanes), 0));
  size_t sums = carried.size();
  Value zero = kernel.index(0);
  if (steps > 0) {
    llvm::append_range(carried, load(leftTile, zero));
    llvm::append_range(carried, load(rightTile, zero));
    auto done = kernel.forLoop(
        zero, kernel.index(steps), 1, carried,
        [&](Value step, ValueRange values) -> FailureOr<Values> {
          ValueRange brought = values.drop_front(sums);
          size_t leftCount = leftTile.lines.size();
          group.barrier();
          put(leftTile, brought.take_front(leftCount));
          put(rightTile, brought.drop_front(leftCount));
          group.barrier();
          // The last step brings itself again, for nobody.
          Value next = arith::MinUIOp::create(kernel.builder, kernel.loc,
                                              kernel.add(step, 1),
                                              kernel.index(steps - 1));
          Values following = load(leftTile, next);
          llvm::append_range(following, load(rightTile, next));
          Values result = multiply(values.take_front(sums));
          llvm::append_range(result, following);
          return result;
        });
    if (failed(done))
      return failure();
    carried.assign(done->begin(), done->begin() + sums);
  }
  return storeTile(firstRow, firstColumn, carried, store);
}
