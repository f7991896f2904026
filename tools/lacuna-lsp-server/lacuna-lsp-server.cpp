//===- lacuna-lsp-server.cpp - Editors' view of lacuna IR -----------------===//
// MLIR's language server with our dialects: see docs/editors.md.
//===----------------------------------------------------------------------===//
#include "lacuna/Pipeline/Registration.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  lacuna::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
