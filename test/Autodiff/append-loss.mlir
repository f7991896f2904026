// RUN: lacuna-opt %s --lacuna-append-loss=class-axis=-1 | FileCheck %s
// RUN: lacuna-opt %s --lacuna-append-loss=loss=mse | FileCheck %s --check-prefix=MEAN
// RUN: lacuna-opt %s --lacuna-append-loss=loss=binary-cross-entropy | FileCheck %s --check-prefix=LOGISTIC
// RUN: lacuna-opt %s --lacuna-append-loss=loss=result | FileCheck %s --check-prefix=RESULT
// RUN: not lacuna-opt %s --lacuna-append-loss=loss=hinge 2>&1 | FileCheck %s --check-prefix=NAME

// The classes come second; of the results the next value of `mean` stays.
// CHECK: func.func @main(%[[X:[a-z0-9_]+]]: tensor<2x5x3xf32>, %{{.*}}: tensor<2xf32>
// CHECK-SAME: %[[L:[a-z0-9_]+]]: tensor<2x5xi64> {lacuna.name = "label"}
// CHECK-SAME: -> (tensor<f32> {lacuna.name = "loss"}, tensor<3x3xi64> {lacuna.name = "confusion"}, tensor<4xf32> {lacuna.updates = "mean"})
// CHECK: %[[T:[a-z0-9_]+]] = linalg.transpose ins(%[[X]] {{.*}} permutation = [0, 2, 1]
// CHECK: %[[LOSS:[a-z0-9_]+]] = lacuna.cross_entropy %[[T]], %[[L]] ignore_index = -100
// CHECK: %[[P:[a-z0-9_]+]] = lacuna.arg_extreme max %[[T]] axis = 1
// CHECK: %[[C:[a-z0-9_]+]] = lacuna.confusion_matrix %[[P]], %[[L]] classes = 3 ignore_index = -100
// CHECK: return %[[LOSS]], %[[C]]

// MEAN: tensor<2x5x3xf32> {lacuna.name = "label"}) -> (tensor<f32> {lacuna.name = "loss"}, tensor<4xf32>
// MEAN: linalg.reduce
// MEAN: arith.constant 0.0333333351 : f32
// LOGISTIC: lacuna.activation log_sigmoid
// RESULT: -> (tensor<2x5x3xf32>, tensor<2xf32>, tensor<4xf32> {lacuna.updates = "mean"})
// NAME: `loss` must be `cross-entropy`, `binary-cross-entropy`, `mse`, `l1`, `huber` or `result`, got `hinge`
func.func @main(%x: tensor<2x5x3xf32>, %y: tensor<2xf32>,
                %mean: tensor<4xf32> {lacuna.name = "mean"})
    -> (tensor<2x5x3xf32>, tensor<2xf32>,
        tensor<4xf32> {lacuna.updates = "mean"}) {
  return %x, %y, %mean : tensor<2x5x3xf32>, tensor<2xf32>, tensor<4xf32>
}
