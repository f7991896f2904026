//===- Handles.h - What the files of the C API share ------------*- C++ -*-===//
#ifndef LACUNA_LIB_C_HANDLES_H
#define LACUNA_LIB_C_HANDLES_H

#include "lacuna/C/lacuna.h"
#include "lacuna/JIT/Model.h"

namespace lacuna::c {

/// Values as C sees them; `values` must not change afterwards.
struct ValueTable {
  std::vector<Value> values;
  std::vector<LacunaValue> rows;

  explicit ValueTable(std::vector<Value> given);
  LacunaValue row(size_t index) const {
    return index < rows.size() ? rows[index] : LacunaValue{};
  }
};

/// Keep the message for the thread; the code of the failure.
int refuse(const Error &error);
int refuse(const char *message);

CompileOptions convertOptions(const LacunaCompileOptions *given);
const Model &modelOf(const LacunaModel *model);

/// Views of the caller's tensors, which it keeps alive during the call; in the
/// memory of `gpu` or the host's.
Expected<std::vector<Tensor>> borrow(const DLTensor *const *tensors,
                                     size_t count,
                                     std::optional<int> gpu = std::nullopt);

} // namespace lacuna::c

#endif // LACUNA_LIB_C_HANDLES_H
