// Tensors that no later stage could compute are refused after the first.
// RUN: split-file %s %t
// RUN: not lacuna compile %t/large.mlir --emit=model 2>&1 \
// RUN:   | FileCheck %s --check-prefix=LARGE
// RUN: not lacuna compile %t/element.mlir --emit=model 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ELEMENT
// LARGE: must have tensors of at most 2^40 bytes, got 'tensor<1099511627777xi8>'
// ELEMENT: must have elements of {{.*}}, got 'tensor<4xi7>'

//--- large.mlir
func.func @main(%x: tensor<1099511627777xi8>) -> tensor<1099511627777xi8> {
  return %x : tensor<1099511627777xi8>
}
//--- element.mlir
func.func @main(%x: tensor<4xi7>) -> tensor<4xi7> {
  return %x : tensor<4xi7>
}
