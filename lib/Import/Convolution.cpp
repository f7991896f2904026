//===- Convolution.cpp - Convolution and its transpose --------------------===//
#include "IntegerProducts.h"
#include "SpatialWindow.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

static ImportResult importConv(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), filter = node.value(1);
  if (failed(x) || failed(filter))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x), f = shapeOf(*filter);
  int64_t groups = node.integer("group", 1);
  if (in.size() < 3 || f.size() != in.size() || groups <= 0 ||
      in[1] % groups != 0 || in[1] / groups != f[1] || f[0] % groups != 0 ||
      elementOf(*x) != elementOf(*filter) || !isa<FloatType>(elementOf(*x)))
    return node.error() << "input, filter and `group` do not fit";
  if (node.has(2) && shapeOf(node.operand(2).value) != ArrayRef<int64_t>(f[0]))
    return node.error() << "the bias must have one element a filter";
  auto window = SpatialWindow::of(node, in.drop_front(2), Ints(f.drop_front(2)), false);
  if (failed(window))
    return failure();
  auto outputs = window->outputs(node, in.drop_front(2), false);
  if (failed(outputs))
    return failure();
  Ints shape{in[0], f[0]};
  llvm::append_range(shape, *outputs);
  OpBuilder &b = node.build.builder;
  return SmallVector<Imported>{
      ConvolutionOp::create(b, node.build.loc,
                            RankedTensorType::get(shape, elementOf(*x)), *x,
                            *filter, node.has(2) ? node.operand(2).value : Value(),
                            window->strides, window->dilations,
                            window->padsBegin, window->padsEnd, groups,
                            Layout::ChannelsFirst)
          .getResult()};
}

static ImportResult importConvTranspose(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), filter = node.value(1);
  if (failed(x) || failed(filter))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x), f = shapeOf(*filter);
  int64_t groups = node.integer("group", 1);
  if (in.size() < 3 || f.size() != in.size() || groups <= 0 || in[1] != f[0] ||
      f[0] % groups != 0 || elementOf(*x) != elementOf(*filter) ||
      !isa<FloatType>(elementOf(*x)))
    return node.error() << "input, filter and `group` do not fit";
  size_t rank = in.size() - 2;
  SpatialWindow w;
  w.kernel.assign(f.begin() + 2, f.end());
  w.strides = node.list("strides");
  w.dilations = node.list("dilations");
  Ints pads = node.list("pads"), extra = node.list("output_padding");
  Ints wanted = node.list("output_shape");
  if (w.strides.empty())
    w.strides.assign(rank, 1);
  if (w.dilations.empty())
    w.dilations.assign(rank, 1);
  if (extra.empty())
    extra.assign(rank, 0);
  if (pads.empty())
    pads.assign(2 * rank, 0);
  if (w.strides.size() != rank || w.dilations.size() != rank ||
      extra.size() != rank || pads.size() != 2 * rank ||
      (!wanted.empty() && wanted.size() != rank && wanted.size() != rank + 2) ||
      rank > 3)
    return node.error() << "attributes do not match the spatial dimensions";
  if (wanted.size() == rank + 2)
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  w.padsBegin.assign(pads.begin(), pads.begin() + rank);
  w.padsEnd.assign(pads.begin() + rank, pads.end());
  std::string automatic = node.text("auto_pad", "NOTSET");
  bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  Ints shape{in[0], f[1] * groups};
  for (size_t d = 0; d < rank; ++d) {
    Window bare = w.dim(d);
    if (same || !wanted.empty() || automatic == "VALID")
      bare.padBegin = bare.padEnd = 0;
    auto full = transposedOutputs(in[2 + d], bare, extra[d]);
    if (!full || extra[d] < 0)
      return node.error() << "impossible window";
    int64_t size = *full;
    if (same || !wanted.empty()) {
      int64_t target = !wanted.empty() ? wanted[d] : in[2 + d] * w.strides[d];
      int64_t total = size - target;
      if (target < 0)
        return node.error() << "impossible `output_shape`";
      int64_t half = llvm::divideFloorSigned(total, 2);
      bool upper = automatic == "SAME_UPPER";
      w.padsBegin[d] = upper ? half : total - half;
      w.padsEnd[d] = total - w.padsBegin[d];
      size = target;
    } else {
      w.padsBegin[d] = bare.padBegin;
      w.padsEnd[d] = bare.padEnd;
    }
    shape.push_back(size);
  }
  OpBuilder &b = node.build.builder;
  return SmallVector<Imported>{
      TransposedConvolutionOp::create(
          b, node.build.loc, RankedTensorType::get(shape, elementOf(*x)), *x,
          *filter, node.has(2) ? node.operand(2).value : Value(), w.strides,
          w.dilations, w.padsBegin, w.padsEnd, extra, groups,
          Layout::ChannelsFirst)
          .getResult()};
}

/// A depthwise convolution of a channel's present and past, of which the last
/// becomes the next call's past.
static ImportResult importCausalConvWithState(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), filter = node.value(1);
  if (failed(x) || failed(filter))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x), f = shapeOf(*filter);
  Type element = elementOf(*x);
  if (in.size() != 3 || f.size() != 3 || f[0] != in[1] || f[1] != 1 ||
      f[2] < 1 || elementOf(*filter) != element || !isa<FloatType>(element))
    return node.error() << "input and weight do not fit";
  if (node.has(2) && shapeOf(node.operand(2).value) != ArrayRef<int64_t>(f[0]))
    return node.error() << "the bias must have one element a channel";
  Ints state{in[0], in[1], f[2] - 1};
  if (node.has(3) && node.operand(3).value.getType() !=
                         RankedTensorType::get(state, element))
    return node.error() << "the past must hold all elements but one of a window";
  TensorBuilder &build = node.build;
  Value past = node.has(3) ? node.operand(3).value
                           : build.splat(state, element, 0);
  Value whole = build.concat({past, *x}, 2);
  Value result = ConvolutionOp::create(
      build.builder, build.loc, RankedTensorType::get(in, element),
      node.has(3) ? whole : *x, *filter,
      node.has(2) ? node.operand(2).value : Value(), Ints{1}, Ints{1},
      Ints{node.has(3) ? 0 : f[2] - 1}, Ints{0}, in[1], Layout::ChannelsFirst);
  std::string activation = node.text("activation", "none");
  if (activation == "silu" || activation == "swish")
    result = ActivationOp::create(build.builder, build.loc, result.getType(),
                                  result, ActivationKind::Silu, FloatAttr(),
                                  FloatAttr());
  else if (activation != "none")
    return node.error() << "`activation` must be none, silu or swish, got `"
                        << activation << "`";
  Value present = build.slice(whole, {0, 0, in[2]}, state, Ints(3, 1));
  return SmallVector<Imported>{result, present};
}

void lacuna::registerConvolutions(ImportTable &table) {
  table.add("Conv", importConv);
  table.add("ConvInteger", [](NodeImporter &node) {
    return importIntegerProduct(node, importConv, 1, 0);
  });
  table.add("ConvTranspose", importConvTranspose);
  table.add("CausalConvWithState", importCausalConvWithState);
}
