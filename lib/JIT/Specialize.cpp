//===- Specialize.cpp - MLIR functions at one set of shapes ---------------===//
// Sets the arguments' types and infers the rest from them, op by op.
//===----------------------------------------------------------------------===//
#include "Diagnostics.h"
#include "InferTensorTypes.h"
#include "LoadedModule.h"
#include "lacuna/IR/Check.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Interfaces.h"
#include "lacuna/IR/EntryNames.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

static bool isOpen(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped && !(shaped.hasRank() && shaped.hasStaticShape());
}

/// Gives the argument the shape that was asked for, or says what is wrong.
static Error setArgument(BlockArgument argument, const std::string &name,
                         const CompileOptions &options) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type)
    return Error(ErrorCode::Unsupported,
                 "input `" + name + "` must be a ranked tensor");
  auto wanted = options.shapes.find(name);
  if (wanted != options.shapes.end()) {
    const Shape &shape = wanted->second;
    bool fits = type.getRank() == int64_t(shape.size());
    for (int64_t i = 0; fits && i < type.getRank(); ++i)
      fits = type.isDynamicDim(i) || type.getDimSize(i) == shape[i];
    if (!fits)
      return Error(ErrorCode::InvalidArgument,
                   "input `" + name + "` must have the shape of " +
                       llvm::formatv("`{0}`, got ", type).str() +
                       formatShape(shape));
    argument.setType(type.clone(shape));
  }
  if (isOpen(argument.getType()))
    return Error(ErrorCode::InvalidArgument,
                 "the shape of input `" + name +
                     "` is open: give it, as in `--shape " + name + "=2x3`");
  return Error::success();
}

static LogicalResult inferTypes(Operation *op) {
  if (op->hasTrait<OpTrait::SameOperandsAndResultType>() &&
      op->getNumOperands() > 0)
    for (OpResult result : op->getResults())
      result.setType(op->getOperand(0).getType());
  if (isa<LacunaDialect, check::CheckDialect>(op->getDialect()))
    return refineResultTypes(op);
  return inferTensorTypes(op);
}

/// Infers all of `entry` in program order: what an op reads comes before it.
static LogicalResult inferBody(func::FuncOp entry) {
  SmallVector<Operation *> order;
  entry.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != entry)
      order.push_back(op);
  });
  for (Operation *op : order)
    if (failed(inferTypes(op)))
      return failure();
  WalkResult open = entry.walk([](Operation *op) -> WalkResult {
    if (llvm::none_of(op->getResultTypes(), isOpen))
      return WalkResult::advance();
    return op->emitOpError("must have a shape that follows from the inputs' "
                           "shapes");
  });
  return failure(open.wasInterrupted());
}

Error lacuna::specializeEntry(func::FuncOp entry,
                              const CompileOptions &options) {
  for (BlockArgument argument : entry.getArguments())
    if (Error error = setArgument(
            argument, argumentName(entry, argument.getArgNumber()), options))
      return error;
  CollectDiagnostics diagnostics(entry.getContext());
  if (succeeded(inferBody(entry))) {
    Operation *terminator = entry.getBody().front().getTerminator();
    SmallVector<Type> arguments(entry.getBody().getArgumentTypes());
    entry.setType(FunctionType::get(entry.getContext(), arguments,
                                    terminator->getOperandTypes()));
    if (succeeded(verify(entry)))
      return Error::success();
  }
  return diagnostics.error(ErrorCode::InvalidArgument,
                           "the shapes do not fit the function");
}
