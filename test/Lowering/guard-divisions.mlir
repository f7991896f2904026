// Integer divisions never trap; those by a safe constant stay as they are.
// RUN: lacuna-opt %s --lacuna-expand-math | FileCheck %s

// CHECK-LABEL: func @signed
// CHECK-SAME: (%[[X:.*]]: i32, %[[Y:.*]]: i32)
// CHECK: %[[ZERO:.*]] = arith.cmpi eq, %[[Y]], %{{.*}} : i32
// CHECK: %[[MINUS:.*]] = arith.cmpi eq, %[[Y]], %{{.*}} : i32
// CHECK: %[[SAFE:.*]] = arith.select %[[MINUS]]
// CHECK: %[[Q:.*]] = arith.divsi %[[X]], %[[SAFE]] : i32
// CHECK: %[[R:.*]] = arith.select %[[ZERO]], %{{.*}}, %[[Q]] : i32
// CHECK: arith.select %[[MINUS]], %{{.*}}, %[[R]] : i32
func.func @signed(%x: i32, %y: i32) -> i32 {
  %q = arith.divsi %x, %y : i32
  return %q : i32
}

// CHECK-LABEL: func @constant
// CHECK-NOT: select
// CHECK: return
func.func @constant(%x: i32) -> (i32, i32) {
  %c3 = arith.constant 3 : i32
  %q = arith.divsi %x, %c3 : i32
  %r = arith.remui %x, %c3 : i32
  return %q, %r : i32, i32
}
