//===- Reduction.cpp - Loops of reductions --------------------------------===//
// Any linalg op with reduction loops and one result. Lanes run along the last
// dimension of the first input: partial results side by side when that is a
// reduction loop, neighbouring results when it is a parallel one.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "VectorBlocks.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Emits one reduction.
class ReductionEmitter {
public:
  ReductionEmitter(KernelBuilder &kernel, linalg::LinalgOp op)
      : kernel(kernel), op(op), sizes(op.getStaticLoopRanges()),
        loops(sizes.size()) {}
  LogicalResult emit();

private:
  void findCombiner();
  using Values = SmallVector<Value>;
  bool isReduction(int64_t loop) {
    return op.getIteratorTypesArray()[loop] ==
           utils::IteratorType::reduction;
  }
  int64_t laneLoop();
  FailureOr<Value> loadStart(const Position &at);
  LogicalResult emitNeighbours(ArrayRef<int64_t> parallelLoops, int64_t lane,
                               int64_t lanes, int64_t work);
  LogicalResult emitResult(int64_t lanes, int64_t lane);
  FailureOr<Value> reduce(Value start, int64_t depth, int64_t lanes,
                          int64_t lane);
  FailureOr<Value> reduceTail(Value carried, size_t depth, int64_t lane,
                              int64_t first);
  FailureOr<Value> step(Value accumulator, int64_t lanes, int64_t lane);
  Value evaluate(AffineExpr e);
  bool isComputedWith(int64_t loop);
  Position positionOf(OpOperand &operand, int64_t lanes, int64_t lane);
  Value combine(ValueRange inputs, Value accumulator, int64_t lanes);
  Value combine(Value a, Value b);
  Position resultPosition(int64_t lanes, int64_t lane);

  KernelBuilder &kernel;
  linalg::LinalgOp op;
  SmallVector<int64_t> sizes;
  /// The current index of each loop.
  Values loops;
  SmallVector<int64_t> reductionLoops;
  /// The threads of a GPU that share a result, and the loop they share: the
  /// lane loop, or another one around neighbouring results.
  std::optional<DeviceGroup> group;
  int64_t sharedLoop = -1;
  /// How many vectors of neighbouring results a group computes.
  int64_t neighbours = 1;
  int64_t chooseGroup(int64_t lane);
  void shareRows(int64_t steps, int64_t blocks);
  Value firstLane(Value block, int64_t lanes);
  Value foldGroup(Value partial, int64_t lanes);
  int64_t deviceLanes(int64_t lane, int64_t lanes);
  Operation *combiner = nullptr;
  TypedAttr neutral;
};
} // namespace

/// The loop that walks the last dimension of the first input.
int64_t ReductionEmitter::laneLoop() {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  if (map.getNumResults() == 0)
    return -1;
  auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
  return dim && !isComputedWith(dim.getPosition()) ? int64_t(dim.getPosition())
                                                   : -1;
}

/// An index computed from the loops' indices.
Value ReductionEmitter::evaluate(AffineExpr e) {
  OpBuilder &b = kernel.builder;
  if (auto constant = dyn_cast<AffineConstantExpr>(e))
    return kernel.index(constant.getValue());
  if (auto loop = dyn_cast<AffineDimExpr>(e))
    return loops[loop.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(e);
  Value left = evaluate(binary.getLHS()), right = evaluate(binary.getRHS());
  switch (e.getKind()) {
  case AffineExprKind::Add:
    return arith::AddIOp::create(b, kernel.loc, left, right);
  case AffineExprKind::Mul:
    return arith::MulIOp::create(b, kernel.loc, left, right);
  case AffineExprKind::FloorDiv:
    return arith::FloorDivSIOp::create(b, kernel.loc, left, right);
  case AffineExprKind::CeilDiv:
    return arith::CeilDivSIOp::create(b, kernel.loc, left, right);
  default:
    return arith::RemUIOp::create(b, kernel.loc, left, right);
  }
}

/// Whether `loop` appears in an index that is more than a loop's own.
bool ReductionEmitter::isComputedWith(int64_t loop) {
  for (OpOperand &operand : op->getOpOperands())
    for (AffineExpr e : op.getMatchingIndexingMap(&operand).getResults())
      if (!isa<AffineDimExpr>(e) && e.isFunctionOfDim(loop))
        return true;
  return false;
}

Position ReductionEmitter::positionOf(OpOperand &operand, int64_t lanes,
                                      int64_t lane) {
  Position at;
  for (auto [dim, e] :
       llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
    auto loop = dyn_cast<AffineDimExpr>(e);
    at.indices.push_back(loop ? loops[loop.getPosition()] : evaluate(e));
    if (loop && lanes > 1 && int64_t(loop.getPosition()) == lane) {
      at.lanes = lanes;
      at.laneDim = dim;
    }
  }
  return at;
}

/// The body of the op on scalars or vectors.
Value ReductionEmitter::combine(ValueRange inputs, Value accumulator,
                                int64_t lanes) {
  IRMapping mapping;
  Block *body = op.getBlock();
  for (auto [argument, value] : llvm::zip(body->getArguments(), inputs))
    if (value)
      mapping.map(argument, kernel.broadcast(value, lanes));
  mapping.map(body->getArguments().back(), accumulator);
  for (Operation &inner : body->without_terminator()) {
    OperationState state(kernel.loc, inner.getName());
    for (Value operand : inner.getOperands()) {
      Value mapped = mapping.lookupOrNull(operand);
      if (!mapped)
        mapped = kernel.builder.clone(*operand.getDefiningOp())->getResult(0);
      state.operands.push_back(kernel.broadcast(mapped, lanes));
    }
    for (Type type : inner.getResultTypes())
      state.types.push_back(
          lanes > 1 ? Type(VectorType::get({lanes}, type)) : type);
    state.attributes = inner.getAttrs();
    state.propertiesAttr = inner.getPropertiesAsAttribute();
    Operation *clone = kernel.builder.create(state);
    mapping.map(inner.getResult(0), clone->getResult(0));
  }
  return mapping.lookup(body->getTerminator()->getOperand(0));
}

FailureOr<Value> ReductionEmitter::step(Value accumulator, int64_t lanes,
                                        int64_t lane) {
  Values inputs;
  for (OpOperand *input : op.getDpsInputOperands()) {
    // A window that only tells its size has no elements to read.
    if (op.getMatchingBlockArgument(input).use_empty()) {
      inputs.push_back({});
      continue;
    }
    FailureOr<Value> element =
        kernel.load(input->get(), positionOf(*input, lanes, lane));
    if (failed(element))
      return failure();
    inputs.push_back(*element);
  }
  return combine(inputs, accumulator, lanes);
}

/// Runs the reduction loops from `depth` inwards on an accumulator.
FailureOr<Value> ReductionEmitter::reduce(Value start, int64_t depth,
                                          int64_t lanes, int64_t lane) {
  if (depth == int64_t(reductionLoops.size()))
    return step(start, lanes, lane);
  int64_t loop = reductionLoops[depth];
  bool strided = loop == lane && (lanes > 1 || loop == sharedLoop);
  int64_t stop = strided ? sizes[loop] / lanes * lanes : sizes[loop];
  int64_t threads = group ? group->size() / neighbours : 1;
  auto body = [&](Value i, ValueRange carried) -> FailureOr<Values> {
    loops[loop] = i;
    FailureOr<Value> next = reduce(carried[0], depth + 1, lanes, lane);
    if (failed(next))
      return failure();
    return Values{*next};
  };
  bool shared = group && loop == sharedLoop;
  int64_t width = strided ? lanes : 1;
  Value first = kernel.index(0);
  if (shared) {
    Value row = group->thread();
    if (neighbours > 1)
      row = arith::DivUIOp::create(kernel.builder, kernel.loc, row,
                                   kernel.index(neighbours));
    first = kernel.mul(row, width);
  }
  auto result = kernel.forLoop(first, kernel.index(stop),
                               shared ? width * threads : width, start, body);
  if (failed(result))
    return failure();
  return (*result)[0];
}

Value ReductionEmitter::combine(Value a, Value b) {
  OperationState state(kernel.loc, combiner->getName());
  state.operands = {a, b};
  state.types = {a.getType()};
  state.attributes = combiner->getAttrs();
  state.propertiesAttr = combiner->getPropertiesAsAttribute();
  return kernel.builder.create(state)->getResult(0);
}

Position ReductionEmitter::resultPosition(int64_t lanes, int64_t lane) {
  return positionOf(*op.getDpsInitOperand(0), lanes, lane);
}

/// What the reduction begins with. A destination whose elements nobody reads
/// may have none.
FailureOr<Value> ReductionEmitter::loadStart(const Position &at) {
  Value init = op.getDpsInitOperand(0)->get();
  if (op.getRegionOutputArgs()[0].use_empty())
    return kernel.constant(elementTypeOf(init), 0);
  return kernel.load(init, at);
}

/// The same loops element by element, `lane` from `first` on.
FailureOr<Value> ReductionEmitter::reduceTail(Value carried, size_t depth,
                                              int64_t lane, int64_t first) {
  if (depth == reductionLoops.size())
    return step(carried, 1, -1);
  int64_t loop = reductionLoops[depth];
  auto result = kernel.forLoop(
      kernel.index(loop == lane ? first : 0), kernel.index(sizes[loop]), 1,
      carried, [&](Value i, ValueRange values) -> FailureOr<Values> {
        loops[loop] = i;
        FailureOr<Value> next = reduceTail(values[0], depth + 1, lane, first);
        if (failed(next))
          return failure();
        return Values{*next};
      });
  if (failed(result))
    return failure();
  return (*result)[0];
}

/// What all threads of the group have together, lane by lane.
Value ReductionEmitter::foldGroup(Value partial, int64_t lanes) {
  OpBuilder &b = kernel.builder;
  auto combineAll = [&](ValueRange left, ValueRange right) {
    Values results;
    for (auto [x, y] : llvm::zip_equal(left, right))
      results.push_back(combine(x, y));
    return results;
  };
  if (lanes == 1)
    return group->reduce(partial, combineAll, neighbours)[0];
  auto unpacked = vector::ToElementsOp::create(b, kernel.loc, partial);
  return vector::FromElementsOp::create(
      b, kernel.loc, cast<VectorType>(partial.getType()),
      group->reduce(unpacked.getResults(), combineAll, neighbours));
}

/// Computes and stores the results at the current parallel indices.
LogicalResult ReductionEmitter::emitResult(int64_t lanes, int64_t lane) {
  bool lanesReduce =
      lane >= 0 && (lanes > 1 || group) && isReduction(lane);
  Position at = resultPosition(lanesReduce ? 1 : lanes, lane);
  FailureOr<Value> start = loadStart(at);
  if (failed(start))
    return failure();
  Value accumulator = *start;
  if (lanesReduce) {
    Value zero = arith::ConstantOp::create(kernel.builder, kernel.loc, neutral);
    FailureOr<Value> partial =
        reduce(kernel.broadcast(zero, lanes), 0, lanes, lane);
    if (failed(partial))
      return failure();
    auto combineVectors = [&](ValueRange a, ValueRange b) {
      return SmallVector<Value>{combine(a[0], b[0])};
    };
    Value folded = foldLanes(kernel, *partial, lanes, combineVectors)[0];
    if (group)
      folded = group->reduce(folded, combineVectors)[0];
    accumulator = combine(accumulator, folded);
    // What is left of the lane loop, one element at a time.
    int64_t whole = sizes[lane] / lanes * lanes;
    if (whole != sizes[lane]) {
      FailureOr<Value> rest = reduceTail(accumulator, 0, lane, whole);
      if (failed(rest))
        return failure();
      accumulator = *rest;
    }
  } else {
    accumulator = kernel.broadcast(accumulator, lanes);
    Value begin = accumulator;
    if (group)
      begin = kernel.broadcast(arith::ConstantOp::create(
                                   kernel.builder, kernel.loc, neutral),
                               lanes);
    FailureOr<Value> whole = reduce(begin, 0, lanes, lane);
    if (failed(whole))
      return failure();
    accumulator =
        group ? combine(accumulator, foldGroup(*whole, lanes)) : *whole;
  }
  return kernel.store(op->getResult(0), accumulator, at);
}

/// Lanes that divide the loop, and so many threads that each takes a few
/// vectors of it.
int64_t ReductionEmitter::chooseGroup(int64_t lane) {
  Type element = elementTypeOf(op.getDpsInputOperand(0)->get());
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  int64_t lanes = std::min<int64_t>(128 / std::max<int64_t>(bits, 8), 8);
  while (sizes[lane] % lanes != 0)
    lanes /= 2;
  uint64_t vectors = sizes[lane] / lanes;
  uint64_t threads = llvm::bit_ceil(llvm::divideCeil(vectors, uint64_t(4)));
  if (threads < DeviceGroup::warp)
    threads = std::min<uint64_t>(llvm::bit_ceil(vectors), DeviceGroup::warp);
  group.emplace(kernel, std::min<uint64_t>(threads, DeviceGroup::most));
  sharedLoop = lane;
  return lanes;
}

/// Sums down long columns: where `steps` threads are too few to fill a GPU, a
/// group shares the longest loop of each. Groups enough for a large GPU take
/// some of the `blocks` neighbouring vectors at once, so that rows are read in
/// wider pieces.
void ReductionEmitter::shareRows(int64_t steps, int64_t blocks) {
  constexpr int64_t enough = 1 << 17, worthSharing = 64, each = 8;
  constexpr int64_t enoughGroups = 128, mostNeighbours = 8;
  int64_t longest = -1;
  for (int64_t loop : reductionLoops)
    if (longest < 0 || sizes[loop] > sizes[longest])
      longest = loop;
  if (!neutral || longest < 0 || sizes[longest] < worthSharing ||
      steps >= enough)
    return;
  while (neighbours < mostNeighbours && blocks % (2 * neighbours) == 0 &&
         steps / (2 * neighbours) >= enoughGroups)
    neighbours *= 2;
  uint64_t threads =
      llvm::bit_floor(uint64_t(sizes[longest] / each)) * neighbours;
  uint64_t missing = llvm::bit_ceil(
      uint64_t(enough * neighbours / std::max<int64_t>(steps, 1)));
  group.emplace(kernel,
                std::min({threads, missing, uint64_t(DeviceGroup::most)}));
  sharedLoop = longest;
}

/// Where this thread's vector of results begins.
Value ReductionEmitter::firstLane(Value block, int64_t lanes) {
  if (neighbours == 1)
    return kernel.mul(block, lanes);
  OpBuilder &b = kernel.builder;
  Value own = arith::RemUIOp::create(b, kernel.loc, group->thread(),
                                     kernel.index(neighbours));
  Value number = arith::AddIOp::create(b, kernel.loc,
                                       kernel.mul(block, neighbours), own);
  return kernel.mul(number, lanes);
}

/// Long lines of a reduction are shared by a group.
int64_t ReductionEmitter::deviceLanes(int64_t lane, int64_t lanes) {
  constexpr int64_t worthSharing = 16;
  if (lane >= 0 && isReduction(lane) && neutral && sizes[lane] >= worthSharing)
    return chooseGroup(lane);
  return lanes;
}

/// What combines two elements, and what it leaves as they are.
void ReductionEmitter::findCombiner() {
  SmallVector<Operation *> combiners;
  if (matchReduction(op.getRegionOutputArgs(), 0, combiners) &&
      combiners.size() == 1) {
    combiner = combiners[0];
    if (auto value = arith::getNeutralElement(combiner))
      neutral = *value;
  }
}

LogicalResult ReductionEmitter::emit() {
  if (op->getNumResults() != 1)
    return op->emitOpError("reduction with several results is not supported");
  findCombiner();
  int64_t lane = laneLoop();
  int64_t bits = elementTypeOf(op->getResult(0)).getIntOrFloatBitWidth();
  int64_t lanes = 4 * kernel.target.lanes(std::max<int64_t>(bits, 8));
  SmallVector<int64_t> parallelLoops, parallelSizes;
  for (auto [loop, size] : llvm::enumerate(sizes)) {
    if (isReduction(loop)) {
      reductionLoops.push_back(loop);
    } else {
      parallelLoops.push_back(loop);
      parallelSizes.push_back(size);
    }
  }
  int64_t work = 1;
  for (int64_t loop : reductionLoops)
    work *= std::max<int64_t>(sizes[loop], 1);
  bool across = lane >= 0 && !isReduction(lane);
  if (isOnDevice(kernel))
    lanes = deviceLanes(lane, std::max<int64_t>(lanes / 4, 1));
  if (lane >= 0 && isReduction(lane) && !group &&
      (!neutral || sizes[lane] < lanes))
    lane = -1;
  if (!across) {
    return kernel.parallelLoop(
        parallelSizes, 16384 / work, [&](ValueRange indices) {
          for (auto [loop, value] : llvm::zip(parallelLoops, indices))
            loops[loop] = value;
          return emitResult(lane < 0 ? 1 : lanes, lane);
        });
  }
  return emitNeighbours(parallelLoops, lane, lanes, work);
}

/// Neighbouring results side by side: the lane loop in steps of `lanes`, then
/// what is left.
LogicalResult ReductionEmitter::emitNeighbours(ArrayRef<int64_t> parallelLoops,
                                               int64_t lane, int64_t lanes,
                                               int64_t work) {
  SmallVector<int64_t> outerLoops, outerSizes;
  for (int64_t loop : parallelLoops) {
    if (loop == lane)
      continue;
    outerLoops.push_back(loop);
    outerSizes.push_back(sizes[loop]);
  }
  int64_t blocks = llvm::divideCeil(sizes[lane], lanes);
  outerLoops.push_back(lane);
  outerSizes.push_back(blocks);
  // Every block has the same code: the last one is moved back to end at the
  // edge and computes some results twice.
  int64_t width = std::min(lanes, sizes[lane]);
  if (isOnDevice(kernel)) {
    shareRows(llvm::product_of(outerSizes),
              sizes[lane] % width == 0 ? blocks : 1);
    outerSizes.back() /= neighbours;
  }
  return kernel.parallelLoop(
      outerSizes, 16384 / (work * width), [&](ValueRange indices) {
        for (auto [loop, value] : llvm::zip(outerLoops, indices))
          loops[loop] = value;
        Value first = firstLane(indices.back(), width);
        loops[lane] = arith::MinUIOp::create(kernel.builder, kernel.loc, first,
                                             kernel.index(sizes[lane] - width));
        return emitResult(width, lane);
      });
}

LogicalResult lacuna::emitReduction(KernelBuilder &kernel, Operation *root) {
  return ReductionEmitter(kernel, cast<linalg::LinalgOp>(root)).emit();
}

void lacuna::registerReductionEmitters(EmitterTable &table) {
  table.add<linalg::ReduceOp>(emitReduction);
  table.add<linalg::GenericOp>(emitReduction);
}
