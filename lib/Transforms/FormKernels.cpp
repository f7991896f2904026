//===- FormKernels.cpp - Groups ops into kernels --------------------------===//
// Greedy fusion over straight-line code: element-wise consumers join the
// kernel of their producer, index remappings and single-use element-wise
// producers join the kernel that reads them. A merge that would make two
// kernels wait for each other is refused.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace lacuna {
#define GEN_PASS_DEF_FORMKERNELS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// Ops that will become one kernel, in program order.
struct Group {
  SmallVector<Operation *> ops;
  /// The op that decides the loops; null while all are element-wise.
  Operation *root = nullptr;
  /// Shape of the iteration space of the element-wise ops behind the root.
  SmallVector<int64_t> shape;
};

/// The groups of one block, with the dependences among them.
class Grouping {
public:
  Grouping(Block &block, bool gates) : block(block), gates(gates) {}

  void build();
  /// Replaces every group by a lacuna.kernel, in an order that respects uses.
  void materialize();

private:
  int groupOf(Value value) const;
  bool dependsOn(int group, int on) const;
  bool usedOnlyBy(int group, Operation *op) const;
  void place(Operation *op);
  bool wouldWait(Operation *op, OpOperand &read, int group);
  int joinProducer(Operation *op);
  int joinGate(Operation *op);
  void pullProducers(Operation *op, int group);
  void merge(int from, int into);
  void emit(Group &group, OpBuilder &builder);

  Block &block;
  bool gates;
  SmallVector<Group> groups;
  DenseMap<Operation *, int> groupIndex;
};
} // namespace

/// Whether nothing is computed for `op`: it stays outside of all kernels.
static bool isFree(Operation *op) {
  OpClass kind = classify(op);
  return kind == OpClass::Source || kind == OpClass::View ||
         isa<arith::ConstantOp>(op) || op->hasTrait<OpTrait::IsTerminator>();
}

int Grouping::groupOf(Value value) const {
  Operation *producer = value.getDefiningOp();
  auto found = groupIndex.find(producer);
  return found == groupIndex.end() ? -1 : found->second;
}

/// The groups (or their views) that the operands of `op` come from.
static void collectProducers(Operation *op, SmallVectorImpl<Operation *> &out) {
  op->walk([&](Operation *nested) {
    for (Value operand : nested->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && producer->getBlock() == op->getBlock())
        out.push_back(producer);
  });
}

bool Grouping::dependsOn(int group, int on) const {
  // Depth-first over producers; views are looked through.
  SmallVector<Operation *> work(groups[group].ops);
  DenseSet<Operation *> seen(work.begin(), work.end());
  while (!work.empty()) {
    SmallVector<Operation *> producers;
    collectProducers(work.pop_back_val(), producers);
    for (Operation *producer : producers) {
      if (!seen.insert(producer).second)
        continue;
      auto found = groupIndex.find(producer);
      if (found != groupIndex.end() && found->second == on)
        return true;
      work.push_back(producer);
      if (found != groupIndex.end())
        for (Operation *other : groups[found->second].ops)
          if (seen.insert(other).second)
            work.push_back(other);
    }
  }
  return false;
}

bool Grouping::usedOnlyBy(int group, Operation *op) const {
  for (Operation *member : groups[group].ops)
    for (Operation *user : member->getUsers()) {
      auto found = groupIndex.find(user);
      bool inside = found != groupIndex.end() && found->second == group;
      if (!inside && user != op)
        return false;
    }
  return true;
}

static ArrayRef<int64_t> resultShape(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

/// Whether what comes out of `root` may be used before it is stored.
static bool acceptsEpilogue(Operation *root) {
  // Counts and gradients are added up in their own buffer, unpooling writes
  // zeros first, and a scatter reads back what it wrote.
  return !root ||
         (root->getNumResults() == 1 &&
          !isa<ConfusionMatrixOp, MaxUnpoolOp, MaxPoolGradientOp,
               AdaptiveMaxPoolGradientOp, ScatterElementsOp, ScatterNdOp>(
              root));
}

/// Whether `op` finds elements by indices it computes: it is computed one
/// element at a time, where a root gives many at once.
static bool extracts(Operation *op) {
  return op->walk([](tensor::ExtractOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// Whether `root` reads each element of its operands about once, or keeps what
/// it reads, so that computing them on the way costs nothing.
static bool acceptsPrologue(Operation *root) {
  if (!root)
    return true;
  if (auto generic = dyn_cast<linalg::GenericOp>(root))
    return generic.getNumParallelLoops() + generic.getNumReductionLoops() ==
           cast<RankedTensorType>(generic.getInputs()[0].getType()).getRank();
  return isa<linalg::ReduceOp, tensor::ConcatOp, SoftmaxOp, LayerNormOp,
             RmsNormOp, GroupNormOp, InstanceNormOp, BatchNormTrainingOp,
             LpNormalizeOp, HardmaxOp, CrossEntropyOp, ArgExtremeOp,
             CumulativeOp, PackFilterOp>(root);
}

/// Whether `op`, once in `group`, would wait for the whole of that group
/// because of `read`, an operand of itself or of an op in its body.
bool Grouping::wouldWait(Operation *op, OpOperand &read, int group) {
  Operation *producer = read.get().getDefiningOp();
  while (producer && !groupIndex.count(producer) &&
         classify(producer) == OpClass::View)
    producer = producer->getOperand(0).getDefiningOp();
  if (!producer || !groupIndex.count(producer))
    return false;
  int from = groupIndex[producer];
  if (from != group)
    return dependsOn(from, group);
  // What a root yields is there at the current index only.
  bool elsewhere = read.getOwner() != op ||
                   !readsAtOwnIndex(op, read.getOperandNumber());
  return read.get().getDefiningOp() != producer ||
         (groups[group].root && elsewhere);
}

int Grouping::joinProducer(Operation *op) {
  int best = -1;
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    int candidate = groupOf(operand);
    if (candidate < 0 || candidate == best || !readsAtOwnIndex(op, index))
      continue;
    Group &group = groups[candidate];
    if (!acceptsEpilogue(group.root) || (group.root && extracts(op)) ||
        resultShape(op) != ArrayRef(group.shape))
      continue;
    bool waits = false;
    op->walk([&](Operation *nested) {
      for (OpOperand &read : nested->getOpOperands())
        waits |= wouldWait(op, read, candidate);
    });
    if (waits)
      continue;
    bool heavier = best < 0 || (group.root && !groups[best].root);
    if (heavier)
      best = candidate;
  }
  return best;
}

void Grouping::merge(int from, int into) {
  Group &source = groups[from], &target = groups[into];
  for (Operation *op : source.ops)
    groupIndex[op] = into;
  target.ops.append(source.ops);
  llvm::sort(target.ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  source.ops.clear();
}

void Grouping::pullProducers(Operation *op, int group) {
  if (op == groups[group].root && !acceptsPrologue(op))
    return;
  for (Value operand : op->getOperands()) {
    int from = groupOf(operand);
    if (from < 0 || from == group || groups[from].root)
      continue;
    if (!usedOnlyBy(from, op))
      continue;
    // A producer may not itself wait for the group through a third one.
    if (!dependsOn(from, group))
      merge(from, group);
  }
}

/// The contraction of 16-bit numbers whose two halves, and nothing else, `op`
/// reads; null if there is none.
static Operation *gatedContraction(Operation *op) {
  SmallVector<tensor::ExtractSliceOp> halves;
  for (Value operand : op->getOperands())
    if (auto slice = operand.getDefiningOp<tensor::ExtractSliceOp>())
      halves.push_back(slice);
  if (halves.size() != 2 || halves[0].getSource() != halves[1].getSource() ||
      halves[0].getType() != halves[1].getType())
    return nullptr;
  auto root = halves[0].getSource().getDefiningOp<linalg::ContractOp>();
  if (!root || !llvm::hasNItems(root->getUses(), 2) ||
      getElementTypeOrSelf(halves[0].getType()).getIntOrFloatBitWidth() != 16)
    return nullptr;
  auto shape = cast<RankedTensorType>(root->getResult(0).getType()).getShape();
  SmallVector<int64_t> offset(shape.size(), 0), size(shape);
  size.back() /= 2;
  if (halves[0].getStaticOffsets().back() != 0)
    std::swap(halves[0], halves[1]);
  for (tensor::ExtractSliceOp half : halves) {
    if (!half->hasOneUse() || half.getStaticOffsets() != ArrayRef(offset) ||
        half.getStaticSizes() != ArrayRef(size) || !half.hasUnitStride())
      return nullptr;
    offset.back() = size.back();
  }
  return shape.back() % 2 ? nullptr : root;
}

int Grouping::joinGate(Operation *op) {
  Operation *root = gates ? gatedContraction(op) : nullptr;
  int target = root ? groupIndex.lookup(root) : -1;
  if (target < 0 || groups[target].root != root)
    return -1;
  // Whatever else is read must not wait for the contraction.
  for (OpOperand &read : op->getOpOperands())
    if (!read.get().getDefiningOp<tensor::ExtractSliceOp>() &&
        wouldWait(op, read, target))
      return -1;
  for (Value operand : op->getOperands())
    if (operand.getDefiningOp<tensor::ExtractSliceOp>())
      merge(groupOf(operand), target);
  groups[target].shape = llvm::to_vector(resultShape(op));
  return target;
}

void Grouping::place(Operation *op) {
  OpClass kind = classify(op);
  int target = kind == OpClass::Pointwise ? joinGate(op) : -1;
  if (target < 0 && kind == OpClass::Pointwise)
    target = joinProducer(op);
  if (target < 0) {
    target = groups.size();
    groups.push_back({});
    if (kind == OpClass::Root)
      groups.back().root = op;
    groups.back().shape = llvm::to_vector(resultShape(op));
  }
  groups[target].ops.push_back(op);
  groupIndex[op] = target;
  pullProducers(op, target);
}

void Grouping::build() {
  for (Operation &op : block)
    if (!isFree(&op))
      place(&op);
}

/// Whether `op` reads its operand `value` from memory: roots of our own dialect
/// address their operands themselves, so even a splat must be a buffer there.
static bool readsBuffer(Operation *op, Value value) {
  return isa<LacunaDialect>(op->getDialect()) &&
         classify(op) == OpClass::Root &&
         value.getDefiningOp<arith::ConstantOp>() &&
         isa<RankedTensorType>(value.getType());
}

/// Copies free values read by the group (constants, fills) into its body.
static void cloneSources(Value value, OpBuilder &builder, IRMapping &mapping) {
  Operation *producer = value.getDefiningOp();
  if (!producer || mapping.contains(value) ||
      classify(producer) != OpClass::Source)
    return;
  for (Value operand : producer->getOperands())
    cloneSources(operand, builder, mapping);
  builder.clone(*producer, mapping);
}

void Grouping::emit(Group &group, OpBuilder &builder) {
  llvm::SmallPtrSet<Operation *, 8> inside(group.ops.begin(), group.ops.end());
  llvm::SetVector<Value> inputs, outputs;
  for (Operation *op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (producer ? inside.count(producer) ||
                           (classify(producer) == OpClass::Source &&
                            !readsBuffer(nested, operand)) ||
                           op->isProperAncestor(producer)
                     : operand.getParentBlock() != &block)
          continue;
        inputs.insert(operand);
      }
    });
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(),
                       [&](Operation *user) { return !inside.count(user); }))
        outputs.insert(result);
  }
  Operation *named = group.root ? group.root : group.ops.back();
  SmallVector<Location> locations;
  for (Operation *op : group.ops)
    locations.push_back(op->getLoc());
  SmallVector<Type> resultTypes(ValueRange(outputs.getArrayRef()).getTypes());
  auto kernel = KernelOp::create(
      builder, builder.getFusedLoc(locations), resultTypes,
      named->getName().stripDialect(), inputs.getArrayRef());
  Block *body = builder.createBlock(&kernel.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        if (operand.getParentBlock() == &block)
          cloneSources(operand, builder, mapping);
    });
    builder.clone(*op, mapping);
  }
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  YieldOp::create(builder, kernel.getLoc(), yielded);
  builder.setInsertionPointAfter(kernel);
  for (auto [from, result] : llvm::zip(outputs, kernel.getResults())) {
    Value output = from;
    output.replaceUsesWithIf(result, [&](OpOperand &use) {
      return !inside.count(use.getOwner()) && use.getOwner() != kernel;
    });
  }
}

void Grouping::materialize() {
  Operation *terminator = block.getTerminator();
  // A group runs when its last input is there: at its last member. Views and
  // other groups that read it come later, since merges kept the order acyclic.
  DenseMap<Operation *, SmallVector<Operation *>> waiting;
  SmallVector<Operation *> order;
  DenseSet<Operation *> done;
  SmallVector<int> state(groups.size(), 0);
  std::function<void(Operation *)> visit = [&](Operation *op) {
    auto found = groupIndex.find(op);
    if (found != groupIndex.end() ? state[found->second]++ > 0
                                  : !done.insert(op).second)
      return;
    ArrayRef<Operation *> members =
        found != groupIndex.end() ? ArrayRef(groups[found->second].ops)
                                  : ArrayRef<Operation *>(op);
    for (Operation *member : members)
      member->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands())
          if (Operation *producer = operand.getDefiningOp();
              producer && producer->getBlock() == &block)
            visit(producer);
      });
    order.push_back(op);
  };
  SmallVector<Operation *> all;
  for (Operation &op : block)
    all.push_back(&op);
  for (Operation *op : all)
    visit(op);
  OpBuilder builder(terminator);
  for (Operation *op : order) {
    if (op == terminator)
      continue;
    auto found = groupIndex.find(op);
    builder.setInsertionPoint(terminator);
    if (found == groupIndex.end())
      op->moveBefore(terminator);
    else
      emit(groups[found->second], builder);
  }
  for (Group &group : groups)
    for (Operation *op : llvm::reverse(group.ops))
      op->erase();
}

/// `use` reads `op`, a tensor without data that is no constant, from memory:
/// it gets one.
static void materializeSource(OpOperand &use, Operation *op) {
  auto type = cast<RankedTensorType>(use.get().getType());
  Attribute value;
  if (isa<tensor::EmptyOp>(op))
    value = Builder(op->getContext()).getZeroAttr(type.getElementType());
  else if (!matchPattern(op->getOperand(0), m_Constant(&value)))
    return;
  OpBuilder builder(op);
  use.set(arith::ConstantOp::create(builder, op->getLoc(),
                                    SplatElementsAttr::get(type, value)));
}

/// What a function returns must have a place, also if nothing computes it.
static void materializeResults(Block &block) {
  for (OpOperand &result : block.getTerminator()->getOpOperands()) {
    OpOperand *use = &result;
    Operation *op = use->get().getDefiningOp();
    while (op && classify(op) == OpClass::View) {
      use = &op->getOpOperand(0);
      op = use->get().getDefiningOp();
    }
    if (op && isa<tensor::EmptyOp, tensor::SplatOp, linalg::FillOp>(op))
      materializeSource(*use, op);
  }
}

/// Kernels work on tensors; only constants may be anything else.
static LogicalResult checkResults(Operation &op) {
  for (Type type : op.getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!(tensor && tensor.hasStaticShape()) &&
        !op.hasTrait<OpTrait::ConstantLike>())
      return op.emitOpError("result must be a tensor of known shape, got ")
             << type;
  }
  return success();
}

namespace {
struct FormKernels : lacuna::impl::FormKernelsBase<FormKernels> {
  using FormKernelsBase::FormKernelsBase;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    Block &block = getOperation().getBody().front();
    for (Operation &op : block)
      if (failed(checkResults(op)))
        return signalPassFailure();
    materializeResults(block);
    Grouping grouping(block, gates);
    grouping.build();
    grouping.materialize();
  }
};
} // namespace
