//===- TensorFile.h - One tensor in a file ----------------------*- C++ -*-===//
#ifndef LACUNA_JIT_TENSORFILE_H
#define LACUNA_JIT_TENSORFILE_H

#include "lacuna/Runtime/Tensor.h"

namespace lacuna {

/// Reads a NumPy array (`.npy`) or a serialised ONNX TensorProto (`.pb`).
/// `type` tells how to read a `.npy` whose type NumPy has no name for (bf16).
Expected<Tensor> readTensorFile(const std::string &path,
                                std::optional<DType> type = std::nullopt);

} // namespace lacuna

#endif // LACUNA_JIT_TENSORFILE_H
