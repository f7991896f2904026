//===- lacuna-opt.cpp - Runs passes on lacuna IR --------------------------===//
#include "lacuna/Pipeline/Registration.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  lacuna::registerDialects(registry);
  lacuna::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Lacuna's optimizer driver\n", registry));
}
