//===- AttentionParts.h - Operands and options of attention -----*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_ATTENTIONPARTS_H
#define LACUNA_LIB_LOWERING_ATTENTIONPARTS_H

#include "lacuna/IR/Dialect.h"

namespace lacuna {

/// What attention and its gradient have in common.
struct AttentionParts {
  mlir::Operation *operation;
  mlir::Value query, key, value, mask, keyLengths, cuSeqlensQuery, cuSeqlensKey;
  std::optional<double> scale, softCap;
  AttentionLayout layout;
  Causal causal;
  std::optional<int64_t> windowLeft, windowRight;
  mlir::Region *score;

  template <typename OpT> static AttentionParts of(OpT op) {
    auto number = [](std::optional<llvm::APFloat> given) {
      return given ? std::optional(given->convertToDouble()) : std::nullopt;
    };
    return {op,
            op.getQuery(),
            op.getKey(),
            op.getValue(),
            op.getMask(),
            op.getKeyLengths(),
            op.getCuSeqlensQuery(),
            op.getCuSeqlensKey(),
            number(op.getScale()),
            number(op.getSoftCap()),
            op.getLayout(),
            op.getCausal(),
            op.getWindowLeft(),
            op.getWindowRight(),
            &op.getScore()};
  }
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ATTENTIONPARTS_H
