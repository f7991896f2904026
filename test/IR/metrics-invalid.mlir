// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @confusion_matrix_c1(%p: tensor<4xi64>, %l: tensor<5xi64>) {
  // expected-error @below {{`label` must have shape [4], got [5]}}
  %r = lacuna.confusion_matrix %p, %l classes = 3
      : (tensor<4xi64>, tensor<5xi64>) -> tensor<3x3xi64>
  return
}

// -----

func.func @confusion_matrix_c2(%p: tensor<4xi64>, %l: tensor<4xi64>) {
  // expected-error @below {{`classes` must be 1 to 65536, got 0}}
  %r = lacuna.confusion_matrix %p, %l classes = 0
      : (tensor<4xi64>, tensor<4xi64>) -> tensor<0x0xi64>
  return
}

// -----

func.func @segmentation_scores_c1(%m: tensor<3xi64>) {
  // expected-error @below {{`matrix` must have rank 2, got 1}}
  %r:5 = lacuna.segmentation_scores %m : (tensor<3xi64>)
      -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  return
}

// -----

func.func @segmentation_scores_c1_type(%m: tensor<3x3xi32>) {
  // expected-error @below {{`matrix` must have elements of type i64, got 'i32'}}
  %r:5 = lacuna.segmentation_scores %m : (tensor<3x3xi32>)
      -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  return
}

// -----

func.func @segmentation_scores_c2(%m: tensor<3x4xi64>) {
  // expected-error @below {{`matrix` must be square, got [3, 4]}}
  %r:5 = lacuna.segmentation_scores %m : (tensor<3x4xi64>)
      -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  return
}
