// Every optimiser and schedule for 20 steps, as PyTorch has them.
// DEFINE: %{option} =
// DEFINE: %{name} =
// DEFINE: %{train} = lacuna train %s --shape x=6x3 --data %S/Inputs/data.npz --parameters %S/Inputs/first.npz --loss mse --steps 20 --out %t/%{name} %{option}
// DEFINE: %{check} = lacuna run %t/%{name}/trained.mlir --input x=%t/x.npy --expect %S/Inputs/%{name}.npz --rtol 2e-5 --atol 2e-6

// RUN: rm -rf %t && mkdir %t && cd %t && %python -m zipfile -e %S/Inputs/data.npz .
// REDEFINE: %{name} = sgd
// REDEFINE: %{option} = --batch 6 --optimizer sgd --lr 0.1
// RUN: %{train} && %{check}
// REDEFINE: %{name} = inverse
// REDEFINE: %{option} = --batch 6 --optimizer sgd --lr 1 --schedule inverse --offset 3 --power 0.7
// RUN: %{train} && %{check}
// REDEFINE: %{name} = momentum
// REDEFINE: %{option} = --batch 6 --optimizer momentum --lr 0.05
// RUN: %{train} && %{check}
// REDEFINE: %{name} = nesterov
// REDEFINE: %{option} = --batch 6 --optimizer nesterov --lr 0.05 --momentum 0.8 --weight-decay 0.01
// RUN: %{train} && %{check}
// REDEFINE: %{name} = adagrad
// REDEFINE: %{option} = --batch 6 --optimizer adagrad --lr 0.1
// RUN: %{train} && %{check}
// REDEFINE: %{name} = adam
// REDEFINE: %{option} = --batch 6 --optimizer adam --lr 0.02 --weight-decay 0.1
// RUN: %{train} && %{check}
// REDEFINE: %{name} = adamw
// REDEFINE: %{option} = --batch 6 --optimizer adamw --lr 0.02 --beta1 0.8 --beta2 0.95 --weight-decay 0.1
// RUN: %{train} && %{check}
// REDEFINE: %{name} = cosine
// REDEFINE: %{option} = --batch 6 --optimizer adamw --lr 0.05 --schedule cosine --warmup 5
// RUN: %{train} && %{check}
// REDEFINE: %{name} = clip-norm
// REDEFINE: %{option} = --batch 6 --optimizer sgd --lr 0.5 --clip-norm 0.3
// RUN: %{train} && %{check}
// REDEFINE: %{name} = clip-value
// REDEFINE: %{option} = --batch 6 --optimizer sgd --lr 0.5 --clip-value 0.1
// RUN: %{train} && %{check}

// Two batches of three a step give what one of six gives.
// RUN: lacuna train %s --data %S/Inputs/data.npz --parameters %S/Inputs/first.npz --loss mse --steps 20 --out %t/parts --batch 3 --accumulate 2 --optimizer momentum --lr 0.05
// RUN: lacuna run %t/parts/trained.mlir --input x=%t/x.npy --expect %S/Inputs/momentum.npz --rtol 2e-5 --atol 2e-6

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
#left = affine_map<(i, j, k) -> (i, k)>
#right = affine_map<(i, j, k) -> (k, j)>
#out = affine_map<(i, j, k) -> (i, j)>

func.func @main(
    %x: tensor<?x3xf32> {lacuna.name = "x"},
    %w: tensor<3x4xf32> {lacuna.name = "w", lacuna.requires_grad},
    %b: tensor<4xf32> {lacuna.name = "b", lacuna.requires_grad},
    %v: tensor<4x2xf32> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<?x2xf32> {lacuna.name = "y"}) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %p = linalg.contract indexing_maps = [#left, #right, #out] ins(%x, %w : tensor<?x3xf32>, tensor<3x4xf32>) outs(%z : tensor<?x4xf32>) -> tensor<?x4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %b : tensor<?x4xf32>, tensor<4xf32>) outs(%e : tensor<?x4xf32>) {
  ^bb0(%left: f32, %right: f32, %o: f32):
    %sum = arith.addf %left, %right : f32
    linalg.yield %sum : f32
  } -> tensor<?x4xf32>
  %h = lacuna.activation tanh %s : tensor<?x4xf32>
  %f = tensor.empty(%n) : tensor<?x2xf32>
  %g = linalg.fill ins(%zero : f32) outs(%f : tensor<?x2xf32>) -> tensor<?x2xf32>
  %y = linalg.contract indexing_maps = [#left, #right, #out] ins(%h, %v : tensor<?x4xf32>, tensor<4x2xf32>) outs(%g : tensor<?x2xf32>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}
