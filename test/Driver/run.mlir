// Inputs from files and from a seed, outputs to files, and every mistake.
// RUN: rm -rf %t && mkdir %t && %python %S/Inputs/make-onnx-case.py %t/case Abs 0
// RUN: lacuna run %s --entry=rectify --random=1 --output=%t/in.npz | FileCheck %s
// RUN: lacuna run %s --entry=rectify --random=1 --expect=%t/in.npz | FileCheck %s --check-prefix=SAME
// RUN: not lacuna run %s --entry=rectify --random=2 --expect=%t/in.npz 2>&1 | FileCheck %s --check-prefix=DIFFERS
// RUN: lacuna run %t/case/model.onnx --input x=%t/case/test_data_set_0/input_0.pb | FileCheck %s --check-prefix=PROTO

// CHECK: output  shape  type  mean  std  min  max
// CHECK-NEXT: y       2x3    f32
// SAME: abs error  rel error
// SAME-NEXT: y {{.*}} 0  0
// DIFFERS: output `y`[{{[01], [012]}}]: got {{.*}}, expected {{.*}}; {{[0-9]}} of 6 elements differ
// PROTO: y       2x3    f32    1.5

// RUN: not lacuna run %s --random=1 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: run.mlir: the module has several public functions: name one with `--entry` (`rectify`, `both`)
// RUN: not lacuna run %s --entry=thrice 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: run.mlir: the module has no public function `thrice`; it has `rectify`, `both`
// RUN: not lacuna run %s --entry=both 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: input `left` (f32[2x3]) is not given: add `--input left=FILE.npy`, or `--random 1`
// RUN: not lacuna run %s --entry=both --inputs=%t/in.npz 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: in.npz: the model has no input `y`; its inputs: `left` and `right`
// RUN: not lacuna run %s --entry=both --input=left 2>&1 | FileCheck %s --check-prefix=SINGLE
// SINGLE: `--input` must be NAME=FILE, got `left`
// RUN: not lacuna run %s --entry=both --input=left=%t/no.npy 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: no.npy{{.*}}: No such file or directory
// RUN: not lacuna run %s --entry=both --input=right=%t/case/test_data_set_0/input_0.pb 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: input_0.pb: input `right` must be i64[2x3], got f32[2x3]
// RUN: not lacuna run %s --entry=both --shape=left=2x4 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: `--shape`: input `left` is f32[2x3], got 2x4
// RUN: not lacuna run %s --entry=both --shape=left=2y4 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: `--shape` must be NAME=2x3x4 (or NAME=scalar), got `left=2y4`
// RUN: not lacuna run %s --entry=both --random=1 --expect=%t/in.npz 2>&1 | FileCheck %s --check-prefix=EXPECT
// EXPECT: in.npz: no array `sum`; the outputs are `sum`
// RUN: not lacuna run %t/none.onnx 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: none.onnx: No such file or directory
// RUN: cp %s %t/text.onnx && not lacuna run %t/text.onnx 2>&1 | FileCheck %s --check-prefix=MODEL
// MODEL: text.onnx: not an ONNX model
// RUN: not lacuna run 2>&1 | FileCheck %s --check-prefix=NAMELESS
// NAMELESS: no model is named: give an .onnx or .mlir file
// RUN: not lacuna run %s --entry=rectify --random=1 --target=z80 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: `--target` must be `cpu` or a processor LLVM knows, got `z80`

func.func @rectify(%x: tensor<2x3xf32> {lacuna.name = "x"})
    -> (tensor<2x3xf32> {lacuna.name = "y"}) {
  %y = lacuna.activation relu %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @both(%left: tensor<2x3xf32> {lacuna.name = "left"},
                %right: tensor<2x3xi64> {lacuna.name = "right"})
    -> (tensor<2x3xf32> {lacuna.name = "sum"}) {
  %y = lacuna.activation relu %left : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
