//===- Onnx.cpp - ONNX graphs to functions --------------------------------===//
#include "lacuna/Import/Onnx.h"

#include "NodeImporter.h"
#include "TensorData.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace lacuna;

static const ImportTable &importTable() {
  static const ImportTable table = [] {
    ImportTable built;
    for (auto *add :
         {registerElementWise, registerMath, registerActivations,
          registerShapes, registerMovement, registerReductions,
          registerContractions, registerConvolutions, registerPooling,
          registerNormalizations, registerResampling, registerIndexing,
          registerAttention, registerLosses, registerTraining})
      add(built);
    return built;
  }();
  return table;
}

namespace {
/// Imports one model.
class GraphImporter {
public:
  GraphImporter(MLIRContext &context, const onnx::ModelProto &model,
                StringRef path, const ImportOptions &options)
      : context(context), builder(&context), model(model), path(path),
        options(options), fileLoc(FileLineColLoc::get(&context, path, 0, 0)) {}

  OwningOpRef<ModuleOp> import();

private:
  using Scope = llvm::StringMap<Imported>;
  LogicalResult checkOperators();
  void collectMissing(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
                      llvm::SetVector<StringRef> &missing, const onnx::NodeProto *&first);
  FailureOr<RankedTensorType> inputType(const onnx::ValueInfoProto &input,
                                        bool &isUnsigned);
  LogicalResult importInitializers(const onnx::GraphProto &graph, Scope &scope);
  LogicalResult importNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, Scope &scope);
  LogicalResult importNode(const onnx::NodeProto &node, Scope &scope);
  LogicalResult importCall(const onnx::NodeProto &node,
                           const onnx::FunctionProto &function, Scope &scope);
  LogicalResult importIf(const onnx::NodeProto &node, Scope &scope);
  ImportResult importGraph(const onnx::GraphProto &graph,
                           ArrayRef<Imported> inputs, const Scope &outer,
                           Location loc);
  const onnx::FunctionProto *localFunction(const onnx::NodeProto &node) const;
  bool isParameter(StringRef name, const Imported &value) const;
  void promoteParameters(func::FuncOp function,
                         ArrayRef<std::pair<StringRef, Imported>> constants);
  LogicalResult finish(func::FuncOp function, Scope &scope);
  Location locationOf(const onnx::NodeProto &node);

  MLIRContext &context;
  OpBuilder builder;
  const onnx::ModelProto &model;
  StringRef path;
  const ImportOptions &options;
  Location fileLoc;
  int64_t opset = 0;
  int depth = 0;
  /// How many functions were called so far.
  int calls = 0;
};
} // namespace

Location GraphImporter::locationOf(const onnx::NodeProto &node) {
  std::string name = node.name();
  if (name.empty())
    name = node.op_type() +
           (node.output_size() ? " of `" + node.output(0) + "`" : "");
  return NameLoc::get(builder.getStringAttr(name), fileLoc);
}

const onnx::FunctionProto *
GraphImporter::localFunction(const onnx::NodeProto &node) const {
  for (const auto &function : model.functions())
    if (function.name() == node.op_type() && function.domain() == node.domain())
      return &function;
  return nullptr;
}

static bool isKnownDomain(const std::string &domain) {
  return domain.empty() || domain == "ai.onnx" ||
         domain == "ai.onnx.preview" || domain == "ai.onnx.preview.training";
}

void GraphImporter::collectMissing(
    const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
    llvm::SetVector<StringRef> &missing, const onnx::NodeProto *&first) {
  for (const auto &node : nodes) {
    if (node.op_type() == "If" || localFunction(node))
      continue;
    if (isKnownDomain(node.domain()) && importTable().lookup(node.op_type()))
      continue;
    if (!first)
      first = &node;
    missing.insert(node.op_type());
  }
}

/// One error for all operators we lack, so that nobody finds them one by one.
LogicalResult GraphImporter::checkOperators() {
  llvm::SetVector<StringRef> missing;
  const onnx::NodeProto *first = nullptr;
  collectMissing(model.graph().node(), missing, first);
  for (const auto &function : model.functions())
    collectMissing(function.node(), missing, first);
  if (missing.empty())
    return success();
  auto error = emitError(locationOf(*first))
               << "operator `" << first->op_type() << "` is not supported";
  if (missing.size() > 1) {
    error << "; the model also needs ";
    llvm::interleaveComma(llvm::drop_begin(missing), error,
                          [&](StringRef name) { error << "`" << name << "`"; });
  }
  return error;
}

static FailureOr<RankedTensorType>
checkedType(Location loc, ArrayRef<int64_t> shape, Type element) {
  auto type = RankedTensorType::get(shape, element);
  if (failed(checkSize(loc, type)))
    return failure();
  return type;
}

FailureOr<RankedTensorType>
GraphImporter::inputType(const onnx::ValueInfoProto &input, bool &isUnsigned) {
  if (!input.type().has_tensor_type())
    return emitError(fileLoc) << "input `" << input.name()
                              << "` must be a tensor";
  const auto &tensor = input.type().tensor_type();
  FailureOr<Type> element =
      elementType(&context, tensor.elem_type(), isUnsigned);
  if (failed(element))
    return emitError(fileLoc) << "input `" << input.name()
                              << "` has an unsupported element type";
  auto given = options.inputShapes.find(input.name());
  if (given != options.inputShapes.end()) {
    const auto &dims = tensor.shape().dim();
    if (tensor.has_shape() && dims.size() != int(given->second.size()))
      return emitError(fileLoc)
             << "input `" << input.name() << "` has " << dims.size()
             << " dimensions, got a shape of " << given->second.size();
    for (auto [dim, size] : llvm::zip(dims, given->second))
      if (dim.has_dim_value() && dim.dim_value() != size)
        return emitError(fileLoc)
               << "input `" << input.name() << "` has a dimension of "
               << dim.dim_value() << ", got " << size;
    return checkedType(fileLoc, given->second, *element);
  }
  Ints shape;
  for (const auto &dim : tensor.shape().dim()) {
    if (!dim.has_dim_value() || dim.dim_value() < 0)
      return emitError(fileLoc)
             << "dimension `" << dim.dim_param() << "` of input `"
             << input.name() << "` is open: give its shape, as in `--shape "
             << input.name() << "=1x3x224x224`";
    shape.push_back(dim.dim_value());
  }
  if (!tensor.has_shape())
    return emitError(fileLoc) << "the shape of input `" << input.name()
                              << "` is open: give it, as in `--shape "
                              << input.name() << "=1x3x224x224`";
  return checkedType(fileLoc, shape, *element);
}

LogicalResult GraphImporter::importInitializers(const onnx::GraphProto &graph,
                                                Scope &scope) {
  for (const auto &tensor : graph.initializer()) {
    Location loc =
        NameLoc::get(builder.getStringAttr(tensor.name()), fileLoc);
    auto data = readTensor(loc, tensor, llvm::sys::path::parent_path(path));
    if (failed(data))
      return failure();
    bool isUnsigned = data->isUnsigned;
    TensorBuilder build(builder, loc);
    scope[tensor.name()] = {build.constant(toAttribute(std::move(*data))),
                            isUnsigned};
  }
  if (graph.sparse_initializer_size())
    return emitError(fileLoc) << "sparse initializers are not supported";
  return success();
}

LogicalResult GraphImporter::importNodes(
    const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
    Scope &scope) {
  for (const auto &node : nodes)
    if (failed(importNode(node, scope)))
      return failure();
  return success();
}

LogicalResult GraphImporter::importNode(const onnx::NodeProto &node,
                                        Scope &scope) {
  Location loc = locationOf(node);
  if (const auto *function = localFunction(node))
    return importCall(node, *function, scope);
  if (node.op_type() == "If")
    return importIf(node, scope);
  SmallVector<Imported> operands;
  for (const auto &name : node.input()) {
    if (name.empty()) {
      operands.push_back({});
      continue;
    }
    auto found = scope.find(name);
    if (found == scope.end())
      return emitError(loc) << node.op_type() << ": operand `" << name
                            << "` is not defined before its use";
    operands.push_back(found->second);
  }
  if (node.op_type() == "Gradient") // names its target by an attribute
    for (const auto &attribute : node.attribute())
      if (attribute.name() == "y")
        operands.push_back(scope.lookup(attribute.s()));
  ImportFunction import = importTable().lookup(node.op_type());
  if (!import || !isKnownDomain(node.domain())) // in the branch of an If
    return emitError(loc) << "operator `" << node.op_type()
                          << "` is not supported";
  TensorBuilder build(builder, loc);
  auto importInner = [&](const onnx::GraphProto &graph,
                         ArrayRef<Imported> inputs) {
    return importGraph(graph, inputs, scope, loc);
  };
  NodeImporter importer(build, node, std::move(operands), opset,
                        llvm::sys::path::parent_path(path), importInner);
  bool explained = false;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &) {
    explained = true;
    return failure(); // for the next handler to show
  });
  ImportResult results = import(importer);
  if (failed(results) && !explained)
    return importer.error() << "operands and attributes do not fit";
  if (failed(results) || build.broken)
    return failure();
  for (const Imported &result : *results)
    if (result && failed(checkSize(loc, typeOf(result.value))))
      return failure();
  for (auto [index, name] : llvm::enumerate(node.output())) {
    if (name.empty())
      continue;
    if (index >= results->size() || !(*results)[index])
      return emitError(loc) << node.op_type() << ": output " << index
                            << " is not supported";
    scope[name] = (*results)[index];
  }
  return success();
}

/// Copies a call's attribute values to the body's references to them.
static onnx::NodeProto substitute(const onnx::NodeProto &node,
                                  const onnx::NodeProto &call,
                                  const onnx::FunctionProto &function) {
  onnx::NodeProto result = node;
  result.clear_attribute();
  for (const auto &attribute : node.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      *result.add_attribute() = attribute;
      continue;
    }
    auto take = [&](const auto &candidates) {
      for (const auto &given : candidates)
        if (given.name() == attribute.ref_attr_name()) {
          auto *copy = result.add_attribute();
          *copy = given;
          copy->set_name(attribute.name());
          return true;
        }
      return false;
    };
    take(call.attribute());
  }
  return result;
}

LogicalResult GraphImporter::importCall(const onnx::NodeProto &node,
                                        const onnx::FunctionProto &function,
                                        Scope &scope) {
  if (++depth > 64)
    return emitError(locationOf(node)) << "functions are nested too deeply";
  // Functions that call each other twice grow by powers of two.
  constexpr int mostCalls = 1 << 16;
  if (++calls > mostCalls)
    return emitError(locationOf(node))
           << "functions must be called at most " << mostCalls
           << " times in all";
  Scope inner;
  for (auto [index, name] : llvm::enumerate(function.input()))
    if (int(index) < node.input_size() && !node.input(index).empty())
      inner[name] = scope.lookup(node.input(index));
  for (const auto &step : function.node())
    if (failed(importNode(substitute(step, node, function), inner)))
      return failure();
  for (auto [index, name] : llvm::enumerate(node.output()))
    if (!name.empty() && int(index) < function.output_size())
      scope[name] = inner.lookup(function.output(index));
  --depth;
  return success();
}

/// A graph within a node, which sees the values around it.
ImportResult GraphImporter::importGraph(const onnx::GraphProto &graph,
                                        ArrayRef<Imported> inputs,
                                        const Scope &outer, Location loc) {
  if (++depth > 64)
    return emitError(loc) << "graphs are nested too deeply";
  if (int64_t(inputs.size()) != graph.input_size())
    return emitError(loc) << "its graph must have " << inputs.size()
                          << " inputs, got " << graph.input_size();
  Scope inner = outer;
  for (auto [input, value] : llvm::zip(graph.input(), inputs))
    inner[input.name()] = value;
  if (failed(importInitializers(graph, inner)) ||
      failed(importNodes(graph.node(), inner)))
    return failure();
  SmallVector<Imported> results;
  for (const auto &output : graph.output())
    results.push_back(inner.lookup(output.name()));
  --depth;
  return results;
}

/// The branch is chosen when the model is loaded.
LogicalResult GraphImporter::importIf(const onnx::NodeProto &node,
                                      Scope &scope) {
  Location loc = locationOf(node);
  TensorBuilder build(builder, loc);
  Imported condition =
      node.input_size() ? scope.lookup(node.input(0)) : Imported();
  if (!condition)
    return emitError(loc) << "If: the condition is missing";
  NodeImporter importer(build, node, {condition}, opset, "", nullptr);
  auto value = importer.integers(0);
  if (failed(value))
    return failure();
  if (value->size() != 1)
    return emitError(loc) << "If: the condition must be a scalar";
  const auto *branch =
      importer.attribute(value->front() ? "then_branch" : "else_branch");
  if (!branch)
    return emitError(loc) << "If: the branch is missing";
  ImportResult results = importGraph(branch->g(), {}, scope, loc);
  if (failed(results))
    return failure();
  for (auto [name, result] : llvm::zip(node.output(), *results))
    scope[name] = result;
  return success();
}

bool GraphImporter::isParameter(StringRef name, const Imported &value) const {
  // Exporters write the numbers of a formula as initialisers without dimensions.
  bool isFree = options.allParameters && !shapeOf(value.value).empty() &&
                !(options.isFrozen && options.isFrozen(name));
  return isa<FloatType>(elementOf(value.value)) &&
         !value.value.use_empty() &&
         (isFree || options.parameters.count(name.str()));
}

/// Turns constants into arguments. Only now is it known which of them operators
/// read as tensors and not while the graph was imported.
void GraphImporter::promoteParameters(
    func::FuncOp function, ArrayRef<std::pair<StringRef, Imported>> constants) {
  for (const auto &[name, constant] : constants) {
    if (!isParameter(name, constant))
      continue;
    Operation *op = constant.value.getDefiningOp();
    unsigned index = function.getNumArguments();
    auto attributes = builder.getDictionaryAttr(builder.getNamedAttr(
        names::valueName, builder.getStringAttr("param:" + name)));
    (void)function.insertArgument(index, constant.value.getType(), attributes,
                                  op->getLoc());
    op->getResult(0).replaceAllUsesWith(function.getArgument(index));
    op->erase();
  }
}

LogicalResult GraphImporter::finish(func::FuncOp function, Scope &scope) {
  SmallVector<Value> results;
  SmallVector<Imported> imported;
  for (const auto &output : model.graph().output()) {
    auto found = scope.find(output.name());
    if (found == scope.end() || !found->second)
      return emitError(fileLoc) << "output `" << output.name()
                                << "` is not defined";
    imported.push_back(found->second);
    results.push_back(found->second.value);
  }
  func::ReturnOp::create(builder, fileLoc, results);
  function.setType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [index, output] : llvm::enumerate(model.graph().output())) {
    function.setResultAttr(index, names::valueName,
                           builder.getStringAttr(output.name()));
    if (imported[index].isUnsigned)
      function.setResultAttr(index, names::unsignedElements,
                             builder.getUnitAttr());
  }
  return success();
}

OwningOpRef<ModuleOp> GraphImporter::import() {
  for (const auto &import : model.opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx")
      opset = import.version();
  if (opset == 0)
    opset = 24;
  if (failed(checkOperators()))
    return {};
  OwningOpRef<ModuleOp> module = ModuleOp::create(fileLoc);
  const onnx::GraphProto &graph = model.graph();
  Scope scope;
  llvm::StringSet<> initialized;
  for (const auto &tensor : graph.initializer())
    initialized.insert(tensor.name());
  SmallVector<Type> types;
  SmallVector<const onnx::ValueInfoProto *> inputs;
  SmallVector<bool> unsignedness;
  for (const auto &input : graph.input()) {
    if (initialized.contains(input.name()) ||
        options.inputValues.count(input.name()))
      continue;
    bool isUnsigned;
    auto type = inputType(input, isUnsigned);
    if (failed(type))
      return {};
    types.push_back(*type);
    inputs.push_back(&input);
    unsignedness.push_back(isUnsigned);
  }
  builder.setInsertionPointToEnd(module->getBody());
  auto function =
      func::FuncOp::create(builder, fileLoc, options.functionName,
                           builder.getFunctionType(types, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  for (auto [index, input] : llvm::enumerate(inputs)) {
    scope[input->name()] = {function.getArgument(index), unsignedness[index]};
    function.setArgAttr(index, names::valueName,
                        builder.getStringAttr(input->name()));
    if (unsignedness[index])
      function.setArgAttr(index, names::unsignedElements,
                          builder.getUnitAttr());
  }
  for (const auto &[name, tensor] : options.inputValues)
    scope[name] = {TensorBuilder(builder, fileLoc).constant(toAttribute(tensor)),
                   tensor.isUnsigned};
  if (failed(importInitializers(graph, scope)))
    return {};
  SmallVector<std::pair<StringRef, Imported>> constants;
  for (const auto &tensor : graph.initializer())
    constants.push_back({tensor.name(), scope.lookup(tensor.name())});
  if (failed(importNodes(graph.node(), scope)) ||
      failed(finish(function, scope)))
    return {};
  promoteParameters(function, constants);
  if (failed(verify(*module)))
    return {};
  return module;
}

OwningOpRef<ModuleOp> lacuna::importOnnx(MLIRContext &context, StringRef bytes,
                                         StringRef path,
                                         const ImportOptions &options) {
  context.loadDialect<LacunaDialect, arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect,
                      tensor::TensorDialect>();
  onnx::ModelProto model;
  if (!parseModel(bytes, model) || !model.has_graph()) {
    emitError(FileLineColLoc::get(&context, path, 0, 0))
        << "not an ONNX model";
    return {};
  }
  return GraphImporter(context, model, path, options).import();
}
