//===- Contraction.cpp - Matrix products ----------------------------------===//
#include "IntegerProducts.h"

using namespace mlir;
using namespace lacuna;

/// Removes leading dimensions of 1 that the other operand does not share, so
/// that each dimension left is a loop of its own.
static ImportResult importMatMul(NodeImporter &node) {
  FailureOr<Value> a = node.value(0), c = node.value(1);
  if (failed(a) || failed(c))
    return failure();
  TensorBuilder &build = node.build;
  Ints left(shapeOf(*a)), right(shapeOf(*c));
  if (left.empty() || right.empty() || elementOf(*a) != elementOf(*c))
    return node.error() << "operands must be tensors of one element type";
  bool vectorLeft = left.size() == 1, vectorRight = right.size() == 1;
  if (vectorLeft)
    left.insert(left.begin(), 1);
  if (vectorRight)
    right.push_back(1);
  if (left.back() != right[right.size() - 2])
    return node.error() << "inner dimensions differ: " << left.back()
                        << " and " << right[right.size() - 2];
  int64_t batchRank = std::max(left.size(), right.size()) - 2;
  int64_t m = batchRank, n = batchRank + 1, k = batchRank + 2;
  Ints batch(batchRank, 1), resultLoops;
  auto sizeAt = [&](ArrayRef<int64_t> shape, int64_t dim) -> int64_t {
    int64_t at = dim - (batchRank + 2 - int64_t(shape.size()));
    return at < 0 ? 1 : shape[at];
  };
  Ints leftShape, rightShape, leftLoops, rightLoops;
  for (int64_t dim = 0; dim < batchRank; ++dim) {
    int64_t x = sizeAt(left, dim), y = sizeAt(right, dim);
    if (x != y && x != 1 && y != 1)
      return node.error() << "batch dimensions do not broadcast";
    batch[dim] = x == 1 ? y : x;
    resultLoops.push_back(dim);
    if (x != 1 || y == 1) {
      leftShape.push_back(x);
      leftLoops.push_back(dim);
    }
    if (y != 1) {
      rightShape.push_back(y);
      rightLoops.push_back(dim);
    }
  }
  leftShape.append({left[left.size() - 2], left.back()});
  leftLoops.append({m, k});
  rightShape.append({right[right.size() - 2], right.back()});
  rightLoops.append({k, n});
  resultLoops.append({m, n});
  Value result = build.contract(build.reshape(*a, leftShape), leftLoops,
                                build.reshape(*c, rightShape), rightLoops,
                                resultLoops);
  Ints shape(batch);
  if (!vectorLeft)
    shape.push_back(left[left.size() - 2]);
  if (!vectorRight)
    shape.push_back(right.back());
  return SmallVector<Imported>{build.reshape(result, shape)};
}

static Value scale(TensorBuilder &build, Value x, double factor) {
  if (factor == 1)
    return x;
  Value constant = build.scalar(elementOf(x), factor);
  return isa<FloatType>(elementOf(x))
             ? build.binary<arith::MulFOp>(x, constant)
             : build.binary<arith::MulIOp>(x, constant);
}

static ImportResult importGemm(NodeImporter &node) {
  FailureOr<Value> a = node.value(0), c = node.value(1);
  if (failed(a) || failed(c))
    return failure();
  bool transA = node.integer("transA", 0), transB = node.integer("transB", 0);
  ArrayRef<int64_t> left = shapeOf(*a), right = shapeOf(*c);
  if (left.size() != 2 || right.size() != 2 ||
      left[transA ? 0 : 1] != right[transB ? 1 : 0])
    return node.error() << "operands must be matrices that fit";
  TensorBuilder &build = node.build;
  Ints leftLoops = transA ? Ints{2, 0} : Ints{0, 2};
  Ints rightLoops = transB ? Ints{1, 2} : Ints{2, 1};
  Value result =
      scale(build, build.contract(*a, leftLoops, *c, rightLoops, {0, 1}),
            node.number("alpha", 1));
  if (node.has(2) && node.number("beta", 1) != 0) {
    Value bias = scale(build, node.operand(2).value, node.number("beta", 1));
    FailureOr<Ints> shape = TensorBuilder::broadcastShape({result, bias});
    if (failed(shape) || ArrayRef(*shape) != shapeOf(result))
      return node.error() << "C must broadcast to the result";
    result = isa<FloatType>(elementOf(result))
                 ? build.binary<arith::AddFOp>(result, bias)
                 : build.binary<arith::AddIOp>(result, bias);
  }
  return SmallVector<Imported>{result};
}

namespace {
/// An equation such as "bij,bjk->bik" with `...` spelled out.
struct Equation {
  SmallVector<SmallVector<int64_t>> operands;
  SmallVector<int64_t> result;
};
} // namespace

static FailureOr<Equation> parseEquation(NodeImporter &node,
                                         ArrayRef<Value> operands) {
  std::string text = node.text("equation", "");
  llvm::erase(text, ' ');
  auto [inputs, output] = StringRef(text).split("->");
  bool implicit = !StringRef(text).contains("->");
  SmallVector<StringRef> terms;
  inputs.split(terms, ',');
  if (terms.size() != operands.size())
    return node.error() << "the equation has " << terms.size() << " terms";
  // Letters are numbered 0..; dimensions of `...` count down from 999.
  int64_t ellipsis = 0;
  for (auto [term, operand] : llvm::zip(terms, operands))
    if (term.contains("..."))
      ellipsis = std::max<int64_t>(ellipsis, shapeOf(operand).size() - (term.size() - 3));
  auto expand = [&](StringRef term, int64_t rank) -> FailureOr<Ints> {
    Ints loops;
    while (!term.empty()) {
      if (term.consume_front("...")) {
        int64_t count = rank < 0 ? ellipsis : rank - (int64_t(loops.size()) + int64_t(term.size()));
        for (int64_t i = count; i-- > 0;)
          loops.push_back(999 - i);
        continue;
      }
      if (!llvm::isAlpha(term[0]))
        return node.error() << "the equation has a stray `" << term.take_front() << "`";
      loops.push_back(term[0]);
      term = term.drop_front();
    }
    if (rank >= 0 && int64_t(loops.size()) != rank)
      return node.error() << "a term does not match its operand's dimensions";
    return loops;
  };
  Equation equation;
  std::map<int64_t, int> seen;
  for (auto [term, operand] : llvm::zip(terms, operands)) {
    auto loops = expand(term, shapeOf(operand).size());
    if (failed(loops))
      return failure();
    for (int64_t loop : *loops)
      ++seen[loop];
    equation.operands.push_back(*loops);
  }
  if (implicit) {
    for (int64_t i = ellipsis; i-- > 0;)
      equation.result.push_back(999 - i);
    for (auto [loop, count] : seen)
      if (count == 1 && loop < 900)
        equation.result.push_back(loop);
    return equation;
  }
  auto loops = expand(output, -1);
  if (failed(loops))
    return failure();
  for (int64_t loop : *loops)
    if (!seen.count(loop) || llvm::count(*loops, loop) > 1)
      return node.error() << "the result must name known dimensions once";
  equation.result = *loops;
  return equation;
}

/// Keeps one copy of a repeated index: the diagonal.
static Value takeDiagonal(TensorBuilder &build, Value x, Ints &loops) {
  Ints distinct, shape;
  for (auto [dim, loop] : llvm::enumerate(loops))
    if (!llvm::is_contained(distinct, loop)) {
      distinct.push_back(loop);
      shape.push_back(shapeOf(x)[dim]);
    }
  if (distinct.size() == loops.size())
    return x;
  Value result = build.generate(
      shape, elementOf(x), [&](OpBuilder &b, Location l, ValueRange at) -> Value {
        SmallVector<Value> from;
        for (int64_t loop : loops)
          from.push_back(at[llvm::find(distinct, loop) - distinct.begin()]);
        return tensor::ExtractOp::create(b, l, x, from);
      });
  loops = distinct;
  return result;
}

/// Sums out and orders an operand's dimensions to those of `keep`.
static Value project(TensorBuilder &build, Value x, Ints loops, ArrayRef<int64_t> keep) {
  Ints axes, left;
  for (auto [dim, loop] : llvm::enumerate(loops)) {
    if (llvm::is_contained(keep, loop))
      left.push_back(loop);
    else
      axes.push_back(dim);
  }
  if (!axes.empty())
    x = build.sum(x, axes, false);
  Ints perm;
  for (int64_t loop : keep)
    perm.push_back(llvm::find(left, loop) - left.begin());
  return build.transpose(x, perm);
}

static ImportResult importEinsum(NodeImporter &node) {
  SmallVector<Value> operands;
  for (size_t i = 0; i < node.operandCount(); ++i) {
    FailureOr<Value> x = node.value(i);
    if (failed(x))
      return failure();
    operands.push_back(*x);
  }
  FailureOr<Equation> equation = parseEquation(node, operands);
  if (failed(equation) || operands.empty())
    return failure();
  TensorBuilder &build = node.build;
  std::map<int64_t, int64_t> sizes;
  for (auto [x, loops] : llvm::zip(operands, equation->operands))
    for (auto [loop, size] : llvm::zip(loops, shapeOf(x)))
      if (sizes.try_emplace(loop, size).first->second != size)
        return node.error() << "operands disagree on a dimension";
  for (auto [x, loops] : llvm::zip(operands, equation->operands))
    x = takeDiagonal(build, x, loops);
  Value sum = operands[0];
  Ints loops = equation->operands[0];
  for (size_t i = 1; i < operands.size(); ++i) {
    // What later operands or the result need stays.
    Ints keep, all(loops);
    llvm::append_range(all, equation->operands[i]);
    for (int64_t loop : all) {
      bool needed = llvm::is_contained(equation->result, loop);
      for (size_t j = i + 1; j < operands.size(); ++j)
        needed |= llvm::is_contained(equation->operands[j], loop);
      if (needed && !llvm::is_contained(keep, loop))
        keep.push_back(loop);
    }
    if (i + 1 == operands.size())
      keep.assign(equation->result.begin(), equation->result.end());
    std::map<int64_t, int64_t> number;
    auto renumber = [&](ArrayRef<int64_t> dims) {
      Ints result;
      for (int64_t loop : dims)
        result.push_back(number.try_emplace(loop, number.size()).first->second);
      return result;
    };
    Ints a = renumber(loops), c = renumber(equation->operands[i]), r = renumber(keep);
    sum = build.contract(sum, a, operands[i], c, r);
    loops = keep;
  }
  return SmallVector<Imported>{project(build, sum, loops, equation->result)};
}

void lacuna::registerContractions(ImportTable &table) {
  table.add("MatMul", importMatMul);
  table.add("MatMulInteger", [](NodeImporter &node) {
    return importIntegerProduct(node, importMatMul, -2, -1);
  });
  table.add("Gemm", importGemm);
  table.add("Einsum", importEinsum);
}
