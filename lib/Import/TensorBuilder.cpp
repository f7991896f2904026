//===- TensorBuilder.cpp - Tensor programs in a few words -----------------===//
#include "TensorBuilder.h"

using namespace mlir;
using namespace lacuna;

FailureOr<Ints> TensorBuilder::broadcastShape(ValueRange operands) {
  Ints shape;
  for (Value operand : operands) {
    ArrayRef<int64_t> other = shapeOf(operand);
    if (other.size() > shape.size())
      shape.insert(shape.begin(), other.size() - shape.size(), 1);
    size_t shift = shape.size() - other.size();
    for (auto [i, size] : llvm::enumerate(other)) {
      int64_t &mine = shape[shift + i];
      if (mine == 1)
        mine = size;
      else if (size != 1 && size != mine)
        return failure();
    }
  }
  return shape;
}

/// Reads an operand broadcast from the right to `rank` loops.
static AffineMap broadcastMap(Value operand, ArrayRef<int64_t> result,
                              MLIRContext *context) {
  ArrayRef<int64_t> shape = shapeOf(operand);
  size_t shift = result.size() - shape.size();
  SmallVector<AffineExpr> exprs;
  for (auto [i, size] : llvm::enumerate(shape))
    exprs.push_back(size == 1 && result[shift + i] != 1
                        ? getAffineConstantExpr(0, context)
                        : getAffineDimExpr(shift + i, context));
  return AffineMap::get(result.size(), 0, exprs, context);
}

Value TensorBuilder::elementwise(ValueRange operands, Type element, Body body) {
  FailureOr<Ints> common = broadcastShape(operands);
  if (failed(common)) {
    emitError(loc) << "operands do not broadcast";
    broken = true;
    return empty({}, element);
  }
  ArrayRef<int64_t> shape = *common;
  MLIRContext *context = builder.getContext();
  SmallVector<AffineMap> maps;
  for (Value operand : operands)
    maps.push_back(broadcastMap(operand, shape, context));
  maps.push_back(builder.getMultiDimIdentityMap(shape.size()));
  SmallVector<utils::IteratorType> iterators(shape.size(),
                                             utils::IteratorType::parallel);
  Value init = empty(shape, element);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), operands, init, maps, iterators,
      [&](OpBuilder &b, Location l, ValueRange args) {
        linalg::YieldOp::create(b, l, body(b, l, args.drop_back()));
      });
  return generic.getResult(0);
}

Value TensorBuilder::generate(ArrayRef<int64_t> shape, Type element,
                              Body body) {
  Value init = empty(shape, element);
  SmallVector<utils::IteratorType> iterators(shape.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), ValueRange(), init,
      builder.getMultiDimIdentityMap(shape.size()), iterators,
      [&](OpBuilder &b, Location l, ValueRange) {
        SmallVector<Value> indices;
        for (size_t dim = 0; dim < shape.size(); ++dim)
          indices.push_back(linalg::IndexOp::create(b, l, dim));
        linalg::YieldOp::create(b, l, body(b, l, indices));
      });
  return generic.getResult(0);
}

Value TensorBuilder::cast(Value operand, Type to, bool fromUnsigned,
                          bool toUnsigned) {
  Type from = elementOf(operand);
  if (from == to)
    return operand;
  return elementwise(operand, to, [&](OpBuilder &b, Location l,
                                      ValueRange args) -> Value {
    Value x = args[0];
    auto zero = [&](Type type) {
      return arith::ConstantOp::create(b, l, b.getZeroAttr(type));
    };
    if (to.isInteger(1)) {
      if (isa<FloatType>(from))
        return arith::CmpFOp::create(b, l, arith::CmpFPredicate::UNE, x,
                                     zero(from));
      return arith::CmpIOp::create(b, l, arith::CmpIPredicate::ne, x,
                                   zero(from));
    }
    bool positive = fromUnsigned || from.isInteger(1);
    unsigned fromBits = from.getIntOrFloatBitWidth();
    unsigned toBits = to.getIntOrFloatBitWidth();
    if (isa<FloatType>(from) && isa<FloatType>(to)) {
      if (fromBits == toBits) { // f16 and bf16
        Value wide = arith::ExtFOp::create(b, l, b.getF32Type(), x);
        return arith::TruncFOp::create(b, l, to, wide);
      }
      if (toBits > fromBits)
        return arith::ExtFOp::create(b, l, to, x);
      return arith::TruncFOp::create(b, l, to, x);
    }
    if (isa<FloatType>(to))
      return positive ? Value(arith::UIToFPOp::create(b, l, to, x))
                      : Value(arith::SIToFPOp::create(b, l, to, x));
    if (isa<FloatType>(from))
      return toUnsigned ? Value(arith::FPToUIOp::create(b, l, to, x))
                        : Value(arith::FPToSIOp::create(b, l, to, x));
    if (toBits < fromBits)
      return arith::TruncIOp::create(b, l, to, x);
    if (toBits == fromBits)
      return x;
    return positive ? Value(arith::ExtUIOp::create(b, l, to, x))
                    : Value(arith::ExtSIOp::create(b, l, to, x));
  });
}

Value TensorBuilder::reorder(Value operand, bool isUnsigned) {
  if (!isUnsigned)
    return operand;
  auto type = cast<IntegerType>(elementOf(operand));
  auto bit = IntegerAttr::get(type, APInt::getSignMask(type.getWidth()));
  return elementwise(
      operand, type, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        return arith::XOrIOp::create(b, l, args[0],
                                     arith::ConstantOp::create(b, l, bit));
      });
}

Value TensorBuilder::empty(ArrayRef<int64_t> shape, Type element) {
  return tensor::EmptyOp::create(builder, loc, shape, element);
}

static TypedAttr numberAttr(Builder &builder, Type type, double value) {
  if (auto floating = dyn_cast<FloatType>(type))
    return builder.getFloatAttr(floating, value);
  return builder.getIntegerAttr(type, static_cast<int64_t>(value));
}

Value TensorBuilder::splat(ArrayRef<int64_t> shape, Type element,
                           double value) {
  return constant(
      DenseElementsAttr::get(RankedTensorType::get(shape, element),
                             Attribute(numberAttr(builder, element, value))));
}

Value TensorBuilder::integers(ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({int64_t(values.size())},
                                    builder.getI64Type());
  return constant(DenseElementsAttr::get(type, values));
}

Value TensorBuilder::constant(ElementsAttr value) {
  return arith::ConstantOp::create(builder, loc, llvm::cast<TypedAttr>(value));
}

Value TensorBuilder::reshape(Value operand, ArrayRef<int64_t> shape) {
  RankedTensorType from = typeOf(operand);
  auto to = RankedTensorType::get(shape, from.getElementType());
  if (from == to)
    return operand;
  auto groups = getReassociationIndicesForReshape(from, to);
  if (groups && from.getRank() != to.getRank()) {
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, operand,
                                             *groups);
    return tensor::ExpandShapeOp::create(builder, loc, to, operand, *groups);
  }
  // Through one dimension.
  auto flat = RankedTensorType::get({from.getNumElements()},
                                    from.getElementType());
  auto all = [](int64_t rank) {
    SmallVector<ReassociationIndices> groups(rank > 0);
    for (int64_t i = 0; i < rank; ++i)
      groups[0].push_back(i);
    return groups;
  };
  if (from.getRank() == 0)
    operand = tensor::ExpandShapeOp::create(builder, loc, flat, operand,
                                            all(0));
  else if (from.getRank() > 1)
    operand = tensor::CollapseShapeOp::create(builder, loc, flat, operand,
                                              all(from.getRank()));
  if (to.getRank() == 1)
    return operand;
  if (to.getRank() == 0)
    return tensor::CollapseShapeOp::create(builder, loc, to, operand, all(0));
  return tensor::ExpandShapeOp::create(builder, loc, to, operand,
                                       all(to.getRank()));
}

Value TensorBuilder::transpose(Value operand, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return operand;
  Ints shape;
  for (int64_t dim : perm)
    shape.push_back(shapeOf(operand)[dim]);
  return linalg::TransposeOp::create(builder, loc, operand,
                                     empty(shape, elementOf(operand)), perm)
      ->getResult(0);
}

Value TensorBuilder::broadcast(Value operand, ArrayRef<int64_t> shape) {
  if (shapeOf(operand) == shape)
    return operand;
  Value target = empty(shape, elementOf(operand));
  SmallVector<utils::IteratorType> iterators(shape.size(),
                                             utils::IteratorType::parallel);
  SmallVector<AffineMap> maps{
      broadcastMap(operand, shape, builder.getContext()),
      builder.getMultiDimIdentityMap(shape.size())};
  return linalg::GenericOp::create(
             builder, loc, target.getType(), operand, target, maps, iterators,
             [](OpBuilder &b, Location l, ValueRange args) {
               linalg::YieldOp::create(b, l, args[0]);
             })
      .getResult(0);
}

Value TensorBuilder::slice(Value operand, ArrayRef<int64_t> starts,
                           ArrayRef<int64_t> counts, ArrayRef<int64_t> steps) {
  // A slice of nothing may not begin at the end of what it is cut from.
  if (llvm::is_contained(counts, 0))
    return splat(counts, elementOf(operand), 0);
  bool backwards = llvm::any_of(steps, [](int64_t step) { return step < 0; });
  if (!backwards) {
    SmallVector<OpFoldResult> offsets, sizes, strides;
    for (auto [start, count, step] : llvm::zip(starts, counts, steps)) {
      offsets.push_back(builder.getIndexAttr(start));
      sizes.push_back(builder.getIndexAttr(count));
      strides.push_back(builder.getIndexAttr(step));
    }
    return tensor::ExtractSliceOp::create(builder, loc, operand, offsets,
                                          sizes, strides);
  }
  return generate(counts, elementOf(operand),
                  [&](OpBuilder &b, Location l, ValueRange indices) -> Value {
                    SmallVector<Value> from;
                    for (auto [i, index] : llvm::enumerate(indices)) {
                      Value step = arith::ConstantIndexOp::create(b, l, steps[i]);
                      Value start = arith::ConstantIndexOp::create(b, l, starts[i]);
                      Value moved = arith::MulIOp::create(b, l, index, step);
                      from.push_back(arith::AddIOp::create(b, l, moved, start));
                    }
                    return tensor::ExtractOp::create(b, l, operand, from);
                  });
}

Value TensorBuilder::concat(ValueRange operands, int64_t axis) {
  SmallVector<Value> parts;
  for (Value operand : operands)
    if (shapeOf(operand)[axis] != 0)
      parts.push_back(operand);
  if (parts.empty())
    return operands.front();
  if (parts.size() == 1)
    return parts.front();
  return tensor::ConcatOp::create(builder, loc, axis, parts);
}

Value TensorBuilder::pad(Value operand, ArrayRef<int64_t> low,
                         ArrayRef<int64_t> high, Value value) {
  SmallVector<OpFoldResult> before, after;
  Ints shape;
  for (auto [i, size] : llvm::enumerate(shapeOf(operand))) {
    before.push_back(builder.getIndexAttr(low[i]));
    after.push_back(builder.getIndexAttr(high[i]));
    shape.push_back(size + low[i] + high[i]);
  }
  return tensor::PadOp::create(
      builder, loc, RankedTensorType::get(shape, elementOf(operand)), operand,
      before, after, value);
}

Value TensorBuilder::reduce(Value operand, ArrayRef<int64_t> axes, bool keep,
                            TypedAttr start, Body combiner) {
  Ints kept, withOnes;
  for (auto [dim, size] : llvm::enumerate(shapeOf(operand))) {
    bool reduced = llvm::is_contained(axes, int64_t(dim));
    if (!reduced)
      kept.push_back(size);
    withOnes.push_back(reduced ? 1 : size);
  }
  Type element = start.getType();
  Value value = arith::ConstantOp::create(builder, loc, start);
  Value init = linalg::FillOp::create(builder, loc, value,
                                      empty(kept, element))
                   .getResult(0);
  Ints sorted(axes);
  llvm::sort(sorted);
  Value result =
      linalg::ReduceOp::create(builder, loc, operand, init, sorted,
                               [&](OpBuilder &b, Location l, ValueRange args) {
                                 linalg::YieldOp::create(b, l,
                                                         combiner(b, l, args));
                               })
          .getResult(0);
  return keep ? reshape(result, withOnes) : result;
}

Value TensorBuilder::sum(Value operand, ArrayRef<int64_t> axes, bool keep) {
  Type element = elementOf(operand);
  return reduce(operand, axes, keep, numberAttr(builder, element, 0),
                [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                  if (isa<FloatType>(element))
                    return arith::AddFOp::create(b, l, args[0], args[1]);
                  return arith::AddIOp::create(b, l, args[0], args[1]);
                });
}

/// left * right, read at the loops that those of the result are.
static Value multiplyEach(TensorBuilder &build, Value left,
                          ArrayRef<int64_t> leftLoops, Value right,
                          ArrayRef<int64_t> rightLoops,
                          ArrayRef<int64_t> resultLoops) {
  Ints shape(resultLoops.size());
  auto mapOf = [&](Value operand, ArrayRef<int64_t> loops) {
    SmallVector<unsigned> dims;
    for (auto [loop, size] : llvm::zip(loops, shapeOf(operand))) {
      dims.push_back(llvm::find(resultLoops, loop) - resultLoops.begin());
      shape[dims.back()] = size;
    }
    return AffineMap::getMultiDimMapWithTargets(shape.size(), dims,
                                                build.builder.getContext());
  };
  SmallVector<AffineMap> maps{mapOf(left, leftLoops), mapOf(right, rightLoops)};
  maps.push_back(build.builder.getMultiDimIdentityMap(shape.size()));
  Value init = build.empty(shape, elementOf(left));
  SmallVector<utils::IteratorType> iterators(shape.size(),
                                             utils::IteratorType::parallel);
  auto body = [](OpBuilder &b, Location l, ValueRange x) {
    Value product = isa<FloatType>(x[0].getType())
                        ? arith::MulFOp::create(b, l, x[0], x[1]).getResult()
                        : arith::MulIOp::create(b, l, x[0], x[1]).getResult();
    linalg::YieldOp::create(b, l, product);
  };
  return linalg::GenericOp::create(build.builder, build.loc, init.getType(),
                                   ValueRange{left, right}, init, maps,
                                   iterators, body)
      .getResult(0);
}

Value TensorBuilder::contract(Value left, ArrayRef<int64_t> leftLoops,
                              Value right, ArrayRef<int64_t> rightLoops,
                              ArrayRef<int64_t> resultLoops) {
  auto isKept = [&](int64_t loop) {
    return llvm::is_contained(resultLoops, loop);
  };
  if (llvm::all_of(leftLoops, isKept) && llvm::all_of(rightLoops, isKept))
    return multiplyEach(*this, left, leftLoops, right, rightLoops, resultLoops);
  MLIRContext *context = builder.getContext();
  llvm::DenseMap<int64_t, int64_t> sizes;
  int64_t loops = 0;
  auto visit = [&](Value operand, ArrayRef<int64_t> dims) {
    for (auto [dim, loop] : llvm::enumerate(dims)) {
      sizes[loop] = shapeOf(operand)[dim];
      loops = std::max(loops, loop + 1);
    }
  };
  visit(left, leftLoops);
  visit(right, rightLoops);
  auto map = [&](ArrayRef<int64_t> dims) {
    SmallVector<AffineExpr> exprs;
    for (int64_t loop : dims)
      exprs.push_back(getAffineDimExpr(loop, context));
    return AffineMap::get(loops, 0, exprs, context);
  };
  Ints shape;
  for (int64_t loop : resultLoops)
    shape.push_back(sizes[loop]);
  Type element = elementOf(left);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  Value init =
      linalg::FillOp::create(builder, loc, zero, empty(shape, element))
          .getResult(0);
  SmallVector<Attribute> maps;
  for (ArrayRef<int64_t> dims : {leftLoops, rightLoops, resultLoops})
    maps.push_back(AffineMapAttr::get(map(dims)));
  return linalg::ContractOp::create(builder, loc, TypeRange(init.getType()),
                                    ValueRange{left, right}, ValueRange(init),
                                    builder.getArrayAttr(maps))
      ->getResult(0);
}
