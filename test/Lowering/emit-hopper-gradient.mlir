// RUN: lacuna compile %s --gradient-of=mean-square --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper | FileCheck %s
// What differentiation makes of attention has a device kernel, too, where its
// sums are for many tasks: all go to the first.

func.func @main(%q: tensor<1x2x2048x192xbf16> {lacuna.requires_grad},
                %k: tensor<1x1x2048x192xbf16> {lacuna.requires_grad},
                %v: tensor<1x1x2048x128xbf16> {lacuna.requires_grad})
    -> tensor<1x2x2048x128xbf16> {
  %r = lacuna.attention %q, %k, %v causal = top_left
      : (tensor<1x2x2048x192xbf16>, tensor<1x1x2048x192xbf16>,
         tensor<1x1x2048x128xbf16>) -> tensor<1x2x2048x128xbf16>
  return %r : tensor<1x2x2048x128xbf16>
}

// CHECK-DAG: lacuna.device = @[[BACKWARD:kernel_attention_backward.*_device]]
// CHECK-DAG: llvm.func @[[BACKWARD]](
