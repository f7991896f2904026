//===- LowerHopperMultiply.cpp - Products of warpgroups as PTX ------------===//
// One piece of PTX a product, with its fence: nothing that defines registers
// of an accumulator can come between, which would make ptxas serialise.
//===----------------------------------------------------------------------===//
#include "InlinePTX.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

SmallVector<Value> lacuna::elementsOf(OpBuilder &builder, Location loc,
                                      Value vector) {
  return vector::ToElementsOp::create(builder, loc, vector).getResults();
}

static std::string repeat(StringRef text, int64_t count) {
  std::string result;
  for (int64_t i = 0; i < count; ++i)
    result += text;
  return result;
}

/// ",0,1,…": operands in the registers of the results.
static std::string tied(int64_t count) {
  std::string result;
  for (int64_t i = 0; i < count; ++i)
    result += "," + std::to_string(i);
  return result;
}

static std::string registers(int64_t first, int64_t count) {
  std::string result = "{";
  for (int64_t i = 0; i < count; ++i)
    result += (i ? ", $" : "$") + std::to_string(first + i);
  return result + "}";
}

/// The fields of the struct `value`, or itself if it is a scalar.
static SmallVector<Value> fields(OpBuilder &builder, Location loc, Value value,
                                 int64_t count) {
  if (count == 1)
    return {value};
  SmallVector<Value> result;
  for (int64_t i = 0; i < count; ++i)
    result.push_back(LLVM::ExtractValueOp::create(builder, loc, value, i));
  return result;
}

static Type structOf(OpBuilder &builder, int64_t count) {
  SmallVector<Type> types(count, builder.getF32Type());
  if (count == 1)
    return types.front();
  return LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
}

/// The instructions of all steps. Operand numbers: results, then `first` …:
/// a (or its registers), and b.
static std::string multiplyText(MultiplyOp op, int64_t first) {
  int64_t count = op.getResult().getType().getNumElements();
  auto fragment = dyn_cast<VectorType>(op.getA().getType());
  int64_t b = first + (fragment ? fragment.getNumElements() : 1);
  std::string element = op.getElement().isBF16() ? "bf16" : "f16";
  std::string text = "{\n.reg .pred no, yes;\nsetp.ne.b32 no, 0, 0;\n"
                     "setp.eq.b32 yes, 0, 0;\n.reg .b64 da, db;\n"
                     "wgmma.fence.sync.aligned;\n";
  for (auto [step, offset] : llvm::enumerate(op.getBSteps())) {
    std::string a = registers(first + 4 * step, 4);
    if (!fragment) {
      a = "da";
      text += "add.s64 da, $" + std::to_string(first) + ", " +
              std::to_string(op.getASteps()[step]) + ";\n";
    }
    text += "add.s64 db, $" + std::to_string(b) + ", " +
            std::to_string(offset) + ";\n";
    text += "wgmma.mma_async.sync.aligned.m64n" + std::to_string(2 * count) +
            "k16.f32." + element + "." + element + " " + registers(0, count) +
            ", " + a + ", db, ";
    text += step || op.getAccumulator() ? "yes" : "no";
    text += fragment              ? ", 1, 1, "
            : op.getTransposeA() ? ", 1, 1, 1, "
                                  : ", 1, 1, 0, ";
    text += op.getTransposeB() ? "1;\n" : "0;\n";
  }
  return text + "wgmma.commit_group.sync.aligned;\n}";
}

void lacuna::lowerMultiply(RewriterBase &rewriter, MultiplyOp op) {
  Location loc = op.getLoc();
  int64_t count = op.getResult().getType().getNumElements();
  std::string constraints = "=f" + repeat(",=f", count - 1);
  SmallVector<Value> operands;
  if (Value accumulator = op.getAccumulator()) {
    operands = elementsOf(rewriter, loc, accumulator);
    constraints += tied(count);
  }
  int64_t first = count + operands.size();
  if (auto fragment = dyn_cast<VectorType>(op.getA().getType())) {
    llvm::append_range(operands, elementsOf(rewriter, loc, op.getA()));
    constraints += repeat(",r", fragment.getNumElements());
  } else {
    operands.push_back(op.getA());
    constraints += ",l";
  }
  operands.push_back(op.getB());
  Value result = emitPTX(rewriter, loc, multiplyText(op, first),
                         constraints + ",l", operands,
                         structOf(rewriter, count));
  rewriter.replaceOpWithNewOp<vector::FromElementsOp>(
      op, op.getResult().getType(), fields(rewriter, loc, result, count));
}

void lacuna::lowerMultiplyWait(RewriterBase &rewriter, MultiplyWaitOp op) {
  Location loc = op.getLoc();
  SmallVector<Value> operands;
  for (Value value : op.getValues())
    llvm::append_range(operands, elementsOf(rewriter, loc, value));
  int64_t count = operands.size();
  for (Value value : op.getKept())
    llvm::append_range(operands, elementsOf(rewriter, loc, value));
  std::string text =
      "wgmma.wait_group.sync.aligned " + std::to_string(op.getPending()) + ";";
  std::string constraints =
      (count ? "=f" + repeat(",=f", count - 1) : std::string()) + tied(count) +
      repeat(",r", operands.size() - count);
  Value result = emitPTX(rewriter, loc, text, constraints, operands,
                         count ? structOf(rewriter, count) : Type());
  SmallVector<Value> parts, results;
  if (count)
    parts = fields(rewriter, loc, result, count);
  ArrayRef<Value> rest = parts;
  for (Type type : op.getResultTypes()) {
    int64_t size = cast<VectorType>(type).getNumElements();
    results.push_back(vector::FromElementsOp::create(
        rewriter, loc, cast<VectorType>(type), rest.take_front(size)));
    rest = rest.drop_front(size);
  }
  rewriter.replaceOp(op, results);
}
