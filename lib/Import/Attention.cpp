//===- Attention.cpp - Attention and rotary embedding ---------------------===//
#include "NodeImporter.h"
#include "TensorData.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Operands of Attention, all as batch, head, sequence, depth.
struct Heads {
  Value query, key, value;
  bool flat; // given as batch, sequence, head * depth
};
} // namespace

/// (b, s, h d) to (b, h, s, d).
static FailureOr<Value> splitHeads(NodeImporter &node, Value x, int64_t heads) {
  ArrayRef<int64_t> shape = shapeOf(x);
  if (shape.size() == 4)
    return x;
  if (shape.size() != 3 || heads <= 0 || shape[2] % heads != 0)
    return node.error() << "operands must have 3 or 4 dimensions and heads "
                           "that divide the last";
  Value split = node.build.reshape(
      x, {shape[0], shape[1], heads, shape[2] / heads});
  return node.build.transpose(split, {0, 2, 1, 3});
}

static FailureOr<Heads> readHeads(NodeImporter &node) {
  Heads heads;
  FailureOr<Value> q = node.value(0), k = node.value(1), v = node.value(2);
  if (failed(q) || failed(k) || failed(v))
    return failure();
  heads.flat = shapeOf(*q).size() == 3;
  int64_t queryHeads = node.integer("q_num_heads", 0);
  int64_t keyHeads = node.integer("kv_num_heads", queryHeads);
  q = splitHeads(node, *q, queryHeads);
  k = splitHeads(node, *k, keyHeads);
  v = splitHeads(node, *v, keyHeads);
  if (failed(q) || failed(k) || failed(v))
    return failure();
  heads.query = *q;
  heads.key = *k;
  heads.value = *v;
  return heads;
}

static LogicalResult checkHeads(NodeImporter &node, const Heads &heads) {
  auto qs = shapeOf(heads.query), ks = shapeOf(heads.key),
       vs = shapeOf(heads.value);
  if (qs[0] != ks[0] || ks[0] != vs[0] || ks[1] != vs[1] || ks[2] != vs[2] ||
      qs[3] != ks[3] || ks[1] == 0 || qs[1] % ks[1] != 0)
    return node.error() << "query, key and value do not fit";
  return success();
}

/// Boolean and additive masks may end before the keys do: the rest is masked.
static FailureOr<Value> completeMask(NodeImporter &node, Value mask,
                                     int64_t keys) {
  Ints shape(shapeOf(mask));
  if (shape.empty() || shape.size() > 4)
    return node.error() << "the mask must have 1 to 4 dimensions";
  if (!isa<FloatType>(elementOf(mask)) && !elementOf(mask).isInteger(1))
    return node.error() << "the mask must hold floats or booleans";
  if (shape.back() == keys || shape.back() == 1)
    return mask;
  if (shape.back() > keys)
    return node.error() << "the mask is longer than the keys";
  OpBuilder &b = node.build.builder;
  Type element = elementOf(mask);
  TypedAttr off;
  if (auto floating = dyn_cast<FloatType>(element))
    off = b.getFloatAttr(floating, -std::numeric_limits<double>::infinity());
  else
    off = b.getIntegerAttr(element, 0);
  Ints low(shape.size(), 0), high(shape.size(), 0);
  high.back() = keys - shape.back();
  return node.build.pad(mask, low, high,
                        arith::ConstantOp::create(b, node.build.loc, off));
}

/// Puts the past keys or values, operand `index`, before those of `now`.
static LogicalResult joinPast(NodeImporter &node, size_t index, Value &now) {
  Value past = node.operand(index).value;
  ArrayRef<int64_t> before = shapeOf(past), shape = shapeOf(now);
  if (before.size() != 4 || before.take_front(2) != shape.take_front(2) ||
      before[3] != shape[3] || elementOf(past) != elementOf(now))
    return node.error() << "the past must fit key and value";
  now = node.build.concat({past, now}, 2);
  return success();
}

/// query key^T, heads of the key serving as many of the query each.
static Value multiplyHeads(TensorBuilder &build, Value q, Value k) {
  ArrayRef<int64_t> qs = shapeOf(q), ks = shapeOf(k);
  int64_t group = qs[1] / ks[1];
  Value split = build.reshape(q, {qs[0], ks[1], group, qs[2], qs[3]});
  Value scores = build.contract(split, {0, 1, 2, 3, 5}, k, {0, 1, 4, 5},
                                {0, 1, 2, 3, 4});
  return build.reshape(scores, {qs[0], qs[1], qs[2], ks[2]});
}

/// What the operator calls qk_matmul_output, step by step.
static FailureOr<Value> scoreMatrix(NodeImporter &node, const Heads &heads,
                                    Value mask, double scale, int64_t mode,
                                    int64_t past);

/// `mask`, if any, without the keys behind each query; `past` keys come before
/// the first one.
static Value hideFuture(TensorBuilder &build, Value mask, int64_t queries,
                        int64_t keys, int64_t past) {
  Value open = build.generate(
      {queries, keys}, build.builder.getI1Type(),
      [&](OpBuilder &b, Location l, ValueRange at) -> Value {
        Value last = arith::AddIOp::create(
            b, l, at[0], arith::ConstantIndexOp::create(b, l, past));
        return arith::CmpIOp::create(b, l, arith::CmpIPredicate::sle, at[1],
                                     last);
      });
  if (!mask)
    return open;
  if (elementOf(mask).isInteger(1))
    return build.binary<arith::AndIOp>(mask, open);
  return build.elementwise(
      {open, mask}, elementOf(mask),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        auto type = cast<FloatType>(args[1].getType());
        Value off = arith::ConstantOp::create(
            b, l,
            b.getFloatAttr(type, -std::numeric_limits<double>::infinity()));
        return arith::SelectOp::create(b, l, args[0], args[1], off);
      });
}

static ImportResult importAttention(NodeImporter &node) {
  FailureOr<Heads> heads = readHeads(node);
  if (failed(heads))
    return failure();
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  int64_t past = 0;
  if (node.has(4) != node.has(5))
    return node.error() << "past key and value must come together";
  if (node.has(4)) {
    if (failed(joinPast(node, 4, heads->key)) ||
        failed(joinPast(node, 5, heads->value)))
      return failure();
    past = shapeOf(node.operand(4).value)[2];
  }
  if (failed(checkHeads(node, *heads)))
    return failure();
  Value q = heads->query, k = heads->key, v = heads->value;
  ArrayRef<int64_t> qs = shapeOf(q), ks = shapeOf(k), vs = shapeOf(v);
  double scale = node.number("scale", 1 / std::sqrt(double(qs[3])));
  Value mask;
  if (node.has(3)) {
    FailureOr<Value> whole = completeMask(node, node.operand(3).value, ks[2]);
    if (failed(whole))
      return failure();
    mask = *whole;
  }
  bool causal = node.integer("is_causal", 0);
  // Causality counts from the end of the past.
  if (causal && past > 0) {
    mask = hideFuture(build, mask, qs[2], ks[2], past);
    causal = false;
  }
  Ints shape{qs[0], qs[1], qs[2], vs[3]};
  double cap = node.number("softcap", 0);
  Value lengths = node.has(6) ? node.operand(6).value : Value();
  Value result = AttentionOp::create(
                     b, build.loc, RankedTensorType::get(shape, elementOf(q)),
                     Type(), q, k, v, mask, lengths, Value(), Value(),
                     b.getF64FloatAttr(scale), AttentionLayout::BHSD,
                     causal ? Causal::TopLeft : Causal::None, IntegerAttr(),
                     IntegerAttr(),
                     cap ? b.getF64FloatAttr(cap) : FloatAttr(), IntegerAttr())
                     .getResults();
  if (heads->flat) {
    result = build.transpose(result, {0, 2, 1, 3});
    result = build.reshape(result, {qs[0], qs[2], qs[1] * vs[3]});
  }
  SmallVector<Imported> results{result, k, v};
  if (node.wants(3)) {
    FailureOr<Value> scores = scoreMatrix(
        node, *heads, mask, scale, node.integer("qk_matmul_output_mode", 0),
        causal ? 0 : -1);
    if (failed(scores))
      return failure();
    results.push_back(*scores);
  }
  return results;
}

/// softmax input or output, computed outright: it is asked for as a result.
static FailureOr<Value> scoreMatrix(NodeImporter &node, const Heads &heads,
                                    Value mask, double scale, int64_t mode,
                                    int64_t causalPast) {
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  Value scores = multiplyHeads(build, heads.query, heads.key);
  Type element = elementOf(scores);
  scores = build.binary<arith::MulFOp>(scores, build.scalar(element, scale));
  if (mode == 0)
    return scores;
  if (double cap = node.number("softcap", 0); cap != 0) {
    Value c = build.scalar(element, cap);
    Value x = build.binary<arith::DivFOp>(scores, c);
    scores = build.binary<arith::MulFOp>(build.unary<math::TanhOp>(x), c);
  }
  // The steps are numbered: 1 with cap, 2 with cap and mask, 3 softmax.
  auto applyMask = [&] {
    double inf = std::numeric_limits<double>::infinity();
    auto off = [&](OpBuilder &b, Location l) -> Value {
      return arith::ConstantOp::create(
          b, l, b.getFloatAttr(cast<FloatType>(element), -inf));
    };
    if (mask && elementOf(mask).isInteger(1))
      scores = build.elementwise(
          {mask, scores}, element,
          [&](OpBuilder &b, Location l, ValueRange args) -> Value {
            return arith::SelectOp::create(b, l, args[0], args[1], off(b, l));
          });
    else if (mask)
      scores = build.binary<arith::AddFOp>(scores, mask);
    if (causalPast == 0)
      scores = build.elementwise(
          scores, element, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
            Value row = linalg::IndexOp::create(b, l, 2);
            Value column = linalg::IndexOp::create(b, l, 3);
            Value seen = arith::CmpIOp::create(b, l, arith::CmpIPredicate::sle,
                                               column, row);
            return arith::SelectOp::create(b, l, seen, args[0], off(b, l));
          });
  };
  if (mode == 1)
    return scores;
  applyMask();
  if (mode == 2)
    return scores;
  return Value(SoftmaxOp::create(b, build.loc, scores.getType(), scores, 3,
                                 false, false));
}

/// What the graph `name`, if there is one, makes of scores or probabilities.
static FailureOr<Value> modify(NodeImporter &node, StringRef name, Value x) {
  const auto *graph = node.attribute(name);
  if (!graph)
    return x;
  ImportResult results = node.graph(graph->g(), Imported(x));
  if (failed(results))
    return failure();
  if (results->size() != 1 || !results->front() ||
      results->front().value.getType() != x.getType())
    return FailureOr<Value>(node.error() << "`" << name.str()
                                         << "` must give one "
                                         << x.getType());
  return results->front().value;
}

/// Key or value with a head for each of the query's.
static Value repeatHeads(TensorBuilder &build, Value x, int64_t heads) {
  ArrayRef<int64_t> shape = shapeOf(x);
  if (shape[1] == heads)
    return x;
  Value split = build.reshape(x, {shape[0], shape[1], 1, shape[2], shape[3]});
  Value wide = build.broadcast(split, {shape[0], shape[1], heads / shape[1],
                                       shape[2], shape[3]});
  return build.reshape(wide, {shape[0], heads, shape[2], shape[3]});
}

/// Step by step: what it makes of scores is found again where attention is
/// recognised.
static ImportResult importFlexAttention(NodeImporter &node) {
  FailureOr<Heads> heads = readHeads(node);
  if (failed(heads) || failed(checkHeads(node, *heads)))
    return failure();
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  Type element = elementOf(heads->query);
  bool isUnsigned = false;
  FailureOr<Type> wide = b.getF32Type();
  if (element.isF64())
    wide = element;
  if (int64_t given = node.integer("softmax_precision", 0))
    wide = elementType(b.getContext(), given, isUnsigned);
  if (failed(wide) || !isa<FloatType>(*wide))
    return node.error() << "`softmax_precision` must be a type of floats";
  int64_t count = shapeOf(heads->query)[1];
  Value scores =
      build.contract(heads->query, {0, 1, 2, 4},
                     repeatHeads(build, heads->key, count), {0, 1, 3, 4},
                     {0, 1, 2, 3});
  scores = build.cast(scores, *wide, false, false);
  double depth = shapeOf(heads->query)[3];
  double scale = node.number("scale", 1 / std::sqrt(depth));
  scores = build.binary<arith::MulFOp>(scores, build.scalar(*wide, scale));
  FailureOr<Value> modified = modify(node, "score_mod", scores);
  if (failed(modified))
    return failure();
  Value softmax = SoftmaxOp::create(b, build.loc, modified->getType(),
                                    *modified, 3, false, false);
  FailureOr<Value> weights = modify(node, "prob_mod", softmax);
  if (failed(weights))
    return failure();
  Value narrow = build.cast(*weights, element, false, false);
  Value result =
      build.contract(narrow, {0, 1, 2, 4},
                     repeatHeads(build, heads->value, count), {0, 1, 4, 3},
                     {0, 1, 2, 3});
  return SmallVector<Imported>{result};
}

static ImportResult importRotary(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), cosine = node.value(1), sine = node.value(2);
  if (failed(x) || failed(cosine) || failed(sine))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  int64_t heads = node.integer("num_heads", 0);
  TensorBuilder &build = node.build;
  Value input = *x;
  bool flat = shape.size() == 3;
  if (flat) {
    if (heads <= 0 || shape[2] % heads != 0)
      return node.error() << "`num_heads` must divide the last dimension";
    input = build.reshape(*x, {shape[0], shape[1], heads, shape[2] / heads});
  } else if (shape.size() != 4) {
    return node.error() << "the input must have 3 or 4 dimensions";
  }
  auto op = RotaryEmbeddingOp::create(
      build.builder, build.loc, input.getType(), input, *cosine, *sine,
      node.has(3) ? node.operand(3).value : Value(),
      node.integer("interleaved", 0) != 0,
      node.integer("rotary_embedding_dim", 0),
      flat ? AttentionLayout::BSHD : AttentionLayout::BHSD);
  return SmallVector<Imported>{build.reshape(op.getResult(), shape)};
}

void lacuna::registerAttention(ImportTable &table) {
  table.add("Attention", importAttention);
  table.add("FlexAttention", importFlexAttention);
  table.add("RotaryEmbedding", importRotary);
}
