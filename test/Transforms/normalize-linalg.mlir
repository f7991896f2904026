// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-normalize-linalg))' | FileCheck %s

// CHECK-LABEL: func @contractions
func.func @contractions(%a: tensor<4x6xf32>, %b: tensor<6x5xf32>,
                        %x: tensor<6xf32>, %c: tensor<4x5xf32>,
                        %d: tensor<4xf32>)
    -> (tensor<4x5xf32>, tensor<4xf32>) {
  // CHECK: linalg.contract
  // CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<4x6xf32>, tensor<6x5xf32>)
  %p = linalg.matmul ins(%a, %b : tensor<4x6xf32>, tensor<6x5xf32>)
                     outs(%c : tensor<4x5xf32>) -> tensor<4x5xf32>
  // CHECK: linalg.contract
  // CHECK-NOT: linalg.generic
  %q = linalg.matvec ins(%a, %x : tensor<4x6xf32>, tensor<6xf32>)
                     outs(%d : tensor<4xf32>) -> tensor<4xf32>
  return %p, %q : tensor<4x5xf32>, tensor<4xf32>
}

// A generic that multiplies and adds is a contraction too.
// CHECK-LABEL: func @multiply_add
// CHECK: linalg.contract
func.func @multiply_add(%a: tensor<4x6xf32>, %b: tensor<5x6xf32>,
                        %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %0 = linalg.generic {
    indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
                     affine_map<(i, j, k) -> (j, k)>,
                     affine_map<(i, j, k) -> (i, j)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%a, %b : tensor<4x6xf32>, tensor<5x6xf32>)
    outs(%c : tensor<4x5xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %1 = arith.mulf %x, %y : f32
    %2 = arith.addf %sum, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}

// Integers and mixed types have no fast path: they become generics.
// CHECK-LABEL: func @others
func.func @others(%a: tensor<4x6xi32>, %b: tensor<6x5xi32>,
                  %c: tensor<4x5xi32>, %x: tensor<4x6xf32>,
                  %y: tensor<4x6xf32>)
    -> (tensor<4x5xi32>, tensor<4x6xf32>) {
  // CHECK: linalg.generic
  // CHECK: arith.muli
  %p = linalg.matmul ins(%a, %b : tensor<4x6xi32>, tensor<6x5xi32>)
                     outs(%c : tensor<4x5xi32>) -> tensor<4x5xi32>
  // CHECK: linalg.generic
  // CHECK: math.exp
  %q = linalg.exp ins(%x : tensor<4x6xf32>) outs(%y : tensor<4x6xf32>)
      -> tensor<4x6xf32>
  return %p, %q : tensor<4x5xi32>, tensor<4x6xf32>
}

// What is computed for each place around a tensor is chosen after it is padded
// with zeros; a scalar from elsewhere is read where it is used.
// CHECK-LABEL: func @computed_pads
// CHECK: tensor.pad
// CHECK: linalg.generic
// CHECK: tensor.extract %{{.*}}[] : tensor<f32>
// CHECK: linalg.index 0
// CHECK: arith.sitofp
// CHECK: arith.select
func.func @computed_pads(%x: tensor<3xf32>, %v: tensor<f32>) -> tensor<5xf32> {
  %s = tensor.extract %v[] : tensor<f32>
  %r = tensor.pad %x low[1] high[1] {
  ^bb0(%i: index):
    %a = arith.index_cast %i : index to i32
    %b = arith.sitofp %a : i32 to f32
    %c = arith.addf %b, %s : f32
    tensor.yield %c : f32
  } : tensor<3xf32> to tensor<5xf32>
  return %r : tensor<5xf32>
}
