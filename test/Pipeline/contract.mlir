// An op that no stage brings forth is refused at the end of the first stage.
// RUN: not lacuna compile %s --emit=model 2>&1 | FileCheck %s
// CHECK: contract.mlir:[[#@LINE+7]]:{{[0-9]+}}: 'scf.yield' op is not legal at the end of stage `model`
func.func @main(%x: tensor<4xf32>, %m: tensor<index>, %n: tensor<index>)
    -> tensor<4xf32> {
  %i = tensor.extract %n[] : tensor<index>
  %k = tensor.extract %m[] : tensor<index>
  %y = scf.for %j = %i to %k step %i iter_args(%z = %x) -> tensor<4xf32> {
    %c = math.exp %z : tensor<4xf32>
    scf.yield %c : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
