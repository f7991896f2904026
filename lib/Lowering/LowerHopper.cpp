//===- LowerHopper.cpp - The hopper dialect as PTX ------------------------===//
#include "InlinePTX.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERHOPPER
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

Value lacuna::emitPTX(OpBuilder &builder, Location loc, StringRef text,
                      StringRef constraints, ValueRange operands, Type result,
                      bool effects) {
  auto dialect = LLVM::AsmDialectAttr::get(builder.getContext(),
                                           LLVM::AsmDialect::AD_ATT);
  Type type = result ? result : LLVM::LLVMVoidType::get(builder.getContext());
  auto op = LLVM::InlineAsmOp::create(
      builder, loc, result ? TypeRange(type) : TypeRange(), operands, text,
      constraints, effects, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None, dialect, ArrayAttr());
  return result ? op->getResult(0) : Value();
}

static Value constant(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, value, 32);
}

static Value lowerSharedBase(RewriterBase &rewriter, SharedBaseOp op) {
  auto module = op->getParentOfType<ModuleOp>();
  auto global = module.lookupSymbol<LLVM::GlobalOp>(names::sharedMemory);
  if (!global) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    auto type = LLVM::LLVMArrayType::get(top.getI8Type(), 0);
    global = LLVM::GlobalOp::create(
        top, op.getLoc(), type, /*isConstant=*/false, LLVM::Linkage::External,
        names::sharedMemory, Attribute(), /*alignment=*/1024, /*addrSpace=*/3);
  }
  Value address = LLVM::AddressOfOp::create(rewriter, op.getLoc(), global);
  return LLVM::PtrToIntOp::create(rewriter, op.getLoc(), rewriter.getI32Type(),
                                  address);
}

static Value lowerShuffle(RewriterBase &rewriter, ShuffleOp op) {
  bool isFloat = op.getValue().getType().isF32();
  std::string text = "shfl.sync.";
  text += op.getBroadcast() ? "idx" : "bfly";
  text += ".b32 $0, $1, " + std::to_string(op.getLane()) + ", 31, 0xffffffff;";
  return emitPTX(rewriter, op.getLoc(), text, isFloat ? "=f,f" : "=r,r",
                 op.getValue(), op.getValue().getType());
}

static void lowerWait(RewriterBase &rewriter, BarrierWaitOp op) {
  emitPTX(rewriter, op.getLoc(),
          "{\n.reg .pred p;\nWAIT${:uid}:\n"
          "mbarrier.try_wait.parity.shared::cta.b64 p, [$0], $1;\n"
          "@!p bra.uni WAIT${:uid};\n}",
          "r,r,~{memory}", op->getOperands());
}

static void lowerArrive(RewriterBase &rewriter, BarrierArriveOp op) {
  Value flag = arith::ExtUIOp::create(
      rewriter, op.getLoc(), rewriter.getI32Type(), op.getCondition());
  if (Value block = op.getBlock())
    return (void)emitPTX(
        rewriter, op.getLoc(),
        "{\n.reg .pred p;\n.reg .b32 there;\nsetp.ne.b32 p, $2, 0;\n"
        "mapa.shared::cluster.u32 there, $0, $1;\n"
        "@p mbarrier.arrive.shared::cluster.b64 _, [there];\n}",
        "r,r,r,~{memory}", {op.getBarrier(), block, flag});
  emitPTX(rewriter, op.getLoc(),
          "{\n.reg .pred p;\nsetp.ne.b32 p, $1, 0;\n"
          "@p mbarrier.arrive.release.cta.shared::cta.b64 _, [$0];\n}",
          "r,r,~{memory}", {op.getBarrier(), flag});
}

static void lowerFlagWait(RewriterBase &rewriter, FlagWaitOp op) {
  emitPTX(rewriter, op.getLoc(),
          "{\n.reg .pred p;\n.reg .b32 seen;\nFLAG${:uid}:\n"
          "ld.acquire.gpu.global.b32 seen, [$0];\n"
          "setp.eq.b32 p, seen, 0;\n@p bra FLAG${:uid};\n}",
          "l,~{memory}", op->getOperands());
}

static void lowerCounterWait(RewriterBase &rewriter, CounterWaitOp op) {
  emitPTX(rewriter, op.getLoc(),
          "{\n.reg .pred p;\n.reg .b32 seen;\nCOUNT${:uid}:\n"
          "ld.acquire.gpu.global.b32 seen, [$0];\n"
          "setp.ne.b32 p, seen, $1;\n@p bra COUNT${:uid};\n}",
          "l,r,~{memory}", op->getOperands());
}

/// "{$FIRST, …}": `count` operands in a list.
static std::string operandList(int64_t first, int64_t count) {
  std::string text = "{";
  for (int64_t i = 0; i < count; ++i)
    text += (i ? ", $" : "$") + std::to_string(first + i);
  return text + "}";
}

static std::string indexConstraints(int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i)
    text += ",r";
  return text;
}

static void lowerLoad(RewriterBase &rewriter, LoadOp op) {
  int64_t rank = op.getIndices().size(), offsets = op.getOffsets().size();
  std::string text = "cp.async.bulk.tensor." + std::to_string(rank) +
                     "d.shared::cluster.global" + (offsets ? ".im2col" : "") +
                     ".mbarrier::complete_tx::bytes" +
                     (op.getMulticast() ? ".multicast::cluster" : "") +
                     " [$0], [$1, " + operandList(3, rank) + "], [$2]";
  SmallVector<Value> operands = {op.getAddress(), op.getMap(),
                                 op.getBarrier()};
  llvm::append_range(operands, op.getIndices());
  std::string constraints = "r,l,r" + indexConstraints(rank);
  Type half = rewriter.getI16Type();
  if (offsets)
    text += ", " + operandList(3 + rank, offsets);
  for (Value offset : op.getOffsets()) {
    operands.push_back(
        arith::TruncIOp::create(rewriter, op.getLoc(), half, offset));
    constraints += ",h";
  }
  if (op.getMulticast()) {
    text += ", $" + std::to_string(operands.size());
    operands.push_back(arith::ConstantIntOp::create(
        rewriter, op.getLoc(), half, op.getMulticast()));
    constraints += ",h";
  }
  emitPTX(rewriter, op.getLoc(), text + ";", constraints + ",~{memory}",
          operands);
}

static void lowerStore(RewriterBase &rewriter, StoreOp op) {
  int64_t rank = op.getIndices().size();
  std::string text = (op.getAdd() ? "cp.reduce.async.bulk.tensor."
                                  : "cp.async.bulk.tensor.") +
                     std::to_string(rank) + "d.global.shared::cta" +
                     (op.getAdd() ? ".add" : "") + ".bulk_group [$1, " +
                     operandList(2, rank) + "], [$0];";
  SmallVector<Value> operands = {op.getAddress(), op.getMap()};
  llvm::append_range(operands, op.getIndices());
  emitPTX(rewriter, op.getLoc(), text,
          "r,l" + indexConstraints(rank) + ",~{memory}", operands);
}

static void lowerStoreMatrix(RewriterBase &rewriter, StoreMatrixOp op) {
  SmallVector<Value> operands = {op.getAddress()};
  llvm::append_range(operands,
                     elementsOf(rewriter, op.getLoc(), op.getFragment()));
  emitPTX(rewriter, op.getLoc(),
          std::string("stmatrix.sync.aligned.m8n8.x4") +
              (op.getTranspose() ? ".trans" : "") +
              ".shared.b16 [$0], {$1, $2, $3, $4};",
          "r,r,r,r,r,~{memory}", operands);
}

static void moveBody(RewriterBase &rewriter, Region &from, Block *to) {
  Operation *terminator = to->getTerminator();
  rewriter.inlineBlockBefore(&from.front(), terminator);
}

static void setRegisters(RewriterBase &rewriter, Location loc,
                         StringRef direction, int64_t count) {
  emitPTX(rewriter, loc,
          ("setmaxnreg." + direction + ".sync.aligned.u32 " + Twine(count) +
           ";")
              .str(),
          "", {});
}

/// One branch for each role, so that all warps of a group take the same.
static void lowerSpecialize(RewriterBase &rewriter, SpecializeOp op) {
  Location loc = op.getLoc();
  auto equal = arith::CmpIPredicate::eq;
  Value last = constant(rewriter, loc, op.getConsumers());
  Value isProducer = arith::CmpIOp::create(rewriter, loc, equal,
                                           op.getWarpgroup(), last);
  auto roles = scf::IfOp::create(rewriter, loc, isProducer, /*else=*/true);
  int64_t launch = launchRegisters(op.getConsumers() + 1);
  auto direction = [&](int64_t count) {
    return count > launch ? "inc" : "dec";
  };
  rewriter.setInsertionPointToStart(roles.thenBlock());
  int64_t few = op.getProducerRegisters(), many = op.getConsumerRegisters();
  setRegisters(rewriter, loc, direction(few), few);
  if (op.getWhole()) {
    moveBody(rewriter, op.getProducer(), roles.thenBlock());
    rewriter.setInsertionPointToStart(roles.elseBlock());
    setRegisters(rewriter, loc, direction(many), many);
    return moveBody(rewriter, op.getConsumer(), roles.elseBlock());
  }
  Value thread = emitPTX(rewriter, loc, "mov.u32 $0, %tid.x;", "=r", {},
                         rewriter.getI32Type(), /*effects=*/false);
  Value inGroup = arith::AndIOp::create(rewriter, loc, thread,
                                        constant(rewriter, loc, 127));
  Value isFirst = arith::CmpIOp::create(rewriter, loc, equal, inGroup,
                                        constant(rewriter, loc, 0));
  auto one = scf::IfOp::create(rewriter, loc, isFirst, /*else=*/false);
  moveBody(rewriter, op.getProducer(), one.thenBlock());
  rewriter.setInsertionPointToStart(roles.elseBlock());
  setRegisters(rewriter, loc, direction(many), many);
  moveBody(rewriter, op.getConsumer(), roles.elseBlock());
}

/// Ops of one instruction without results.
static void lowerPlain(RewriterBase &rewriter, Operation *op) {
  auto emit = [&](const Twine &text, StringRef constraints) {
    emitPTX(rewriter, op->getLoc(), text.str(), constraints,
            op->getOperands());
  };
  TypeSwitch<Operation *>(op)
      .Case([&](BarrierInitOp init) {
        emit("mbarrier.init.shared::cta.b64 [$0], " + Twine(init.getCount()) +
                 ";",
             "r,~{memory}");
      })
      .Case([&](BarrierExpectOp expect) {
        emit("mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], " +
                 Twine(expect.getBytes()) + ";",
             "r,~{memory}");
      })
      .Case([&](NamedBarrierOp barrier) {
        emit(Twine("bar.") + (barrier.getArrive() ? "arrive" : "sync") +
                 " $0, " + Twine(barrier.getThreads()) + ";",
             "r,~{memory}");
      })
      .Case([&](WarpBarrierOp) {
        emit("bar.warp.sync 0xffffffff;", "~{memory}");
      })
      .Case([&](FenceOp fence) {
        emit(fence.getInit()     ? "fence.mbarrier_init.release.cluster;"
             : fence.getGlobal() ? "fence.proxy.async;"
                                 : "fence.proxy.async.shared::cta;",
             "~{memory}");
      })
      .Case([&](StoreCommitOp) { emit("cp.async.bulk.commit_group;", ""); })
      .Case([&](StoreWaitOp wait) {
        emit(Twine("cp.async.bulk.wait_group") +
                 (wait.getWritten() ? " " : ".read ") +
                 Twine(wait.getPending()) + ";",
             "~{memory}");
      })
      .Case([&](LoadLineOp line) {
        emit("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::"
             "bytes [$1], [$0], " +
                 Twine(line.getBytes()) + ", [$2];",
             "l,r,r,~{memory}");
      })
      .Case([&](ClusterBarrierOp) {
        emit("barrier.cluster.arrive;\nbarrier.cluster.wait;",
             "~{memory}");
      })
      .Case([&](FlagSetOp) {
        emit("{\n.reg .b32 one;\nmov.b32 one, 1;\n"
             "st.release.gpu.global.b32 [$0], one;\n}",
             "l,~{memory}");
      });
}

static void lower(RewriterBase &rewriter, Operation *op) {
  rewriter.setInsertionPoint(op);
  Value result =
      TypeSwitch<Operation *, Value>(op)
          .Case([&](SharedBaseOp base) {
            return lowerSharedBase(rewriter, base);
          })
          .Case([&](SpecialRegisterOp special) {
            return emitPTX(rewriter, op->getLoc(),
                           ("mov.u32 $0, %" + special.getName() + ";").str(),
                           "=r", {}, rewriter.getI32Type(), /*effects=*/false);
          })
          .Case([&](ShuffleOp shuffle) {
            return lowerShuffle(rewriter, shuffle);
          })
          .Case([&](CounterNextOp next) {
            return emitPTX(rewriter, op->getLoc(),
                           "atom.release.gpu.global.inc.u32 $0, [$1], $2;",
                           "=r,l,r,~{memory}", op->getOperands(),
                           rewriter.getI32Type());
          })
          .Default([](Operation *) { return Value(); });
  if (result)
    return rewriter.replaceOp(op, result);
  if (auto multiply = dyn_cast<MultiplyOp>(op))
    return lowerMultiply(rewriter, multiply);
  if (auto wait = dyn_cast<MultiplyWaitOp>(op))
    return lowerMultiplyWait(rewriter, wait);
  TypeSwitch<Operation *>(op)
      .Case([&](SpecializeOp it) { lowerSpecialize(rewriter, it); })
      .Case([&](BarrierWaitOp it) { lowerWait(rewriter, it); })
      .Case([&](BarrierArriveOp it) { lowerArrive(rewriter, it); })
      .Case([&](FlagWaitOp it) { lowerFlagWait(rewriter, it); })
      .Case([&](CounterWaitOp it) { lowerCounterWait(rewriter, it); })
      .Case([&](LoadOp it) { lowerLoad(rewriter, it); })
      .Case([&](StoreOp it) { lowerStore(rewriter, it); })
      .Case([&](StoreMatrixOp it) { lowerStoreMatrix(rewriter, it); })
      .Default([&](Operation *it) { lowerPlain(rewriter, it); });
  rewriter.eraseOp(op);
}

namespace {
struct LowerHopper : lacuna::impl::LowerHopperBase<LowerHopper> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<HopperDialect>(op->getDialect()))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops)
      lower(rewriter, op);
  }
};
} // namespace
