// RUN: lacuna-opt %s --lacuna-append-update=optimizer=momentum | FileCheck %s
// RUN: lacuna-opt %s "--lacuna-append-update=optimizer=adam accumulate=2 clip-norm=1" | FileCheck %s --check-prefix=PARTS
// RUN: lacuna-opt %s --lacuna-append-update=optimizer=none | FileCheck %s --check-prefix=NONE
// RUN: not lacuna-opt %s --lacuna-append-update=optimizer=lion 2>&1 | FileCheck %s --check-prefix=NAME

// The gradient goes; the parameter's and the state's next values come. Numbers
// of 16 bits are trained in f32.
// CHECK: lacuna.name = "w"
// CHECK-SAME: tensor<f64> {lacuna.name = "optimizer.rate"}
// CHECK-SAME: tensor<f64> {lacuna.name = "optimizer.step"}
// CHECK-SAME: tensor<4xf32> {lacuna.initial = 0.000000e+00 : f64, lacuna.name = "w.momentum"})
// CHECK-SAME: -> (tensor<f32>, tensor<4xf16> {lacuna.name = "w", lacuna.updates = "w"}, tensor<4xf32> {lacuna.name = "w.momentum", lacuna.updates = "w.momentum"})
// CHECK: arith.truncf %{{.*}} : f32 to f16

// PARTS: "optimizer.apply"
// PARTS-SAME: "w.accumulated"
// PARTS-SAME: "w.moment1"
// PARTS-SAME: "w.moment2"
// PARTS-SAME: -> (tensor<f32>, tensor<4xf32> {{{.*}}lacuna.updates = "w.accumulated"}, tensor<f64> {lacuna.name = "gradient_norm"}, tensor<4xf16>
// PARTS: arith.select
// NONE: lacuna.gradient_of
// NAME: `optimizer` must be `sgd`, `momentum`, `nesterov`, `adagrad`, `adam`, `adamw` or `none`, got `lion`
func.func @main(%loss: tensor<f32>, %w: tensor<4xf16> {lacuna.name = "w"},
                %g: tensor<4xf16>)
    -> (tensor<f32>, tensor<4xf16> {lacuna.gradient_of = "w"}) {
  return %loss, %g : tensor<f32>, tensor<4xf16>
}
