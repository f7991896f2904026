//===- Activation.cpp - Activations, softmax and gates --------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

static FloatAttr f64(NodeImporter &node, double value) {
  return node.build.builder.getF64FloatAttr(value);
}

static ImportResult emit(NodeImporter &node, ActivationKind kind,
                         FloatAttr alpha = {}, FloatAttr beta = {}) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (!isa<FloatType>(elementOf(*x)))
    return node.error() << "operand must be a float tensor";
  return SmallVector<Imported>{
      ActivationOp::create(node.build.builder, node.build.loc, x->getType(), *x,
                           kind, alpha, beta)
          .getResult()};
}

template <ActivationKind kind> static ImportResult plain(NodeImporter &node) {
  return emit(node, kind);
}

static ImportResult importRelu(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x) || isa<FloatType>(elementOf(*x)))
    return failed(x) ? ImportResult(failure()) : emit(node, ActivationKind::Relu);
  Value zero = node.build.scalar(elementOf(*x), 0);
  return SmallVector<Imported>{node.build.binary<arith::MaxSIOp>(*x, zero)};
}

static ImportResult importLeakyRelu(NodeImporter &node) {
  return emit(node, ActivationKind::LeakyRelu,
              f64(node, node.number("alpha", 0.01)));
}
static ImportResult importElu(NodeImporter &node) {
  return emit(node, ActivationKind::Elu, f64(node, node.number("alpha", 1)));
}
static ImportResult importCelu(NodeImporter &node) {
  return emit(node, ActivationKind::Celu, f64(node, node.number("alpha", 1)));
}
static ImportResult importSelu(NodeImporter &node) {
  return emit(node, ActivationKind::Selu,
              f64(node, node.number("alpha", 1.67326319217681884765625)),
              f64(node, node.number("gamma", 1.05070102214813232421875)));
}
static ImportResult importThresholded(NodeImporter &node) {
  return emit(node, ActivationKind::ThresholdedRelu,
              f64(node, node.number("alpha", 1)));
}
static ImportResult importHardSigmoid(NodeImporter &node) {
  return emit(node, ActivationKind::HardSigmoid,
              f64(node, node.number("alpha", 0.2)),
              f64(node, node.number("beta", 0.5)));
}
static ImportResult importShrink(NodeImporter &node) {
  return emit(node, ActivationKind::Shrink, f64(node, node.number("bias", 0)),
              f64(node, node.number("lambd", 0.5)));
}
static ImportResult importSwish(NodeImporter &node) {
  return emit(node, ActivationKind::Silu, f64(node, node.number("alpha", 1)));
}
static ImportResult importGelu(NodeImporter &node) {
  return emit(node, node.text("approximate", "none") == "tanh"
                        ? ActivationKind::GeluTanh
                        : ActivationKind::Gelu);
}

static ImportResult importPRelu(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), slope = node.value(1);
  if (failed(x) || failed(slope))
    return failure();
  FailureOr<Ints> shape = TensorBuilder::broadcastShape({*x, *slope});
  if (failed(shape) || ArrayRef(*shape) != shapeOf(*x))
    return node.error() << "`slope` must broadcast to the input";
  Value result = node.build.elementwise(
      {*x, *slope}, elementOf(*x),
      [](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value zero = arith::ConstantOp::create(
            b, l, b.getZeroAttr(args[0].getType()));
        bool floating = isa<FloatType>(args[0].getType());
        Value scaled =
            floating ? Value(arith::MulFOp::create(b, l, args[0], args[1]))
                     : Value(arith::MulIOp::create(b, l, args[0], args[1]));
        Value below =
            floating ? Value(arith::CmpFOp::create(
                           b, l, arith::CmpFPredicate::OLT, args[0], zero))
                     : Value(arith::CmpIOp::create(
                           b, l, arith::CmpIPredicate::slt, args[0], zero));
        return arith::SelectOp::create(b, l, below, scaled, args[0]);
      });
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

template <bool logarithm>
static ImportResult importSoftmax(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  int64_t rank = shapeOf(*x).size();
  FailureOr<int64_t> axis = node.axis(node.integer("axis", -1), rank);
  if (failed(axis))
    return failure();
  return SmallVector<Imported>{
      SoftmaxOp::create(node.build.builder, node.build.loc, x->getType(), *x,
                        *axis, logarithm, false)
          .getResult()};
}

static ImportResult importHardmax(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  FailureOr<int64_t> axis =
      node.axis(node.integer("axis", -1), shapeOf(*x).size());
  if (failed(axis))
    return failure();
  return SmallVector<Imported>{HardmaxOp::create(node.build.builder,
                                                 node.build.loc, x->getType(),
                                                 *x, *axis)
                                   .getResult()};
}

void lacuna::registerActivations(ImportTable &table) {
  table.add("Relu", importRelu);
  table.add("LeakyRelu", importLeakyRelu);
  table.add("PRelu", importPRelu);
  table.add("Elu", importElu);
  table.add("Celu", importCelu);
  table.add("Selu", importSelu);
  table.add("ThresholdedRelu", importThresholded);
  table.add("HardSigmoid", importHardSigmoid);
  table.add("HardSwish", plain<ActivationKind::HardSwish>);
  table.add("Shrink", importShrink);
  table.add("Sigmoid", plain<ActivationKind::Sigmoid>);
  table.add("Tanh", plain<ActivationKind::Tanh>);
  table.add("Softplus", plain<ActivationKind::Softplus>);
  table.add("Softsign", plain<ActivationKind::Softsign>);
  table.add("Mish", plain<ActivationKind::Mish>);
  table.add("Swish", importSwish);
  table.add("Gelu", importGelu);
  table.add("Softmax", importSoftmax<false>);
  table.add("LogSoftmax", importSoftmax<true>);
  table.add("Hardmax", importHardmax);
}
