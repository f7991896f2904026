//===- IntegerProducts.h - Products of quantised tensors --------*- C++ -*-===//
#ifndef LACUNA_LIB_IMPORT_INTEGERPRODUCTS_H
#define LACUNA_LIB_IMPORT_INTEGERPRODUCTS_H

#include "NodeImporter.h"

namespace lacuna {

/// The operator that `product` imports, of integer operands 0 and 1 less their
/// zero points (operands 2 and 3, optional), as i32. Zero points of many
/// elements stand along `leftDim` and `rightDim` (below 0: from the back).
ImportResult importIntegerProduct(NodeImporter &node, ImportFunction product,
                                  int64_t leftDim, int64_t rightDim);

} // namespace lacuna

#endif // LACUNA_LIB_IMPORT_INTEGERPRODUCTS_H
