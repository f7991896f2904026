//===- ResamplePlanes.cpp - Resizing rows and columns one after the other -===//
#include "Resampling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Blends the rows of output row `row` into `line`: `width` elements of each
/// of the input's columns, from `inner` on when a dimension lies behind.
static LogicalResult blendLine(Resampler &r, ValueRange outer, Value row,
                               Value inner, int64_t width, Value line) {
  KernelBuilder &kernel = r.kernel;
  auto blendAt = [&](Value column, int64_t lanes, Value to) -> LogicalResult {
    FailureOr<Value> value =
        r.blend(0, row, lanes, [&](Value place) -> FailureOr<Value> {
          Values indices(outer);
          indices.append({place, column});
          if (inner)
            indices.push_back(inner);
          return r.read(Position(indices, lanes, indices.size() - 1));
        });
    if (failed(value))
      return failure();
    storeLanes(kernel, *value, line, to);
    return success();
  };
  int64_t columns = r.input[r.axes[1]];
  if (!inner)
    return VectorBlocks::of(kernel.target, r.element, columns)
        .forEach(kernel, [&](Value column) {
          return blendAt(column,
                         VectorBlocks::of(kernel.target, r.element, columns)
                             .width,
                         column);
        });
  return kernel.forLoop(
      kernel.index(0), kernel.index(columns), 1, [&](Value column) {
        return blendAt(column, width, kernel.mul(column, width));
      });
}

LogicalResult lacuna::emitRowsFirst(Resampler &r) {
  KernelBuilder &kernel = r.kernel;
  bool last = r.endsInAxis();
  auto blocks = last ? VectorBlocks::single(1)
                     : VectorBlocks::of(kernel.target, r.element,
                                        r.output.back());
  int64_t columns = r.output[r.axes[1]];
  Value line = kernel.scratch({r.input[r.axes[1]] * blocks.width}, r.sum);
  SmallVector<int64_t> steps(r.output.take_front(r.axes[1]));
  steps.push_back(blocks.count);
  int64_t work = columns * blocks.width * r.taps(1);
  return kernel.parallelLoop(
      steps, 16384 / work, [&](ValueRange at) -> LogicalResult {
        ValueRange outer = at.take_front(r.axes[0]);
        Value row = at[r.axes[0]], inner;
        if (!last)
          inner = blocks.first(kernel, at.back());
        if (failed(blendLine(r, outer, row, inner, blocks.width, line)))
          return failure();
        return kernel.forLoop(
            kernel.index(0), kernel.index(columns), 1,
            [&](Value column) -> LogicalResult {
              auto read = [&](Value place) -> FailureOr<Value> {
                return loadLanes(kernel, line, kernel.mul(place, blocks.width),
                                 blocks.width);
              };
              auto value = r.blend(1, column, blocks.width, read);
              if (failed(value))
                return failure();
              Values indices(outer);
              indices.append({row, column});
              if (inner)
                indices.push_back(inner);
              return r.write(*value, Position(indices, blocks.width,
                                              indices.size() - 1));
            });
      });
}

/// Does the columns of the input rows [first, stop) into `lines`.
static LogicalResult blendColumns(Resampler &r, ValueRange outer, Value first,
                                  Value stop, Value lines) {
  KernelBuilder &kernel = r.kernel;
  OpBuilder &b = kernel.builder;
  int64_t columns = r.output.back();
  return kernel.forLoop(first, stop, 1, [&](Value row) {
    Value line = arith::SubIOp::create(b, kernel.loc, row, first);
    return kernel.forLoop(
        kernel.index(0), kernel.index(columns), 1,
        [&](Value column) -> LogicalResult {
          auto value = r.blend(1, column, 1, [&](Value place) {
            Values indices(outer);
            indices.append({row, place});
            return r.read(indices);
          });
          if (failed(value))
            return failure();
          storeLanes(kernel, *value, lines,
                     kernel.add(kernel.mul(line, columns), column));
          return success();
        });
  });
}

LogicalResult lacuna::emitColumnsFirst(Resampler &r) {
  KernelBuilder &kernel = r.kernel;
  OpBuilder &b = kernel.builder;
  int64_t rows = r.output[r.axes[0]], columns = r.output.back();
  int64_t block = std::min<int64_t>(r.op.getRowBlock(), rows);
  Value lines = kernel.scratch({int64_t(r.op.getRowSpan()) * columns}, r.sum);
  auto vectors = VectorBlocks::of(kernel.target, r.sum, columns);
  SmallVector<int64_t> steps(r.output.take_front(r.axes[0]));
  steps.push_back(llvm::divideCeil(rows, block));
  int64_t work = block * columns * r.taps(0);
  return kernel.parallelLoop(
      steps, 16384 / work, [&](ValueRange at) -> LogicalResult {
        ValueRange outer = at.drop_back();
        Value row0 = kernel.mul(at.back(), block);
        Value rowStop = arith::MinUIOp::create(
            b, kernel.loc, kernel.add(row0, block), kernel.index(rows));
        auto first = r.position(0, kernel.index(0), row0);
        auto last = r.position(0, kernel.index(r.taps(0) - 1),
                               kernel.add(rowStop, -1));
        if (failed(first) || failed(last) ||
            failed(blendColumns(r, outer, *first, kernel.add(*last, 1), lines)))
          return failure();
        return kernel.forLoop(row0, rowStop, 1, [&](Value row) {
          return vectors.forEach(kernel, [&](Value column) -> LogicalResult {
            auto value = r.blend(
                0, row, vectors.width, [&](Value place) -> FailureOr<Value> {
                  Value line =
                      arith::SubIOp::create(b, kernel.loc, place, *first);
                  return loadLanes(
                      kernel, lines,
                      kernel.add(kernel.mul(line, columns), column),
                      vectors.width);
                });
            if (failed(value))
              return failure();
            Values indices(outer);
            indices.append({row, column});
            return r.write(*value, Position(indices, vectors.width,
                                            indices.size() - 1));
          });
        });
      });
}
