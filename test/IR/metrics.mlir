// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @metrics
// CHECK: %[[M:.*]] = lacuna.confusion_matrix %{{.*}}, %{{.*}} classes = 3 ignore_index = 255 : (tensor<?xi64>, tensor<4xi8>) -> tensor<3x3xi64>
// CHECK: lacuna.segmentation_scores %[[M]] absent = zero : (tensor<3x3xi64>)
func.func @metrics(%p: tensor<?xi64>, %l: tensor<4xi8>) {
  %m = lacuna.confusion_matrix %p, %l classes = 3 ignore_index = 255
      : (tensor<?xi64>, tensor<4xi8>) -> tensor<3x3xi64>
  %s:5 = lacuna.segmentation_scores %m absent = zero : (tensor<3x3xi64>)
      -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  return
}
