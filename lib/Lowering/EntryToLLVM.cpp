//===- EntryToLLVM.cpp - Entry functions in the LLVM dialect --------------===//
#include "EntryToLLVM.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace lacuna;

static int64_t bytesOf(MemRefType type) {
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

namespace {
/// Converts the entries of one module.
class EntryConverter {
public:
  explicit EntryConverter(ModuleOp module)
      : module(module), builder(module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i64(builder.getI64Type()),
        voidType(LLVM::LLVMVoidType::get(module.getContext())) {}

  void placeConstants();
  void makeThunks();
  LogicalResult convert(func::FuncOp entry);

private:
  void declareParallel();
  LLVM::LLVMFuncOp makeThunk(LLVM::LLVMFuncOp kernel);
  LogicalResult convertOp(Operation &op);
  void launch(LaunchOp op);
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, i64, value);
  }
  Value offset(Value base, Value bytes) {
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                               ValueRange(bytes));
  }
  Value loadPointer(Value array, int64_t index) {
    Value slot =
        LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>(int32_t(index)));
    return LLVM::LoadOp::create(builder, loc, pointer, slot);
  }

  ModuleOp module;
  OpBuilder builder;
  Location loc = UnknownLoc::get(builder.getContext());
  Type pointer, i64, voidType;
  llvm::StringMap<LLVM::LLVMFuncOp> thunks;
  llvm::StringMap<int64_t> constantOffset;
  LLVM::LLVMFuncOp function;
  DenseMap<Value, Value> pointers;
  SmallVector<Attribute> launchNames;
};
} // namespace

/// Constants stay as globals for whoever loads the program; each gets its
/// offset in the segment the entry is handed.
void EntryConverter::placeConstants() {
  int64_t bytes = 0;
  for (auto global : module.getOps<memref::GlobalOp>()) {
    constantOffset[global.getSymName()] = bytes;
    global->setAttr("lacuna.offset", builder.getI64IntegerAttr(bytes));
    bytes = llvm::alignTo(bytes + bytesOf(global.getType()), 64);
  }
  module->setAttr("lacuna.constant_bytes", builder.getI64IntegerAttr(bytes));
}

LLVM::LLVMFuncOp EntryConverter::makeThunk(LLVM::LLVMFuncOp kernel) {
  loc = kernel.getLoc();
  builder.setInsertionPointAfter(kernel);
  auto type = LLVM::LLVMFunctionType::get(voidType, {i64, i64, pointer});
  auto thunk = LLVM::LLVMFuncOp::create(
      builder, loc, (kernel.getSymName() + "_thunk").str(), type);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = thunk.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  SmallVector<Value> arguments{block->getArgument(0), block->getArgument(1)};
  // args[0] is the context; a kernel with checks takes it last.
  unsigned count = kernel.getNumArguments();
  unsigned buffers = kernel->getAttrOfType<IntegerAttr>("lacuna.buffers").getInt();
  for (unsigned i = 0; i < buffers; ++i)
    arguments.push_back(loadPointer(block->getArgument(2), 1 + i));
  if (count > 2 + buffers)
    arguments.push_back(loadPointer(block->getArgument(2), 0));
  LLVM::CallOp::create(builder, loc, kernel, arguments);
  LLVM::ReturnOp::create(builder, loc, ValueRange());
  kernel.setLinkage(LLVM::Linkage::Internal);
  return thunk;
}

void EntryConverter::makeThunks() {
  SmallVector<LLVM::LLVMFuncOp> kernels;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (function->hasAttr(names::kernel))
      kernels.push_back(function);
  for (LLVM::LLVMFuncOp kernel : kernels)
    thunks[kernel.getSymName()] = makeThunk(kernel);
}

void EntryConverter::declareParallel() {
  OpBuilder top(module.getBodyRegion());
  auto type = LLVM::LLVMFunctionType::get(
      voidType, {pointer, i64, pointer, pointer, i64, i64});
  if (!module.lookupSymbol("lacuna_rt_parallel"))
    LLVM::LLVMFuncOp::create(top, module.getLoc(), "lacuna_rt_parallel", type);
}

void EntryConverter::launch(LaunchOp op) {
  LLVM::LLVMFuncOp thunk = thunks.lookup(op.getKernel());
  auto kernel = module.lookupSymbol<LLVM::LLVMFuncOp>(op.getKernel());
  int64_t slots = 1 + op.getBuffers().size();
  Value array;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&function.getBody().front());
    array = LLVM::AllocaOp::create(builder, loc, pointer, pointer,
                                   constant(slots), /*alignment=*/16);
  }
  auto store = [&](int64_t index, Value value) {
    Value slot =
        LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>(int32_t(index)));
    LLVM::StoreOp::create(builder, loc, value, slot);
  };
  Value context = function.getArgument(0);
  store(0, context);
  for (auto [index, buffer] : llvm::enumerate(op.getBuffers()))
    store(1 + index, pointers.lookup(buffer));
  auto attribute = [&](StringRef name) {
    return constant(kernel->getAttrOfType<IntegerAttr>(name).getInt());
  };
  Value id = constant(launchNames.size());
  launchNames.push_back(builder.getStringAttr(op.getKernel()));
  Value address = LLVM::AddressOfOp::create(builder, loc, thunk);
  LLVM::CallOp::create(builder, loc,
                       module.lookupSymbol<LLVM::LLVMFuncOp>(
                           "lacuna_rt_parallel"),
                       ValueRange{context, id, address, array,
                                  attribute(names::count),
                                  attribute(names::grain)});
}

LogicalResult EntryConverter::convertOp(Operation &op) {
  loc = op.getLoc();
  if (isa<arith::ConstantOp>(op))
    return success();
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    APInt bytes;
    if (!matchPattern(view.getByteShift(), m_ConstantInt(&bytes)))
      return op.emitOpError("must have a constant offset");
    pointers[view] = offset(pointers.lookup(view.getSource()),
                            constant(bytes.getSExtValue()));
  } else if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
    pointers[global] = offset(function.getArgument(4),
                              constant(constantOffset.at(global.getName())));
  } else if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op)) {
    pointers[cast] = pointers.lookup(cast.getSource());
  } else if (auto bytes = dyn_cast<UnrealizedConversionCastOp>(op)) {
    pointers[bytes.getResult(0)] = pointers.lookup(bytes.getOperand(0));
  } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    Value bytes = constant(bytesOf(llvm::cast<MemRefType>(copy.getSource().getType())));
    LLVM::MemcpyOp::create(builder, loc, pointers.lookup(copy.getTarget()),
                           pointers.lookup(copy.getSource()), bytes, false);
  } else if (auto launchOp = dyn_cast<LaunchOp>(op)) {
    launch(launchOp);
  } else if (isa<func::ReturnOp>(op)) {
    LLVM::ReturnOp::create(builder, loc, ValueRange());
  } else {
    return op.emitOpError("is not legal in an entry function");
  }
  return success();
}

LogicalResult EntryConverter::convert(func::FuncOp entry) {
  declareParallel();
  std::string name = entry.getSymName().str();
  entry.setSymName(name + "_buffers");
  builder.setInsertionPoint(entry);
  auto type = LLVM::LLVMFunctionType::get(
      voidType, {pointer, pointer, pointer, pointer, pointer});
  function = LLVM::LLVMFuncOp::create(builder, entry.getLoc(), name, type);
  for (NamedAttribute attribute : entry->getDiscardableAttrs())
    function->setAttr(attribute.getName(), attribute.getValue());
  Block *block = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  int64_t inputs =
      entry->getAttrOfType<IntegerAttr>(names::entryInputs).getInt();
  int64_t arena = entry.getNumArguments() - 1;
  SmallVector<Attribute> types;
  for (BlockArgument argument : entry.getArguments()) {
    int64_t i = argument.getArgNumber();
    types.push_back(TypeAttr::get(argument.getType()));
    pointers[argument] = i == arena ? block->getArgument(3)
                         : i < inputs
                             ? loadPointer(block->getArgument(1), i)
                             : loadPointer(block->getArgument(2), i - inputs);
  }
  function->setAttr("lacuna.entry_types", builder.getArrayAttr(types));
  for (Operation &op : entry.getBody().front())
    if (failed(convertOp(op)))
      return failure();
  function->setAttr("lacuna.launches", builder.getArrayAttr(launchNames));
  launchNames.clear();
  entry.erase();
  return success();
}

LogicalResult lacuna::convertEntries(ModuleOp module,
                                     ArrayRef<Operation *> entries) {
  EntryConverter converter(module);
  converter.placeConstants();
  converter.makeThunks();
  for (Operation *op : entries)
    if (failed(converter.convert(cast<func::FuncOp>(op))))
      return failure();
  return success();
}
