//===- SplitDevice.cpp - Kernels to a device module -----------------------===//
#include "lacuna/IR/Names.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITDEVICE
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static Value special(OpBuilder &builder, Location loc, StringRef name) {
  Value narrow =
      LLVM::CallIntrinsicOp::create(
          builder, loc, builder.getI32Type(),
          builder.getStringAttr(("llvm.nvvm.read.ptx.sreg." + name).str()),
          ValueRange())
          .getResult(0);
  return LLVM::ZExtOp::create(builder, loc, builder.getI64Type(), narrow);
}

/// A block of `group` threads must find registers; of two such blocks one works
/// while the other waits.
static void boundRegisters(LLVM::LLVMFuncOp entry, int64_t group) {
  constexpr int64_t smallest = 128;
  Builder builder(entry.getContext());
  auto threads = static_cast<int32_t>(std::max(group, smallest));
  entry->setAttr("nvvm.maxntid", builder.getDenseI32ArrayAttr({threads}));
  if (group == 256 || group == 512)
    entry->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(2));
}

/// Adds the function a launch starts: its threads call `thunk`, which takes
/// `slots` pointers, for `grain` steps each `group` of them.
static void addLaunchEntry(LLVM::LLVMFuncOp thunk, StringRef name,
                           int64_t slots, int64_t group) {
  OpBuilder builder(thunk.getContext());
  builder.setInsertionPointAfter(thunk);
  Location loc = thunk.getLoc();
  Type i64 = builder.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(builder.getContext()), {pointer, i64, i64});
  auto entry = LLVM::LLVMFuncOp::create(builder, loc, name, type);
  entry.setCConv(LLVM::CConv::PTX_Kernel);
  entry.setArgAttr(0, LLVM::LLVMDialect::getByValAttrName(),
                   TypeAttr::get(LLVM::LLVMArrayType::get(pointer, slots)));
  entry.setArgAttr(0, LLVM::LLVMDialect::getAlignAttrName(),
                   builder.getI64IntegerAttr(8));
  boundRegisters(entry, group);
  Block *first = entry.addEntryBlock(builder);
  Block *work = builder.createBlock(&entry.getBody());
  Block *done = builder.createBlock(&entry.getBody());
  builder.setInsertionPointToStart(first);
  Value block = special(builder, loc, "ctaid.x");
  Value width = special(builder, loc, "ntid.x");
  Value place = special(builder, loc, "tid.x");
  Value thread = LLVM::AddOp::create(
      builder, loc, LLVM::MulOp::create(builder, loc, block, width), place);
  if (group > 1)
    thread = LLVM::UDivOp::create(
        builder, loc, thread, LLVM::ConstantOp::create(builder, loc, i64, group));
  Value count = entry.getArgument(1), grain = entry.getArgument(2);
  Value begin = LLVM::MulOp::create(builder, loc, thread, grain);
  Value inside = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::slt,
                                      begin, count);
  LLVM::CondBrOp::create(builder, loc, inside, work, done);
  builder.setInsertionPointToStart(work);
  Value next = LLVM::AddOp::create(builder, loc, begin, grain);
  Value end = LLVM::SMinOp::create(builder, loc, next, count);
  LLVM::CallOp::create(builder, loc, thunk,
                       ValueRange{begin, end, entry.getArgument(0)});
  LLVM::BrOp::create(builder, loc, done);
  builder.setInsertionPointToStart(done);
  LLVM::ReturnOp::create(builder, loc, ValueRange());
}

/// The device's `lacuna_rt_fail(place, code, message)`.
static void defineFail(LLVM::LLVMFuncOp fail) {
  OpBuilder builder(fail.getContext());
  Location loc = fail.getLoc();
  Block *first = fail.addEntryBlock(builder);
  Block *won = builder.createBlock(&fail.getBody());
  Block *done = builder.createBlock(&fail.getBody());
  fail.setLinkage(LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(first);
  Type i32 = builder.getI32Type();
  Value zero = LLVM::ConstantOp::create(builder, loc, i32, 0);
  auto swap = LLVM::AtomicCmpXchgOp::create(
      builder, loc, fail.getArgument(0), zero, fail.getArgument(1),
      LLVM::AtomicOrdering::monotonic, LLVM::AtomicOrdering::monotonic);
  Value swapped =
      LLVM::ExtractValueOp::create(builder, loc, swap, ArrayRef<int64_t>{1});
  LLVM::CondBrOp::create(builder, loc, swapped, won, done);
  builder.setInsertionPointToStart(won);
  Value slot = LLVM::GEPOp::create(
      builder, loc, fail.getArgument(0).getType(), builder.getI8Type(),
      fail.getArgument(0), ArrayRef<LLVM::GEPArg>(8));
  LLVM::StoreOp::create(builder, loc, fail.getArgument(2), slot);
  LLVM::BrOp::create(builder, loc, done);
  builder.setInsertionPointToStart(done);
  LLVM::ReturnOp::create(builder, loc, ValueRange());
}

static LLVM::LLVMFuncOp declare(ModuleOp module, StringRef name,
                                ArrayRef<Type> arguments) {
  OpBuilder builder(module.getBodyRegion());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()), arguments);
  return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
}

/// Calls the device's runtime where the entry would call the host's or touch
/// memory itself.
static void launchFromDevice(LLVM::LLVMFuncOp entry, LLVM::LLVMFuncOp launch,
                             LLVM::LLVMFuncOp copy) {
  SmallVector<Operation *> dead;
  entry.walk([&](Operation *op) {
    OpBuilder builder(op);
    if (auto move = dyn_cast<LLVM::MemcpyOp>(op)) {
      LLVM::CallOp::create(builder, op->getLoc(), copy,
                           ValueRange{entry.getArgument(0), move.getDst(),
                                      move.getSrc(), move.getLen()});
      dead.push_back(op);
    }
    auto call = dyn_cast<LLVM::CallOp>(op);
    if (!call || call.getCallee() != "lacuna_rt_parallel")
      return;
    auto list = call.getOperand(3).getDefiningOp<LLVM::AllocaOp>();
    LLVM::CallOp::create(builder, op->getLoc(), launch,
                         ValueRange{call.getOperand(0), call.getOperand(1),
                                    list, list.getArraySize(),
                                    call.getOperand(4), call.getOperand(5)});
    dead.push_back(op);
    dead.push_back(call.getOperand(2).getDefiningOp());
  });
  for (Operation *op : dead)
    op->erase();
}

namespace {
struct SplitDevice : lacuna::impl::SplitDeviceBase<SplitDevice> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<LLVM::LLVMFuncOp> entries;
    auto device = ModuleOp::create(module.getLoc(), "device");
    moveTensorKernels(module);
    moveToDevice(module, device, entries);
    for (auto function :
         llvm::to_vector(device.getOps<LLVM::LLVMFuncOp>())) {
      if (function.getSymName() == "lacuna_rt_fail")
        defineFail(function);
      if (!function->hasAttr(names::kernel))
        continue;
      std::string name = function.getSymName().str();
      int64_t buffers =
          function->getAttrOfType<IntegerAttr>("lacuna.buffers").getInt();
      auto thunk = device.lookupSymbol<LLVM::LLVMFuncOp>(name + "_thunk");
      auto group = function->getAttrOfType<IntegerAttr>(names::group);
      addLaunchEntry(thunk, name + "_launch", buffers + 1,
                     group ? group.getInt() : 1);
      thunk.setLinkage(LLVM::Linkage::Internal);
    }
    Type pointer = LLVM::LLVMPointerType::get(&getContext());
    Type i64 = IntegerType::get(&getContext(), 64);
    auto launch = declare(module, "lacuna_rt_launch",
                          {pointer, i64, pointer, i64, i64, i64});
    auto copy =
        declare(module, "lacuna_rt_copy", {pointer, pointer, pointer, i64});
    for (LLVM::LLVMFuncOp entry : entries)
      launchFromDevice(entry, launch, copy);
    if (auto parallel = module.lookupSymbol("lacuna_rt_parallel"))
      parallel->erase();
    module.push_back(device);
  }

  /// Kernels with a grid of their own are whole, and for one architecture.
  /// What is not in the host's memory is theirs, but for shared memory of
  /// known size.
  static void moveTensorKernels(ModuleOp module) {
    auto isTensorKernel = [](Operation &op) {
      if (auto global = dyn_cast<LLVM::GlobalOp>(op))
        return global.getAddrSpace() != 0 &&
               global.getLinkage() != LLVM::Linkage::Private;
      return op.hasAttr(names::grid);
    };
    if (llvm::none_of(*module.getBody(), isTensorKernel))
      return;
    auto hopper = ModuleOp::create(module.getLoc(), "hopper");
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (isTensorKernel(op))
        op.moveBefore(hopper.getBody(), hopper.getBody()->end());
    module.push_back(hopper);
  }

  /// Entries and constants stay.
  static void moveToDevice(ModuleOp module, ModuleOp device,
                           SmallVectorImpl<LLVM::LLVMFuncOp> &entries) {
    for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
      auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
      if (function && function->hasAttr(names::entryInputs))
        entries.push_back(function);
      else if (isa<LLVM::GlobalOp>(op) ||
               (function && function.getSymName() != "lacuna_rt_parallel"))
        op.moveBefore(device.getBody(), device.getBody()->end());
    }
  }
};
} // namespace
