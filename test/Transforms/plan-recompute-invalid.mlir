// RUN: not lacuna-opt %s --lacuna-plan-recompute=memory-budget=0 2>&1 | FileCheck %s --check-prefix=SMALL
// RUN: not lacuna-opt %s --lacuna-plan-recompute=memory-budget=2.5 2>&1 | FileCheck %s --check-prefix=SHARE
// RUN: not lacuna-opt %s --lacuna-plan-recompute=memory-budget=half 2>&1 | FileCheck %s --check-prefix=WORD

// SMALL: `memory-budget` must be at least {{[0-9]+}} bytes, the lowest peak found, got `0`
// SHARE: `memory-budget` must be a number of bytes or a share from 0.0 to 1.0, got `2.5`
// WORD: `memory-budget` must be a number of bytes or a share from 0.0 to 1.0, got `half`
func.func @pair(%x: tensor<256xf32>) -> tensor<256xf32> {
  %a = lacuna.softmax %x axis = 0 : tensor<256xf32>
  %g = lacuna.softmax %a axis = 0 {lacuna.backward} : tensor<256xf32>
  return %g : tensor<256xf32>
}
