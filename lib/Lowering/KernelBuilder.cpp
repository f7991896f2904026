//===- KernelBuilder.cpp - Reads and writes of a kernel's tensors ---------===//
#include "lacuna/Lowering/KernelBuilder.h"

#include "DeviceGroup.h"
#include "ElementEvaluator.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

ArrayRef<int64_t> lacuna::shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

Type lacuna::elementTypeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

bool lacuna::areNeighbours(const Position &at, ArrayRef<int64_t> shape) {
  return llvm::all_of(shape.drop_front(at.laneDim + 1),
                      [](int64_t size) { return size == 1; });
}

/// Buffers hold i1 as bytes: LLVM cannot vectorise accesses to single bits.
static void widenBooleanBuffers(func::FuncOp kernel) {
  SmallVector<Type> types;
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (type && type.getElementType().isInteger(1))
      argument.setType(MemRefType::get(
          type.getShape(), IntegerType::get(kernel.getContext(), 8)));
    types.push_back(argument.getType());
  }
  kernel.setType(FunctionType::get(kernel.getContext(), types, {}));
}

KernelBuilder::KernelBuilder(func::FuncOp kernel, const CPUTarget &target)
    : builder(kernel.getContext()), loc(kernel.getLoc()), target(target),
      kernel(kernel), tensorBody(new Block) {
  Block &block = kernel.getBody().front();
  Operation *terminator = block.getTerminator();
  for (Operation &op :
       llvm::make_early_inc_range(block.without_terminator())) {
    op.moveBefore(tensorBody, tensorBody->end());
    if (auto input = dyn_cast<bufferization::ToTensorOp>(op)) {
      inputs[input.getResult()] = input.getBuffer();
    } else if (auto output =
                   dyn_cast<bufferization::MaterializeInDestinationOp>(op)) {
      yielded.push_back(output.getSource());
      outputs.push_back(output.getDest());
    } else {
      bodyOps.push_back(&op);
    }
  }
  widenBooleanBuffers(kernel);
  builder.setInsertionPoint(terminator);
}

KernelBuilder::~KernelBuilder() {
  tensorBody->dropAllReferences();
  tensorBody->clear();
  delete tensorBody;
}

void KernelBuilder::setRange(int64_t count, int64_t grain) {
  kernel->setAttr(names::count, builder.getI64IntegerAttr(count));
  kernel->setAttr(names::grain,
                  builder.getI64IntegerAttr(std::max<int64_t>(grain, 1)));
}

Value KernelBuilder::inputBuffer(Value tensor) const {
  return inputs.lookup(tensor);
}

Value KernelBuilder::outputBuffer(Value tensor) const {
  for (auto [value, buffer] : llvm::zip(yielded, outputs))
    // Nothing is fused behind a root with several results.
    if (value == tensor &&
        (yielded.size() == 1 || tensor.getDefiningOp()->getNumResults() > 1))
      return buffer;
  return {};
}

FailureOr<Value> KernelBuilder::load(Value tensor, const Position &at) {
  return ElementEvaluator(*this).evaluate(tensor, at);
}

/// Follows `tensor` at `at` to everything computed from it at one place.
static void
followConsumers(Value tensor, const Position &at,
                SmallVectorImpl<std::pair<Value, Position>> &reached) {
  for (auto &[known, position] : reached)
    if (known == tensor)
      return;
  reached.push_back({tensor, at});
  for (OpOperand &use : tensor.getUses()) {
    Operation *user = use.getOwner();
    if (auto transpose = dyn_cast<linalg::TransposeOp>(user)) {
      Position moved = at;
      for (auto [to, from] : llvm::enumerate(transpose.getPermutation())) {
        moved.indices[to] = at.indices[from];
        if (from == at.laneDim)
          moved.laneDim = to;
      }
      followConsumers(user->getResult(0), moved, reached);
    } else if (classify(user) == OpClass::Pointwise &&
               readsAtOwnIndex(user, use.getOperandNumber())) {
      for (Value result : user->getResults())
        followConsumers(result, at, reached);
    }
  }
}

LogicalResult KernelBuilder::store(Value tensor, Value element,
                                   const Position &at) {
  return store({{tensor, element}}, at);
}

LogicalResult
KernelBuilder::store(ArrayRef<std::pair<Value, Value>> elements,
                     const Position &at) {
  ElementEvaluator evaluator(*this);
  SmallVector<std::pair<Value, Position>> reached;
  for (auto [tensor, element] : elements) {
    evaluator.seed(tensor, at, element);
    followConsumers(tensor, at, reached);
  }
  for (auto [value, buffer] : llvm::zip(yielded, outputs)) {
    auto found = llvm::find_if(
        reached, [&](auto &entry) { return entry.first == value; });
    if (found == reached.end())
      continue;
    FailureOr<Value> final = evaluator.evaluate(value, found->second);
    if (failed(final) || failed(storeTo(buffer, *final, found->second)))
      return failure();
  }
  return success();
}

bool KernelBuilder::reachesYields(Value tensor) const {
  SmallVector<std::pair<Value, Position>> reached;
  Position at(SmallVector<Value>(shapeOf(tensor).size()));
  followConsumers(tensor, at, reached);
  return llvm::all_of(yielded, [&](Value value) {
    return llvm::any_of(reached,
                        [&](auto &entry) { return entry.first == value; });
  });
}

LogicalResult KernelBuilder::storeYields(const Position &at) {
  ElementEvaluator evaluator(*this);
  for (auto [value, buffer] : llvm::zip(yielded, outputs)) {
    FailureOr<Value> element = evaluator.evaluate(value, at);
    if (failed(element) || failed(storeTo(buffer, *element, at)))
      return failure();
  }
  return success();
}

LogicalResult KernelBuilder::storeTo(Value buffer, Value element,
                                     const Position &at) {
  Type stored = cast<MemRefType>(buffer.getType()).getElementType();
  Type given = getElementTypeOrSelf(element.getType());
  if (given != stored) { // i1 in a byte
    Type wide = stored;
    if (auto vector = dyn_cast<VectorType>(element.getType()))
      wide = vector.clone(stored);
    element = arith::ExtUIOp::create(builder, loc, wide, element);
  }
  if (at.lanes == 1) {
    memref::StoreOp::create(builder, loc, element, buffer, at.indices);
    return success();
  }
  element = broadcast(element, at.lanes);
  if (areNeighbours(at, cast<MemRefType>(buffer.getType()).getShape())) {
    vector::StoreOp::create(builder, loc, element, buffer, at.indices);
    return success();
  }
  for (int64_t lane = 0; lane < at.lanes; ++lane) {
    Value scalar = vector::ExtractOp::create(builder, loc, element, lane);
    SmallVector<Value> indices(at.indices);
    indices[at.laneDim] = add(indices[at.laneDim], lane);
    memref::StoreOp::create(builder, loc, scalar, buffer, indices);
  }
  return success();
}

Value KernelBuilder::scratch(ArrayRef<int64_t> shape, Type element) {
  // At the function's start, lest a loop take new stack in every step.
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&kernel.getBody().front());
  return memref::AllocaOp::create(builder, loc, MemRefType::get(shape, element),
                                  builder.getI64IntegerAttr(64));
}

Value KernelBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value KernelBuilder::constant(Type type, double value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr attr;
  if (auto floating = dyn_cast<FloatType>(element))
    attr = builder.getFloatAttr(floating, value);
  else
    attr = builder.getIntegerAttr(element, static_cast<int64_t>(value));
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, ArrayRef<Attribute>(attr));
  return arith::ConstantOp::create(builder, loc, attr);
}

Value KernelBuilder::add(Value a, Value b) {
  return builder.createOrFold<arith::AddIOp>(loc, a, b);
}

Value KernelBuilder::add(Value a, int64_t b) {
  return b == 0 ? a : add(a, index(b));
}

Value KernelBuilder::mul(Value a, int64_t b) {
  return b == 1 ? a : builder.createOrFold<arith::MulIOp>(loc, a, index(b));
}

Value KernelBuilder::less(Value a, Value b) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, b);
}

Value KernelBuilder::broadcast(Value value, int64_t lanes) {
  if (lanes == 1 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, value.getType()), value);
}

LogicalResult
KernelBuilder::forLoop(Value lower, Value upper, int64_t step,
                       llvm::function_ref<LogicalResult(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  return body(loop.getInductionVar());
}

FailureOr<SmallVector<Value>> KernelBuilder::forLoop(
    Value lower, Value upper, int64_t step, ValueRange initial,
    llvm::function_ref<FailureOr<SmallVector<Value>>(Value, ValueRange)> body) {
  auto loop =
      scf::ForOp::create(builder, loc, lower, upper, index(step), initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  auto next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (failed(next))
    return failure();
  if (!initial.empty()) // a loop that carries nothing has its terminator
    scf::YieldOp::create(builder, loc, *next);
  return SmallVector<Value>(loop.getResults());
}

LogicalResult
KernelBuilder::branch(Value condition, llvm::function_ref<LogicalResult()> then,
                      llvm::function_ref<LogicalResult()> otherwise) {
  auto op = scf::IfOp::create(builder, loc, condition, bool(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(op.thenBlock());
  if (failed(then()))
    return failure();
  if (!otherwise)
    return success();
  builder.setInsertionPointToStart(op.elseBlock());
  return otherwise();
}

/// The quotient and the remainder. A GPU divides numbers of 32 bits faster.
static std::pair<Value, Value> divide(KernelBuilder &kernel, Value number,
                                      int64_t by, bool isNarrow) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value divisor = kernel.index(by);
  Type narrow = b.getI32Type();
  if (isNarrow) {
    number = arith::IndexCastUIOp::create(b, loc, narrow, number);
    divisor = arith::ConstantIntOp::create(b, loc, by, 32);
  }
  Value quotient = arith::DivUIOp::create(b, loc, number, divisor);
  Value remainder = arith::RemUIOp::create(b, loc, number, divisor);
  if (!isNarrow)
    return {quotient, remainder};
  Type wide = b.getIndexType();
  return {arith::IndexCastUIOp::create(b, loc, wide, quotient),
          arith::IndexCastUIOp::create(b, loc, wide, remainder)};
}

SmallVector<Value> KernelBuilder::delinearize(Value linear,
                                              ArrayRef<int64_t> sizes) {
  SmallVector<Value> indices(sizes.size());
  int64_t count = 1;
  for (int64_t size : sizes)
    count = std::min(count, int64_t(1) << 32) * std::max<int64_t>(size, 1);
  bool isNarrow = isOnDevice(*this) && count < (int64_t(1) << 31);
  for (int64_t dim = static_cast<int64_t>(sizes.size()) - 1; dim >= 0; --dim) {
    if (sizes[dim] == 1 && sizes.size() > 1) {
      indices[dim] = index(0);
      continue;
    }
    bool outermost =
        llvm::all_of(sizes.take_front(dim), [](int64_t n) { return n == 1; });
    if (outermost) {
      indices[dim] = linear;
      linear = index(0);
      continue;
    }
    std::tie(linear, indices[dim]) =
        divide(*this, linear, sizes[dim], isNarrow);
  }
  return indices;
}

LogicalResult KernelBuilder::parallelLoop(
    ArrayRef<int64_t> sizes, int64_t grain,
    llvm::function_ref<LogicalResult(ValueRange)> body) {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  setRange(count, grain);
  return forLoop(begin(), end(), 1, [&](Value step) {
    return body(delinearize(step, sizes));
  });
}
