//===- Registration.cpp - All dialects and passes -------------------------===//
#include "lacuna/Pipeline/Registration.h"

#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Check.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Hopper.h"
#include "lacuna/Lowering/Passes.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/Passes.h"

void lacuna::registerDialects(mlir::DialectRegistry &registry) {
  registry
      .insert<LacunaDialect, check::CheckDialect, hopper::HopperDialect,
              mlir::arith::ArithDialect,
              mlir::bufferization::BufferizationDialect,
              mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
              mlir::LLVM::LLVMDialect, mlir::linalg::LinalgDialect,
              mlir::math::MathDialect, mlir::memref::MemRefDialect,
              mlir::scf::SCFDialect, mlir::tensor::TensorDialect,
              mlir::vector::VectorDialect>();
  mlir::func::registerInlinerExtension(registry);
  registerAdjoints(registry);
}

void lacuna::registerPasses() {
  registerAutodiffPasses();
  registerTransformsPasses();
  registerLoweringPasses();
  mlir::registerTransformsPasses();
}
