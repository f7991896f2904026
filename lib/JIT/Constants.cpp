//===- Constants.cpp - The constant segment of a program ------------------===//
#include "Constants.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;
using namespace lacuna;

/// Booleans take a byte each; MLIR may pack them into bits.
static void copyBooleans(DenseElementsAttr values, char *to) {
  for (bool value : values.getValues<bool>())
    *to++ = value;
}

static bool copyElements(ElementsAttr values, char *to) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(values)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return false;
    llvm::copy(blob->getData(), to);
    return true;
  }
  auto dense = dyn_cast<DenseElementsAttr>(values);
  if (!dense)
    return false;
  Type element = dense.getElementType();
  if (element.isInteger(1)) {
    copyBooleans(dense, to);
    return true;
  }
  ArrayRef<char> raw = dense.getRawData();
  int64_t copies = dense.isSplat() ? dense.getNumElements() : 1;
  for (int64_t i = 0; i < copies; ++i, to += raw.size())
    llvm::copy(raw, to);
  return true;
}

Expected<Tensor> lacuna::takeConstants(ModuleOp module) {
  auto bytes = module->getAttrOfType<IntegerAttr>("lacuna.constant_bytes");
  Expected<Tensor> segment =
      Tensor::zeros(DType::U8, {bytes ? bytes.getInt() : 0});
  if (!segment)
    return segment;
  SmallVector<memref::GlobalOp> globals(module.getOps<memref::GlobalOp>());
  for (memref::GlobalOp global : globals) {
    int64_t offset = global->getAttrOfType<IntegerAttr>("lacuna.offset").getInt();
    if (!copyElements(cast<ElementsAttr>(*global.getInitialValue()),
                      segment->data<char>() + offset))
      return Error(ErrorCode::Unsupported,
                   "constant `" + global.getSymName().str() +
                       "` has no data in the file");
    global.erase();
  }
  return segment;
}
