//===- TrainedModel.h - Models with other values of parameters --*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_TRAINEDMODEL_H
#define LACUNA_LIB_JIT_TRAINEDMODEL_H

#include "LoadedModule.h"
#include "lacuna/Runtime/Archive.h"

namespace lacuna {

/// The text or bytes of the model with these values built in.
Expected<std::string>
replaceParameters(const ModelSource &source, const CompileOptions &options,
                  std::span<const NamedTensor> parameters);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_TRAINEDMODEL_H
