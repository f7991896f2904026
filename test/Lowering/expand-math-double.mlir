// RUN: lacuna-opt %s --lacuna-expand-math=doubles -o %t.mlir
// RUN: FileCheck %s --input-file=%t.mlir && lacuna check %t.mlir
// Expected: mpmath at 40 digits, see Inputs/expand-math-double.py.
// CHECK-NOT: math.{{exp|log|erf|sin|cos|tan|pow}}
func.func @exp() {
  %x = arith.constant dense<[-745.0, -740.0, -1.0, 0.3, 1.0e-10, 709.7]> : tensor<6xf64>
  %e = arith.constant dense<[5.0e-324, 4.2e-322, 0.36787944117144233, 1.3498588075760032, 1.0000000001, 1.6549840276802644e+308]> : tensor<6xf64>
  %y = linalg.map { math.exp } ins(%x : tensor<6xf64>) outs(%x : tensor<6xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<6xf64>
  return }
func.func @exp2() {
  %x = arith.constant dense<[-1074.0, -3.3, 0.5, 1023.9]> : tensor<4xf64>
  %e = arith.constant dense<[5.0e-324, 0.10153154954452945, 1.4142135623730951, 1.6773070034857416e+308]> : tensor<4xf64>
  %y = linalg.map { math.exp2 } ins(%x : tensor<4xf64>) outs(%x : tensor<4xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<4xf64>
  return }
func.func @expm1() {
  %x = arith.constant dense<[-1.0e-09, 0.001, -0.3, 40.0, 700.0]> : tensor<5xf64>
  %e = arith.constant dense<[-9.999999995e-10, 0.0010005001667083417, -0.2591817793182821, 2.3538526683702e+17, 1.0142320547350045e+304]> : tensor<5xf64>
  %y = linalg.map { math.expm1 } ins(%x : tensor<5xf64>) outs(%x : tensor<5xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<5xf64>
  return }
func.func @log() {
  %x = arith.constant dense<[1.0e-310, 0.7, 1.0000001, 3.0, 1.0e+300]> : tensor<5xf64>
  %e = arith.constant dense<[-713.8013788281542, -0.35667494393873245, 9.999999505838704e-08, 1.0986122886681098, 690.7755278982137]> : tensor<5xf64>
  %y = linalg.map { math.log } ins(%x : tensor<5xf64>) outs(%x : tensor<5xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<5xf64>
  return }
func.func @log2() {
  %x = arith.constant dense<[8.0, 0.3, 1.0e-05]> : tensor<3xf64>
  %e = arith.constant dense<[3.0, -1.7369655941662063, -16.609640474436812]> : tensor<3xf64>
  %y = linalg.map { math.log2 } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @log10() {
  %x = arith.constant dense<[1.0e-05, 7.0]> : tensor<2xf64>
  %e = arith.constant dense<[-5.0, 0.8450980400142568]> : tensor<2xf64>
  %y = linalg.map { math.log10 } ins(%x : tensor<2xf64>) outs(%x : tensor<2xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<2xf64>
  return }
func.func @log1p() {
  %x = arith.constant dense<[1.0e-12, -0.2, 0.26, 10000000000.0]> : tensor<4xf64>
  %e = arith.constant dense<[9.999999999995e-13, -0.22314355131420976, 0.23111172096338664, 23.025850930040455]> : tensor<4xf64>
  %y = linalg.map { math.log1p } ins(%x : tensor<4xf64>) outs(%x : tensor<4xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<4xf64>
  return }
func.func @erf() {
  %x = arith.constant dense<[1.0e-05, 0.24, 0.26, 1.0, -2.5, 7.0]> : tensor<6xf64>
  %e = arith.constant dense<[1.1283791670579e-05, 0.265700058953792, 0.28689972321574914, 0.8427007929497149, -0.999593047982555, 1.0]> : tensor<6xf64>
  %y = linalg.map { math.erf } ins(%x : tensor<6xf64>) outs(%x : tensor<6xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<6xf64>
  return }
func.func @erfc() {
  %x = arith.constant dense<[-1.0, 0.1, 1.0, 5.0, 20.0, 26.0]> : tensor<6xf64>
  %e = arith.constant dense<[1.8427007929497148, 0.887537083981715, 0.15729920705028513, 1.537459794428035e-12, 5.395865611607901e-176, 5.663192408856143e-296]> : tensor<6xf64>
  %y = linalg.map { math.erfc } ins(%x : tensor<6xf64>) outs(%x : tensor<6xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<6xf64>
  return }
func.func @sinh() {
  %x = arith.constant dense<[1.0e-05, 1.0, -20.0]> : tensor<3xf64>
  %e = arith.constant dense<[1.0000000000166668e-05, 1.1752011936438014, -242582597.70489514]> : tensor<3xf64>
  %y = linalg.map { math.sinh } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @cosh() {
  %x = arith.constant dense<[0.1, -5.0]> : tensor<2xf64>
  %e = arith.constant dense<[1.0050041680558035, 74.20994852478785]> : tensor<2xf64>
  %y = linalg.map { math.cosh } ins(%x : tensor<2xf64>) outs(%x : tensor<2xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<2xf64>
  return }
func.func @tanh() {
  %x = arith.constant dense<[1.0e-05, 0.3, -4.0]> : tensor<3xf64>
  %e = arith.constant dense<[9.999999999666668e-06, 0.2913126124515909, -0.999329299739067]> : tensor<3xf64>
  %y = linalg.map { math.tanh } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @asinh() {
  %x = arith.constant dense<[1.0e-05, 1.0, 10000000000.0]> : tensor<3xf64>
  %e = arith.constant dense<[9.999999999833334e-06, 0.881373587019543, 23.7189981105004]> : tensor<3xf64>
  %y = linalg.map { math.asinh } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @acosh() {
  %x = arith.constant dense<[1.0001, 3.0]> : tensor<2xf64>
  %e = arith.constant dense<[0.014142017775251545, 1.762747174039086]> : tensor<2xf64>
  %y = linalg.map { math.acosh } ins(%x : tensor<2xf64>) outs(%x : tensor<2xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<2xf64>
  return }
func.func @atanh() {
  %x = arith.constant dense<[1.0e-05, 0.9]> : tensor<2xf64>
  %e = arith.constant dense<[1.0000000000333334e-05, 1.4722194895832204]> : tensor<2xf64>
  %y = linalg.map { math.atanh } ins(%x : tensor<2xf64>) outs(%x : tensor<2xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<2xf64>
  return }
func.func @sin() {
  %x = arith.constant dense<[1.0e-05, 1.0, 3.14159, 100.0, 1000000000.0]> : tensor<5xf64>
  %e = arith.constant dense<[9.999999999833334e-06, 0.8414709848078965, 2.65358979335273e-06, -0.5063656411097588, 0.5458434494486996]> : tensor<5xf64>
  %y = linalg.map { math.sin } ins(%x : tensor<5xf64>) outs(%x : tensor<5xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<5xf64>
  return }
func.func @cos() {
  %x = arith.constant dense<[1.0e-05, 1.57, 1000000.0]> : tensor<3xf64>
  %e = arith.constant dense<[0.99999999995, 0.0007963267107332633, 0.9367521275331447]> : tensor<3xf64>
  %y = linalg.map { math.cos } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @tan() {
  %x = arith.constant dense<[0.5, 1.5, 100.0]> : tensor<3xf64>
  %e = arith.constant dense<[0.5463024898437905, 14.101419947171719, -0.5872139151569291]> : tensor<3xf64>
  %y = linalg.map { math.tan } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @asin() {
  %x = arith.constant dense<[0.1, 0.5, 0.7, -1.0]> : tensor<4xf64>
  %e = arith.constant dense<[0.1001674211615598, 0.5235987755982989, 0.775397496610753, -1.5707963267948966]> : tensor<4xf64>
  %y = linalg.map { math.asin } ins(%x : tensor<4xf64>) outs(%x : tensor<4xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<4xf64>
  return }
func.func @acos() {
  %x = arith.constant dense<[0.1, 0.99, -0.9]> : tensor<3xf64>
  %e = arith.constant dense<[1.4706289056333368, 0.1415394733244273, 2.6905658417935308]> : tensor<3xf64>
  %y = linalg.map { math.acos } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<3xf64>
  return }
func.func @atan() {
  %x = arith.constant dense<[0.1, 0.4, 0.42, 1.0, 30.0]> : tensor<5xf64>
  %e = arith.constant dense<[0.09966865249116204, 0.3805063771123649, 0.3976279915221293, 0.7853981633974483, 1.5374753309166493]> : tensor<5xf64>
  %y = linalg.map { math.atan } ins(%x : tensor<5xf64>) outs(%x : tensor<5xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<5xf64>
  return }
func.func @cbrt() {
  %x = arith.constant dense<[27.0, -2.0, 1.0e-200]> : tensor<3xf64>
  %e = arith.constant dense<[3.0, -1.2599210498948732, 2.1544346900318838e-67]> : tensor<3xf64>
  %y = linalg.map { math.cbrt } ins(%x : tensor<3xf64>) outs(%x : tensor<3xf64>)
  check.expect_close %y, %e rtol = 1.0e-13 atol = 0.0 : tensor<3xf64>
  return }
func.func @powf() {
  %x = arith.constant dense<[2.5, 1.0001, -3.0, 1.0e-05]> : tensor<4xf64>
  %z = arith.constant dense<[3.5, 5000.0, 5.0, 30.0]> : tensor<4xf64>
  %e = arith.constant dense<[24.705294220065465, 1.648680055931085, -243.0, 1.0000000000000024e-150]> : tensor<4xf64>
  %y = linalg.map { math.powf } ins(%x, %z : tensor<4xf64>, tensor<4xf64>) outs(%x : tensor<4xf64>)
  check.expect_close %y, %e rtol = 1.0e-13 atol = 0.0 : tensor<4xf64>
  return }
func.func @atan2() {
  %x = arith.constant dense<[1.0, -3.0]> : tensor<2xf64>
  %z = arith.constant dense<[-2.0, 0.1]> : tensor<2xf64>
  %e = arith.constant dense<[2.677945044588987, -1.5374753309166493]> : tensor<2xf64>
  %y = linalg.map { math.atan2 } ins(%x, %z : tensor<2xf64>, tensor<2xf64>) outs(%x : tensor<2xf64>)
  check.expect_close %y, %e rtol = 1.0e-15 atol = 0.0 : tensor<2xf64>
  return }
