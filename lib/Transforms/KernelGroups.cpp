//===- KernelGroups.cpp - Which ops become one kernel ---------------------===//
#include "KernelGroups.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"

#include <functional>

using namespace mlir;
using namespace lacuna;

/// Whether nothing is computed for `op`: it stays outside of all kernels.
static bool isFree(Operation *op) {
  OpClass kind = classify(op);
  return kind == OpClass::Source || kind == OpClass::View ||
         isa<arith::ConstantOp>(op) || op->hasTrait<OpTrait::IsTerminator>();
}

int KernelGroups::groupOf(Value value) const {
  return indexOf(value.getDefiningOp());
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

bool KernelGroups::dependsOn(int group, int on) const {
  // Depth-first over producers; views are looked through.
  SmallVector<Operation *> work(all[group].ops);
  DenseSet<Operation *> seen(work.begin(), work.end());
  while (!work.empty()) {
    SmallVector<Operation *> producers;
    collectProducers(work.pop_back_val(), producers);
    for (Operation *producer : producers) {
      if (!seen.insert(producer).second)
        continue;
      auto found = places.find(producer);
      if (found != places.end() && found->second == on)
        return true;
      work.push_back(producer);
      if (found != places.end())
        for (Operation *other : all[found->second].ops)
          if (seen.insert(other).second)
            work.push_back(other);
    }
  }
  return false;
}

bool KernelGroups::usedOnlyBy(int group, Operation *op) const {
  for (Operation *member : all[group].ops)
    for (Operation *user : member->getUsers()) {
      auto found = places.find(user);
      bool inside = found != places.end() && found->second == group;
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
bool KernelGroups::wouldWait(Operation *op, OpOperand &read, int group) {
  Operation *producer = read.get().getDefiningOp();
  while (producer && !places.count(producer) &&
         classify(producer) == OpClass::View)
    producer = producer->getOperand(0).getDefiningOp();
  if (!producer || !places.count(producer))
    return false;
  int from = places[producer];
  if (from != group)
    return dependsOn(from, group);
  // What a root yields is there at the current index only.
  bool elsewhere = read.getOwner() != op ||
                   !readsAtOwnIndex(op, read.getOperandNumber());
  return read.get().getDefiningOp() != producer ||
         (all[group].root && elsewhere);
}

/// Whether `op`, of the backward direction, would join a kernel of the forward
/// one: what it computes would have to be kept until the backward direction.
static bool joinsTooEarly(Operation *op, const KernelGroup &group) {
  return op->hasAttr(names::backward) &&
         !group.ops.back()->hasAttr(names::backward);
}

/// Whether the one reader of `op` computes it on the way: cheaper than to store
/// it, unless that spares storing what it is made of.
static bool waitsForReader(Operation *op) {
  if (!op->hasOneUse() || op->getNumResults() != 1)
    return false;
  Operation *reader = *op->user_begin();
  if (classify(reader) != OpClass::Root || !acceptsPrologue(reader))
    return false;
  return llvm::none_of(op->getOperands(), [](Value operand) {
    Operation *producer = operand.getDefiningOp();
    return operand.hasOneUse() && producer &&
           classify(producer) != OpClass::Source;
  });
}

namespace {
/// The element-wise ops that could follow a contraction in its kernel, and the
/// tensors that its threads would read and write beside its own.
class Followers {
public:
  explicit Followers(Operation *root)
      : root(root), type(root->getResult(0).getType()) {
    collect(root);
  }
  int64_t traffic() const {
    int64_t stored = 0;
    for (Operation *op : ops)
      stored += llvm::any_of(op->getUsers(), [&](Operation *user) {
        return !ops.contains(user);
      });
    return int64_t(read.size()) + stored - 1;
  }

private:
  void collect(Operation *op);
  bool isThere(Value value, int depth, SmallVectorImpl<Value> &leaves) const;

  Operation *root;
  Type type;
  llvm::SetVector<Operation *> ops;
  llvm::SetVector<Value> read;
};
} // namespace

/// Whether `value` comes from before the contraction, or is made element by
/// element of what does: the `leaves` of its shape.
bool Followers::isThere(Value value, int depth,
                        SmallVectorImpl<Value> &leaves) const {
  Operation *op = value.getDefiningOp();
  if (!op || op->isBeforeInBlock(root)) {
    auto shaped = dyn_cast<RankedTensorType>(value.getType());
    bool isFull = shaped && shaped.getNumElements() ==
                                cast<RankedTensorType>(type).getNumElements();
    if (isFull && (!op || classify(op) != OpClass::Source))
      leaves.push_back(value);
    return true;
  }
  OpClass kind = classify(op);
  if (depth == 0 || (kind != OpClass::Pointwise && kind != OpClass::View &&
                     kind != OpClass::Source))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return isThere(operand, depth - 1, leaves);
  });
}

void Followers::collect(Operation *op) {
  ops.insert(op);
  for (Operation *user : op->getUsers()) {
    if (user->getBlock() != root->getBlock() || ops.contains(user) ||
        classify(user) != OpClass::Pointwise ||
        resultShape(user) != resultShape(root))
      continue;
    SmallVector<Value> leaves;
    constexpr int deep = 6;
    bool joins = llvm::all_of(user->getOperands(), [&](Value operand) {
      Operation *producer = operand.getDefiningOp();
      return (producer && ops.contains(producer)) ||
             isThere(operand, deep, leaves);
    });
    if (!joins)
      continue;
    read.insert(leaves.begin(), leaves.end());
    collect(user);
  }
}

/// Whether tensor cores would wait for what else the kernel reads and writes:
/// then a kernel of its own, with wider accesses, is faster. Their attention
/// stores what it computes as it is.
static bool isHeavy(Operation *root) {
  constexpr int64_t most = 2;
  if (!isa_and_nonnull<linalg::ContractOp, AttentionOp>(root) ||
      getElementTypeOrSelf(root->getResult(0).getType())
              .getIntOrFloatBitWidth() != 16)
    return false;
  return isa<AttentionOp>(root) || Followers(root).traffic() > most;
}

/// The heavy root whose result `op` reads, null if there is none.
Operation *KernelGroups::heavyProducer(Operation *op) const {
  for (Value operand : gates ? ValueRange(op->getOperands()) : ValueRange()) {
    int group = groupOf(operand);
    if (group >= 0 && isHeavy(all[group].root))
      return all[group].root;
  }
  return nullptr;
}

bool KernelGroups::waitsFor(Operation *op, int group) {
  bool waits = false;
  op->walk([&](Operation *nested) {
    for (OpOperand &read : nested->getOpOperands())
      waits |= wouldWait(op, read, group);
  });
  return waits;
}

/// The kernel of what else follows the same heavy root.
int KernelGroups::joinFollowers(Operation *op) {
  auto found = followers.find(heavyProducer(op));
  if (found == followers.end() ||
      resultShape(op) != ArrayRef(all[found->second].shape) ||
      waitsFor(op, found->second))
    return -1;
  return found->second;
}

int KernelGroups::joinProducer(Operation *op) {
  int best = -1;
  if (waitsForReader(op))
    return best;
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    int candidate = groupOf(operand);
    if (candidate < 0 || candidate == best || !readsAtOwnIndex(op, index))
      continue;
    KernelGroup &group = all[candidate];
    if (joinsTooEarly(op, group) || !acceptsEpilogue(group.root) ||
        (group.root && extracts(op)) || (gates && isHeavy(group.root)) ||
        resultShape(op) != ArrayRef(group.shape))
      continue;
    if (waitsFor(op, candidate))
      continue;
    bool heavier = best < 0 || (group.root && !all[best].root);
    if (heavier)
      best = candidate;
  }
  return best < 0 ? joinFollowers(op) : best;
}

void KernelGroups::merge(int from, int into) {
  KernelGroup &source = all[from], &target = all[into];
  for (Operation *op : source.ops)
    places[op] = into;
  target.ops.append(source.ops);
  llvm::sort(target.ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  source.ops.clear();
}

void KernelGroups::pullProducers(Operation *op, int group) {
  if (op == all[group].root && !acceptsPrologue(op))
    return;
  for (Value operand : op->getOperands()) {
    int from = groupOf(operand);
    if (from < 0 || from == group || all[from].root)
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

int KernelGroups::joinGate(Operation *op) {
  Operation *root = gates ? gatedContraction(op) : nullptr;
  int target = root ? places.lookup(root) : -1;
  if (target < 0 || all[target].root != root)
    return -1;
  // Whatever else is read must not wait for the contraction.
  for (OpOperand &read : op->getOpOperands())
    if (!read.get().getDefiningOp<tensor::ExtractSliceOp>() &&
        wouldWait(op, read, target))
      return -1;
  for (Value operand : op->getOperands())
    if (operand.getDefiningOp<tensor::ExtractSliceOp>())
      merge(groupOf(operand), target);
  all[target].shape = llvm::to_vector(resultShape(op));
  return target;
}

void KernelGroups::place(Operation *op) {
  OpClass kind = classify(op);
  int target = kind == OpClass::Pointwise ? joinGate(op) : -1;
  if (target < 0 && kind == OpClass::Pointwise)
    target = joinProducer(op);
  if (target < 0) {
    target = all.size();
    all.push_back({});
    if (kind == OpClass::Root)
      all.back().root = op;
    all.back().shape = llvm::to_vector(resultShape(op));
    if (Operation *root = heavyProducer(op);
        root && kind == OpClass::Pointwise)
      followers.try_emplace(root, target);
  }
  all[target].ops.push_back(op);
  places[op] = target;
  pullProducers(op, target);
}

KernelGroups::KernelGroups(Block &block, bool gates)
    : block(block), gates(gates) {
  for (Operation &op : block)
    if (!isFree(&op))
      place(&op);
}

int KernelGroups::indexOf(Operation *op) const {
  auto found = places.find(op);
  return found == places.end() ? -1 : found->second;
}

SmallVector<Operation *> KernelGroups::order() const {
  // A group runs when its last input is there: at its last member. Views and
  // other groups that read it come later, since merges kept the order acyclic.
  SmallVector<Operation *> result;
  DenseSet<Operation *> done;
  SmallVector<char> begun(all.size(), 0);
  std::function<void(Operation *)> visit = [&](Operation *op) {
    int group = indexOf(op);
    if (group >= 0 ? std::exchange(begun[group], 1) : !done.insert(op).second)
      return;
    ArrayRef<Operation *> members =
        group >= 0 ? ArrayRef(all[group].ops) : ArrayRef<Operation *>(op);
    for (Operation *member : members)
      member->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands())
          if (Operation *producer = operand.getDefiningOp();
              producer && producer->getBlock() == &block)
            visit(producer);
      });
    result.push_back(members.front());
  };
  for (Operation &op : block)
    visit(&op);
  return result;
}
