//===- TensorFile.cpp - One tensor in a file ------------------------------===//
#include "lacuna/JIT/TensorFile.h"

#include "Diagnostics.h"
#include "ElementType.h"
#include "lacuna/Import/Onnx.h"
#include "lacuna/Runtime/Archive.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace lacuna;

static Expected<Tensor> readProto(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false);
  if (!buffer)
    return Error(ErrorCode::NotFound,
                 path + ": " + buffer.getError().message());
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  CollectDiagnostics diagnostics(&context);
  mlir::FailureOr<OnnxTensor> read =
      readTensorProto(context, (*buffer)->getBuffer(), path);
  if (failed(read))
    return diagnostics.error(ErrorCode::Unsupported,
                             path + ": not a tensor of ONNX");
  std::optional<DType> type = dtypeOf(read->elementType, read->isUnsigned);
  if (!type)
    return Error(ErrorCode::Unsupported,
                 path + ": an element type no tensor can hold");
  return Tensor::copyOf(*type, read->shape,
                        std::as_bytes(std::span(read->bytes)));
}

Expected<Tensor> lacuna::readTensorFile(const std::string &path,
                                        std::optional<DType> type) {
  return path.ends_with(".pb") ? readProto(path) : readNpy(path, type);
}
