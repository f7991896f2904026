// Gradients from the command line: of inputs and of a model's parameters.
// RUN: rm -rf %t && mkdir %t && %python %S/Inputs/make-parameter-model.py %t/net.onnx %t/g.npz
// RUN: lacuna run %t/net.onnx --inputs %t/g-in.npz --gradient-of mean-square --expect %t/g.npz --rtol 1e-6 2>%t/err | FileCheck %s
// RUN: FileCheck %s --check-prefix=STRAY --input-file=%t/err
// RUN: lacuna run %t/net.onnx --inputs %t/g-in.npz --gradient-of mean-square --wrt w --expect %t/g.npz --rtol 1e-6 2>/dev/null | FileCheck %s --check-prefix=W
// RUN: lacuna compile %t/net.onnx --gradient-of=mean-square --wrt=x --emit=gradient | FileCheck %s --check-prefix=X
// RUN: %python %S/Inputs/make-length-model.py %t
// RUN: lacuna run %t/lengths.onnx --inputs %t/lengths-in.npz --gradient-of mean-square --expect %t/lengths-g.npz --rtol 1e-6 | FileCheck %s --check-prefix=LENGTH
// RUN: lacuna run %s --random=1 --gradient-of=sum | FileCheck %s --check-prefix=SUM

// CHECK: loss       scalar  {{.*}} - -
// CHECK-NEXT: y          2x3 {{.*}} - -
// CHECK-NEXT: d_x        2x3 {{.*}} {{[0-9.e-]+ +[0-9.e-]+}}
// CHECK-NEXT: d_param:w  2x3 {{.*}} {{[0-9.e-]+ +[0-9.e-]+}}
// STRAY: g.npz: not compared, as the program has no such output (--wrt asks for one by name): `stray`
// W-NOT: d_x
// W: d_param:w
// X: func.func @main(%arg0: tensor<2x3xf32> {lacuna.name = "x"}) ->
// X-SAME: {lacuna.name = "loss"}
// X-SAME: {lacuna.name = "y"}
// X-SAME: lacuna.name = "d_x"}
// LENGTH: d_x     2x3
// SUM: loss
// SUM: d_x     2x3    f32   1    0    1  1

// RUN: not lacuna run %s --random=1 --gradient-of=y 2>&1 | FileCheck %s --check-prefix=LARGE
// LARGE: result `y` must have one float element to be a loss, got 'tensor<2x3xf32>'
// RUN: not lacuna run %s --random=1 --gradient-of=z 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: the loss must be `mean-square` or the name of a result, got `z`
// RUN: not lacuna run %s --random=1 --gradient-of=mean-square --wrt=v 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: there is no input or parameter `v` to differentiate by; of floats are: `x`
// RUN: not lacuna run %s --random=1 --gradient-of=mean-square --wrt=n 2>&1 | FileCheck %s --check-prefix=INTEGER
// INTEGER: `n` must be of floats to be differentiated by

func.func @main(%x: tensor<2x3xf32> {lacuna.name = "x"},
                %n: tensor<2xi64> {lacuna.name = "n"})
    -> (tensor<2x3xf32> {lacuna.name = "y"}, tensor<f32> {lacuna.name = "sum"}) {
  %y = lacuna.activation relu %x : tensor<2x3xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %sum = linalg.reduce { arith.addf } ins(%x : tensor<2x3xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %y, %sum : tensor<2x3xf32>, tensor<f32>
}
