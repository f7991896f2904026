//===- TensorData.h - Elements of TensorProtos ------------------*- C++ -*-===//
#ifndef LACUNA_LIB_IMPORT_TENSORDATA_H
#define LACUNA_LIB_IMPORT_TENSORDATA_H

#include "lacuna/Import/Onnx.h"

#include <onnx/onnx_pb.h>

namespace lacuna {

/// The MLIR type of an ONNX element type; fails on strings, complex numbers
/// and types narrower than a byte.
mlir::FailureOr<mlir::Type> elementType(mlir::MLIRContext *context,
                                        int32_t onnxType, bool &isUnsigned);

/// No size of `type` is negative or unknown, and it has at most
/// `maxTensorBytes`.
mlir::LogicalResult checkSize(mlir::Location loc, mlir::RankedTensorType type);

/// Reads all encodings of a tensor, external data relative to `folder`.
mlir::FailureOr<OnnxTensor> readTensor(mlir::Location loc,
                                       const onnx::TensorProto &tensor,
                                       llvm::StringRef folder);

/// Reads a serialised model; false if the bytes are none.
bool parseModel(llvm::StringRef bytes, onnx::ModelProto &model);

/// The tensor as a constant's value.
mlir::ElementsAttr toAttribute(OnnxTensor tensor);

} // namespace lacuna

#endif // LACUNA_LIB_IMPORT_TENSORDATA_H
