//===- NodeImporter.h - What an operator's importer works with --*- C++ -*-===//
#ifndef LACUNA_LIB_IMPORT_NODEIMPORTER_H
#define LACUNA_LIB_IMPORT_NODEIMPORTER_H

#include "TensorBuilder.h"

#include <onnx/onnx_pb.h>

namespace lacuna {

/// An ONNX value in MLIR, where integers have no sign of their own.
struct Imported {
  mlir::Value value;
  bool isUnsigned = false;

  Imported() = default;
  Imported(mlir::Value value, bool isUnsigned = false)
      : value(value), isUnsigned(isUnsigned) {}
  explicit operator bool() const { return bool(value); }
};

using ImportResult = mlir::FailureOr<llvm::SmallVector<Imported>>;
/// Imports a graph that is an attribute: its outputs, from its inputs.
using GraphFunction = llvm::function_ref<ImportResult(
    const onnx::GraphProto &, llvm::ArrayRef<Imported>)>;

/// One node: its operands, attributes and a builder at its location.
class NodeImporter {
public:
  NodeImporter(TensorBuilder &build, const onnx::NodeProto &node,
               llvm::SmallVector<Imported> operands, int64_t opset,
               llvm::StringRef folder, GraphFunction graph)
      : build(build), node(node), opset(opset), graph(graph),
        operands(std::move(operands)), folder(folder) {}

  TensorBuilder &build;
  const onnx::NodeProto &node;
  /// Version of the operator set the model asks for.
  const int64_t opset;
  const GraphFunction graph;

  size_t operandCount() const { return operands.size(); }
  /// Whether operand `index` is given.
  bool has(size_t index) const {
    return index < operands.size() && operands[index];
  }
  const Imported &operand(size_t index) const { return operands[index]; }
  /// Fails with a diagnostic when it is missing.
  mlir::FailureOr<mlir::Value> value(size_t index);
  /// Operand `index` as constant integers or numbers; fails with a diagnostic
  /// when its value is only known at run time.
  mlir::FailureOr<llvm::SmallVector<int64_t>> integers(size_t index);
  mlir::FailureOr<llvm::SmallVector<double>> numbers(size_t index);
  /// Whether output `index` is asked for.
  bool wants(int index) const {
    return index < node.output_size() && !node.output(index).empty();
  }

  const onnx::AttributeProto *attribute(llvm::StringRef name) const;
  int64_t integer(llvm::StringRef name, int64_t fallback) const;
  double number(llvm::StringRef name, double fallback) const;
  std::string text(llvm::StringRef name, llvm::StringRef fallback) const;
  llvm::SmallVector<int64_t> list(llvm::StringRef name) const;

  /// Says what is wrong with the node.
  mlir::InFlightDiagnostic error() const;
  /// `axis` counted from the front; fails when it is out of range.
  mlir::FailureOr<int64_t> axis(int64_t axis, int64_t rank) const;
  mlir::FailureOr<mlir::Value> constant(const onnx::TensorProto &tensor,
                                        bool &isUnsigned);

private:
  llvm::SmallVector<Imported> operands;
  llvm::StringRef folder;
};

using ImportFunction = ImportResult (*)(NodeImporter &);
/// Adds the importers of one family by operator name.
class ImportTable;
void registerElementWise(ImportTable &table);
void registerMath(ImportTable &table);
void registerActivations(ImportTable &table);
void registerShapes(ImportTable &table);
void registerMovement(ImportTable &table);
void registerReductions(ImportTable &table);
void registerContractions(ImportTable &table);
void registerConvolutions(ImportTable &table);
void registerPooling(ImportTable &table);
void registerNormalizations(ImportTable &table);
void registerResampling(ImportTable &table);
void registerIndexing(ImportTable &table);
void registerAttention(ImportTable &table);
void registerLosses(ImportTable &table);
void registerTraining(ImportTable &table);

class ImportTable {
public:
  void add(llvm::StringRef name, ImportFunction function) {
    functions[name] = function;
  }
  ImportFunction lookup(llvm::StringRef name) const {
    return functions.lookup(name);
  }

private:
  llvm::StringMap<ImportFunction> functions;
};

} // namespace lacuna

#endif // LACUNA_LIB_IMPORT_NODEIMPORTER_H
