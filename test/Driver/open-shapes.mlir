// RUN: lacuna run %s --random 1 --shape a=4x6 --shape b=6x5 | FileCheck %s
// RUN: not lacuna run %s --random 1 --shape a=4x6 --shape b=7x5 2>&1 \
// RUN:   | FileCheck %s --check-prefix=CONTRADICTION
// RUN: not lacuna run %s --random 1 --shape a=4x6 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPEN

// Sizes read from shapes, and computed from such sizes, are known as soon as
// the inputs' shapes are.

// CHECK: output0{{ +}}4x5
// CHECK: output1{{ +}}20
// CHECK: output2{{ +}}4x7
// CHECK: output3{{ +}}2x2x5
// CHECK: output4{{ +}}8x5
// CONTRADICTION: open-shapes.mlir:[[#@LINE+16]]:{{.*}}'linalg.matmul'
// OPEN: the shape of input `b` is open: give it, as in `--shape b=2x3`
func.func @main(%a: tensor<?x?xf32> {lacuna.name = "a"},
                %b: tensor<?x?xf32> {lacuna.name = "b"})
    -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?x7xf32>, tensor<?x2x?xf32>,
        tensor<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %a, %c0 : tensor<?x?xf32>
  %n = tensor.dim %b, %c1 : tensor<?x?xf32>
  %empty = tensor.empty(%m, %n) : tensor<?x?xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?xf32>)
      -> tensor<?x?xf32>
  // The line that the contradiction names.
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%init : tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = lacuna.activation relu %0 : tensor<?x?xf32>
  %2 = tensor.collapse_shape %1 [[0, 1]] : tensor<?x?xf32> into tensor<?xf32>
  %rows = arith.subi %m, %c1 : index
  %3 = tensor.extract_slice %1[1, 0] [%rows, %n] [1, 1]
      : tensor<?x?xf32> to tensor<?x?xf32>
  %4 = tensor.cast %3 : tensor<?x?xf32> to tensor<?x5xf32>
  %5 = tensor.pad %4 low[%c1, 0] high[0, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<?x5xf32> to tensor<?x7xf32>
  %half = arith.divui %m, %c2 : index
  %6 = tensor.expand_shape %1 [[0, 1], [2]] output_shape [%half, 2, %n]
      : tensor<?x?xf32> into tensor<?x2x?xf32>
  %7 = tensor.concat dim(0) %1, %1
      : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %1, %2, %5, %6, %7 : tensor<?x?xf32>, tensor<?xf32>,
      tensor<?x7xf32>, tensor<?x2x?xf32>, tensor<?x?xf32>
}
