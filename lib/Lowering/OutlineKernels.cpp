//===- OutlineKernels.cpp - Kernels to functions, values to one arena -----===//
// Every lacuna.kernel becomes a function on buffers (equal kernels share one);
// the entry function keeps only launches on views of the planned arena.
//===----------------------------------------------------------------------===//
#include "EntryBuffers.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace lacuna {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// Makes kernel functions, one for each distinct body.
class KernelOutliner {
public:
  explicit KernelOutliner(ModuleOp module) : module(module), symbols(module) {}
  func::FuncOp outline(KernelOp kernel);

private:
  func::FuncOp build(KernelOp kernel);

  ModuleOp module;
  SymbolTable symbols;
  llvm::StringMap<func::FuncOp> known;
};
} // namespace

/// The kernel's types and body as text, without its name and locations.
static std::string fingerprint(KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OpPrintingFlags flags;
  flags.elideLargeResourceString().useLocalScope();
  kernel->getName().print(stream);
  for (Value input : kernel.getInputs())
    stream << input.getType() << ",";
  AsmState state(kernel, flags);
  for (Operation &op : kernel.getBody().front())
    op.print(stream, state);
  return text;
}

func::FuncOp KernelOutliner::outline(KernelOp kernel) {
  func::FuncOp &function = known[fingerprint(kernel)];
  if (!function)
    function = build(kernel);
  return function;
}

func::FuncOp KernelOutliner::build(KernelOp kernel) {
  OpBuilder builder(module.getContext());
  SmallVector<Type> types(2, builder.getIndexType());
  for (Type type : kernel->getOperandTypes())
    types.push_back(bufferType(type));
  for (Type type : kernel->getResultTypes())
    types.push_back(bufferType(type));
  auto function =
      func::FuncOp::create(kernel.getLoc(), "kernel_" + kernel.getName().str(),
                           builder.getFunctionType(types, {}));
  function.setPrivate();
  function->setAttr(names::kernel, builder.getUnitAttr());
  symbols.insert(function, module.getBody()->begin());

  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  IRMapping mapping;
  Block &body = kernel.getBody().front();
  for (auto [index, argument] : llvm::enumerate(body.getArguments()))
    mapping.map(argument, bufferization::ToTensorOp::create(
                              builder, kernel.getLoc(), argument.getType(),
                              block->getArgument(2 + index),
                              /*restrict=*/true));
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  unsigned firstOutput = 2 + body.getNumArguments();
  for (auto [index, value] :
       llvm::enumerate(body.getTerminator()->getOperands()))
    bufferization::MaterializeInDestinationOp::create(
        builder, kernel.getLoc(), Type(), mapping.lookup(value),
        block->getArgument(firstOutput + index), /*restrict=*/true,
        /*writable=*/true);
  func::ReturnOp::create(builder, kernel.getLoc());
  return function;
}

namespace {
struct OutlineKernels : lacuna::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    KernelOutliner outliner(module);
    SmallVector<func::FuncOp> entries(module.getOps<func::FuncOp>());
    for (func::FuncOp entry : entries)
      if (entry.isPublic() && !entry.isExternal() &&
          failed(lowerEntry(entry, outliner)))
        return signalPassFailure();
  }

  LogicalResult lowerEntry(func::FuncOp entry, KernelOutliner &outliner) {
    EntryBuffers buffers(entry);
    if (failed(buffers.assign()))
      return failure();
    OpBuilder builder(entry.getContext());
    func::FuncOp lowered = buffers.createEntry(builder);
    for (Operation &op : entry.getBody().front().without_terminator()) {
      auto kernel = dyn_cast<KernelOp>(op);
      if (!kernel)
        continue;
      SmallVector<Value> arguments;
      for (Value operand : kernel.getInputs())
        arguments.push_back(buffers.get(builder, operand));
      for (Value result : kernel.getResults())
        arguments.push_back(buffers.get(builder, result));
      func::FuncOp callee = outliner.outline(kernel);
      LaunchOp::create(builder, op.getLoc(), callee.getSymName(), arguments);
    }
    buffers.finish(builder);
    std::string name = entry.getSymName().str();
    entry.erase();
    lowered.setSymName(name);
    return success();
  }
};
} // namespace
