//===- NodeImporter.cpp - What an operator's importer works with ----------===//
#include "NodeImporter.h"

#include "TensorData.h"

using namespace mlir;
using namespace lacuna;

InFlightDiagnostic NodeImporter::error() const {
  return emitError(build.loc) << node.op_type() << ": ";
}

FailureOr<Value> NodeImporter::value(size_t index) {
  if (!has(index))
    return error() << "operand " << index << " is missing";
  return operands[index].value;
}

FailureOr<SmallVector<int64_t>> NodeImporter::integers(size_t index) {
  FailureOr<Value> operand = value(index);
  if (failed(operand))
    return failure();
  DenseElementsAttr constant = evaluateConstant(*operand);
  if (!constant)
    return error() << "operand " << index
                   << " must be known when the model is loaded";
  if (!constant.getElementType().isInteger())
    return error() << "operand " << index << " must hold integers";
  SmallVector<int64_t> result;
  for (const APInt &element : constant.getValues<APInt>())
    result.push_back(operands[index].isUnsigned || element.getBitWidth() == 1
                         ? int64_t(element.getZExtValue())
                         : element.getSExtValue());
  return result;
}

FailureOr<SmallVector<double>> NodeImporter::numbers(size_t index) {
  FailureOr<Value> operand = value(index);
  if (failed(operand))
    return failure();
  DenseElementsAttr constant = evaluateConstant(*operand);
  if (!constant)
    return error() << "operand " << index
                   << " must be known when the model is loaded";
  SmallVector<double> result;
  if (isa<FloatType>(constant.getElementType())) {
    for (APFloat element : constant.getValues<APFloat>()) {
      bool inexact;
      element.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                      &inexact);
      result.push_back(element.convertToDouble());
    }
    return result;
  }
  for (const APInt &element : constant.getValues<APInt>())
    result.push_back(element.getSExtValue());
  return result;
}

const onnx::AttributeProto *NodeImporter::attribute(StringRef name) const {
  for (const auto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

int64_t NodeImporter::integer(StringRef name, int64_t fallback) const {
  const auto *found = attribute(name);
  return found && found->has_i() ? found->i() : fallback;
}

double NodeImporter::number(StringRef name, double fallback) const {
  const auto *found = attribute(name);
  return found && found->has_f() ? found->f() : fallback;
}

std::string NodeImporter::text(StringRef name, StringRef fallback) const {
  const auto *found = attribute(name);
  return found && found->has_s() ? found->s() : fallback.str();
}

SmallVector<int64_t> NodeImporter::list(StringRef name) const {
  const auto *found = attribute(name);
  if (!found)
    return {};
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

FailureOr<int64_t> NodeImporter::axis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    return error() << "`axis` must be in [" << -rank << ", " << rank
                   << "), got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<Value> NodeImporter::constant(const onnx::TensorProto &tensor,
                                        bool &isUnsigned) {
  FailureOr<OnnxTensor> data = readTensor(build.loc, tensor, folder);
  if (failed(data))
    return failure();
  isUnsigned = data->isUnsigned;
  return build.constant(toAttribute(std::move(*data)));
}
