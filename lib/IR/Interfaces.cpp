//===- Interfaces.cpp - Generic work on op interfaces ---------------------===//
// Compares inferred result types with present ones, and refines them.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Interfaces.h"

#include "mlir/IR/TypeUtilities.h"

#include "lacuna/IR/Interfaces.cpp.inc"

using namespace mlir;
using namespace lacuna;

static bool areCompatible(RankedTensorType inferred, Type present) {
  return getElementTypeOrSelf(present) == inferred.getElementType() &&
         succeeded(verifyCompatibleShape(inferred, present));
}

LogicalResult lacuna::detail::verifyResultTypes(Operation *op) {
  SmallVector<RankedTensorType> types;
  if (failed(cast<ResultTypesOpInterface>(op).inferResultTypes(types)))
    return failure();
  if (types.size() != op->getNumResults())
    return op->emitOpError("number of results must be ")
           << types.size() << ", got " << op->getNumResults();
  for (auto [index, type] : llvm::enumerate(types)) {
    Type present = op->getResult(index).getType();
    if (!areCompatible(type, present))
      return op->emitOpError("result #")
             << index << " must be `" << type << "`, got `" << present << "`";
  }
  return success();
}

LogicalResult lacuna::refineResultTypes(Operation *op) {
  auto inferring = dyn_cast<ResultTypesOpInterface>(op);
  if (!inferring)
    return success();
  SmallVector<RankedTensorType> types;
  if (failed(inferring.inferResultTypes(types)))
    return failure();
  if (types.size() != op->getNumResults())
    return op->emitOpError("number of results must be ")
           << types.size() << ", got " << op->getNumResults();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types)) {
    SmallVector<int64_t> shape(type.getShape());
    auto present = dyn_cast<RankedTensorType>(result.getType());
    if (present && present.getRank() == type.getRank())
      for (auto [size, old] : llvm::zip_equal(shape, present.getShape()))
        size = ShapedType::isDynamic(size) ? old : size;
    result.setType(RankedTensorType::get(shape, type.getElementType()));
  }
  return success();
}
