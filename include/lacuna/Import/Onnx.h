//===- Onnx.h - ONNX models to lacuna modules -------------------*- C++ -*-===//
// Opsets 13 to 24 of the default domain. The import is specialised to the
// shapes of one call: shape arithmetic is evaluated, every type is static.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IMPORT_ONNX_H
#define LACUNA_IMPORT_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lacuna {

/// A tensor as ONNX holds it: elements in row-major order, booleans a byte
/// each.
struct OnnxTensor {
  std::string name;
  mlir::Type elementType;
  bool isUnsigned = false;
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};

struct ImportOptions {
  /// Shapes of graph inputs by name, for dimensions the model leaves open.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  /// Values of graph inputs that are known when the model is loaded: these
  /// become constants and no arguments.
  std::map<std::string, OnnxTensor> inputValues;
  /// Float initialisers of the graph that become arguments, behind the inputs
  /// and called `param:` and their name: those named here, or all that have
  /// dimensions (without, they are literals of the exporter). Those that no
  /// operator reads as a tensor (the sizes of a Resize, say) stay constants.
  std::set<std::string> parameters;
  bool allParameters = false;
  /// Of all initialisers, those that stay constants; null: none.
  std::function<bool(llvm::StringRef)> isFrozen;
  /// Name of the function made.
  std::string functionName = "main";
};

/// Imports the serialised ModelProto `bytes`. `path` stands in diagnostics and
/// its folder holds external data. Null after a diagnostic on errors; a model
/// with unknown operators gets one diagnostic that names them all.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(mlir::MLIRContext &context,
                                             llvm::StringRef bytes,
                                             llvm::StringRef path,
                                             const ImportOptions &options);

/// A graph input or output as the model declares it; open dimensions are -1.
struct OnnxValue {
  std::string name;
  mlir::Type elementType;
  bool isUnsigned = false;
  /// Whether the model says anything of the shape.
  bool isRanked = true;
  std::vector<int64_t> shape;
  std::vector<std::string> dimensionNames;
};

struct OnnxSignature {
  std::vector<OnnxValue> inputs, outputs;
};

/// Inputs and outputs of a model, without importing it.
mlir::FailureOr<OnnxSignature> readOnnxSignature(mlir::MLIRContext &context,
                                                 llvm::StringRef bytes,
                                                 llvm::StringRef path);

/// The float initialisers of a model's graph, in its order.
mlir::FailureOr<std::vector<OnnxTensor>>
readOnnxParameters(mlir::MLIRContext &context, llvm::StringRef bytes,
                   llvm::StringRef path);

/// Reads a file like those beside ONNX's tests.
mlir::FailureOr<OnnxTensor> readTensorProto(mlir::MLIRContext &context,
                                            llvm::StringRef bytes,
                                            llvm::StringRef path);

} // namespace lacuna

#endif // LACUNA_IMPORT_ONNX_H
