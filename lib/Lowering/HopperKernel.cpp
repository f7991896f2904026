//===- HopperKernel.cpp - Device kernels and their launch -----------------===//
#include "HopperKernel.h"

#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace lacuna;

int64_t lacuna::hopperBuffer(Value tensor) {
  Value buffer;
  if (auto input = tensor.getDefiningOp<bufferization::ToTensorOp>())
    buffer = input.getBuffer();
  for (Operation *user : tensor.getUsers())
    if (auto output =
            dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      buffer = output.getDest();
  auto argument = dyn_cast_or_null<BlockArgument>(buffer);
  if (!argument ||
      !cast<MemRefType>(argument.getType()).getLayout().isIdentity())
    return -1;
  return argument.getArgNumber() - 2; // behind the range
}

bool HopperMap::isLegal() const {
  auto fits = [](int64_t value, int64_t bits) {
    return value > 0 && value < (int64_t(1) << bits);
  };
  auto inByte = [](int64_t corner) { return corner >= -128 && corner <= 127; };
  return buffer >= 0 && sizes.size() <= 5 && sizes.size() >= 2 &&
         llvm::all_of(sizes, [&](int64_t size) { return fits(size, 32); }) &&
         llvm::all_of(strides, [&](int64_t stride) {
           return fits(stride, 40) && stride % 16 == 0;
         }) &&
         llvm::all_of(box, [](int64_t size) { return size <= 256; }) &&
         llvm::all_of(lower, inByte) && llvm::all_of(upper, inByte) &&
         llvm::all_of(steps, [](int64_t step) { return step <= 8; });
}

Attribute HopperMap::attribute() const {
  Builder builder(element.getContext());
  SmallVector<NamedAttribute> entries;
  auto add = [&](StringRef name, Attribute value) {
    entries.push_back(builder.getNamedAttr(name, value));
  };
  add("buffer", builder.getI64IntegerAttr(buffer));
  add("element", TypeAttr::get(element));
  add("sizes", builder.getDenseI64ArrayAttr(sizes));
  add("strides", builder.getDenseI64ArrayAttr(strides));
  add("box", builder.getDenseI64ArrayAttr(box));
  add("swizzle", builder.getI64IntegerAttr(128));
  if (!steps.empty()) {
    add("lower", builder.getDenseI64ArrayAttr(lower));
    add("upper", builder.getDenseI64ArrayAttr(upper));
    add("steps", builder.getDenseI64ArrayAttr(steps));
  }
  return builder.getDictionaryAttr(entries);
}

HopperMap lacuna::headsMap(Value tensor, AttentionLayout layout,
                           ArrayRef<int64_t> box) {
  auto type = cast<RankedTensorType>(tensor.getType());
  ArrayRef<int64_t> shape = type.getShape().take_back(4);
  int64_t row = shape[3] * type.getElementTypeBitWidth() / 8;
  int64_t rowStride = row, headStride = row * shape[2];
  int64_t sequence = shape[2], heads = shape[1];
  if (layout == AttentionLayout::BSHD) {
    std::swap(rowStride, headStride);
    std::swap(sequence, heads);
  }
  HopperMap map;
  map.buffer = hopperBuffer(tensor);
  map.element = type.getElementType();
  map.sizes = {shape[3], sequence, heads, shape[0]};
  map.strides = {rowStride, headStride, row * sequence * heads};
  map.box = {box[0], box[1], 1, 1};
  return map;
}

LLVM::LLVMFuncOp lacuna::createHopperKernel(func::FuncOp kernel,
                                            int64_t maps, bool fails) {
  MLIRContext *context = kernel.getContext();
  OpBuilder builder(kernel);
  auto global = LLVM::LLVMPointerType::get(context, 1);
  auto pointer = LLVM::LLVMPointerType::get(context);
  int64_t buffers = kernel.getNumArguments() - 2;
  SmallVector<Type> types(buffers, global);
  types.append(maps, pointer);
  if (fails)
    types.push_back(pointer);
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
  auto function = LLVM::LLVMFuncOp::create(
      builder, kernel.getLoc(), (kernel.getSymName() + "_device").str(), type);
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), 128);
  for (int64_t i = buffers; i < buffers + maps; ++i) {
    function.setArgAttr(i, "llvm.byval", TypeAttr::get(bytes));
    function.setArgAttr(i, "llvm.align", builder.getI64IntegerAttr(64));
    function.setArgAttr(i, "nvvm.grid_constant", builder.getUnitAttr());
  }
  function->setAttr("nvvm.kernel", builder.getUnitAttr());
  // Denormals are zero, as the fastest instructions have it.
  function.setPassthroughAttr(builder.getArrayAttr({builder.getStrArrayAttr(
      {"denormal-fp-math-f32", "preserve-sign"})}));
  return function;
}

void lacuna::setHopperLaunch(LLVM::LLVMFuncOp function,
                             const HopperLaunch &launch,
                             ArrayRef<HopperMap> maps) {
  Builder builder(function.getContext());
  function->setAttr("nvvm.maxntid", builder.getDenseI32ArrayAttr(
                                        {static_cast<int32_t>(launch.block)}));
  // The registers of a role can be changed only if blocks have all of them.
  function->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(1));
  if (launch.cluster > 1)
    function->setAttr("nvvm.cluster_dim",
                      builder.getDenseI32ArrayAttr(
                          {static_cast<int32_t>(launch.cluster), 1, 1}));
  SmallVector<Attribute> attributes;
  for (const HopperMap &map : maps)
    attributes.push_back(map.attribute());
  function->setAttr(names::grid,
                    builder.getDenseI64ArrayAttr({launch.grid, 1, 1}));
  function->setAttr(names::block, builder.getI64IntegerAttr(launch.block));
  function->setAttr(names::sharedBytes,
                    builder.getI64IntegerAttr(launch.sharedBytes));
  function->setAttr(names::tensorMaps, builder.getArrayAttr(attributes));
}

HopperBuilder lacuna::hopperBody(LLVM::LLVMFuncOp function) {
  OpBuilder builder(function.getContext());
  Block *entry = function.addEntryBlock(builder);
  HopperBuilder body(function.getLoc(), function.getContext());
  body.setInsertionPointToStart(entry);
  LLVM::ReturnOp::create(body, ValueRange());
  body.setInsertionPointToStart(entry);
  return body;
}

Value lacuna::createHopperGlobal(HopperBuilder &builder,
                                 LLVM::LLVMFuncOp function, StringRef suffix,
                                 Type type, Attribute value) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  auto global = LLVM::GlobalOp::create(
      builder, type, /*isConstant=*/value != nullptr, LLVM::Linkage::Internal,
      (function.getSymName() + suffix).str(), value, /*alignment=*/16,
      /*addrSpace=*/1);
  if (!value) {
    builder.createBlock(&global.getInitializerRegion());
    LLVM::ReturnOp::create(builder,
                           Value(LLVM::ZeroOp::create(builder, type)));
  }
  builder.setInsertionPointToStart(&function.getBody().front());
  return LLVM::AddressOfOp::create(builder, global);
}
