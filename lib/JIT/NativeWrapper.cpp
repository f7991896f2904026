//===- NativeWrapper.cpp - The plain C interface of a program -------------===//
// The functions hand their pointers to the runtime as two arrays, together with
// a LacunaLibrary (include/lacuna/Runtime/Library.h) that says what to call.
//===----------------------------------------------------------------------===//
#include "NativeWrapper.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
class WrapperBuilder {
public:
  WrapperBuilder(ModuleOp module, const NativeInterface &interface)
      : module(module), interface(interface),
        builder(module.getBodyRegion()), loc(module.getLoc()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i32(builder.getI32Type()), i64(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void embedConstants(const Tensor &constants);
  void describeLibrary(const std::string &entry, const ProgramInfo &info);
  void addCall();
  void addError();
  void addRelease();

private:
  LLVM::LLVMFuncOp declare(StringRef name, Type result, ArrayRef<Type> types);
  LLVM::LLVMFuncOp define(const std::string &name, Type result,
                          ArrayRef<Type> types);
  mlir::Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, i64, value);
  }
  mlir::Value packPointers(ValueRange pointers);
  mlir::Value libraryAddress() {
    return LLVM::AddressOfOp::create(builder, loc, library);
  }

  ModuleOp module;
  const NativeInterface &interface;
  OpBuilder builder;
  Location loc;
  Type pointer, i32, i64;
  LLVM::GlobalOp constants, library;
};
} // namespace

void WrapperBuilder::embedConstants(const Tensor &segment) {
  auto bytes = ArrayRef(segment.data<char>(), segment.byteSize());
  auto type = RankedTensorType::get({int64_t(bytes.size())},
                                    builder.getI8Type());
  Attribute value = DenseElementsAttr::getFromRawBuffer(type, bytes);
  constants = LLVM::GlobalOp::create(
      builder, loc, LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal,
      interface.symbol + "_constants", value, Tensor::alignment);
}

void WrapperBuilder::describeLibrary(const std::string &entry,
                                     const ProgramInfo &info) {
  auto type = LLVM::LLVMStructType::getLiteral(
      module.getContext(), {pointer, pointer, i64, i64, pointer});
  library = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/false,
                                   LLVM::Linkage::Internal,
                                   interface.symbol + "_library", Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&library.getInitializerRegion());
  mlir::Value fields[] = {
      LLVM::AddressOfOp::create(builder, loc, pointer, entry),
      constants ? mlir::Value(LLVM::AddressOfOp::create(builder, loc, constants))
                : mlir::Value(LLVM::ZeroOp::create(builder, loc, pointer)),
      constant(info.arenaBytes), constant(info.kernels),
      LLVM::ZeroOp::create(builder, loc, pointer)};
  mlir::Value whole = LLVM::UndefOp::create(builder, loc, type);
  for (auto [index, field] : llvm::enumerate(fields))
    whole = LLVM::InsertValueOp::create(builder, loc, whole, field,
                                        ArrayRef<int64_t>(index));
  LLVM::ReturnOp::create(builder, loc, whole);
}

LLVM::LLVMFuncOp WrapperBuilder::declare(StringRef name, Type result,
                                         ArrayRef<Type> types) {
  return LLVM::LLVMFuncOp::create(
      builder, loc, name, LLVM::LLVMFunctionType::get(result, types));
}

LLVM::LLVMFuncOp WrapperBuilder::define(const std::string &name, Type result,
                                        ArrayRef<Type> types) {
  LLVM::LLVMFuncOp function = declare(name, result, types);
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  return function;
}

mlir::Value WrapperBuilder::packPointers(ValueRange pointers) {
  mlir::Value array = LLVM::AllocaOp::create(
      builder, loc, pointer, pointer,
      constant(std::max<int64_t>(pointers.size(), 1)), /*alignment=*/16);
  for (auto [index, value] : llvm::enumerate(pointers)) {
    mlir::Value slot =
        LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>(int32_t(index)));
    LLVM::StoreOp::create(builder, loc, value, slot);
  }
  return array;
}

void WrapperBuilder::addCall() {
  auto call = declare("lacuna_rt_call", i32, {pointer, pointer, pointer, i32});
  size_t inputs = interface.inputs.size();
  size_t count = inputs + interface.outputs.size();
  SmallVector<Type> types(count, pointer);
  types.push_back(i32);
  OpBuilder::InsertionGuard guard(builder);
  LLVM::LLVMFuncOp function = define(interface.symbol, i32, types);
  ValueRange arguments = function.getArguments();
  mlir::Value in = packPointers(arguments.take_front(inputs));
  mlir::Value out = packPointers(arguments.slice(inputs, count - inputs));
  auto code = LLVM::CallOp::create(
      builder, loc, call,
      ValueRange{libraryAddress(), in, out, arguments.back()});
  LLVM::ReturnOp::create(builder, loc, code.getResult());
}

void WrapperBuilder::addError() {
  auto message = declare("lacuna_rt_message", pointer, {});
  OpBuilder::InsertionGuard guard(builder);
  define(interface.symbol + "_error", pointer, {});
  auto text = LLVM::CallOp::create(builder, loc, message, ValueRange());
  LLVM::ReturnOp::create(builder, loc, text.getResult());
}

void WrapperBuilder::addRelease() {
  Type none = LLVM::LLVMVoidType::get(module.getContext());
  auto release = declare("lacuna_rt_release", none, {pointer});
  OpBuilder::InsertionGuard guard(builder);
  define(interface.symbol + "_release", none, {});
  LLVM::CallOp::create(builder, loc, release, ValueRange(libraryAddress()));
  LLVM::ReturnOp::create(builder, loc, ValueRange());
}

void lacuna::wrapEntry(ModuleOp module, const NativeInterface &interface,
                       const std::string &entry, const ProgramInfo &info,
                       const Tensor &constants) {
  // The model's names must not meet those of the C interface.
  std::string inner = "lacuna_entry_of_" + interface.symbol;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    if (function.isExternal())
      continue;
    function.setLinkage(LLVM::Linkage::Internal);
    if (function.getSymName() == entry)
      function.setSymName(inner);
  }
  WrapperBuilder wrapper(module, interface);
  if (constants.byteSize() > 0)
    wrapper.embedConstants(constants);
  wrapper.describeLibrary(inner, info);
  wrapper.addCall();
  wrapper.addError();
  wrapper.addRelease();
}
