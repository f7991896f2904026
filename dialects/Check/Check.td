//===- Check.td - Expectations in tests -----------------------------------===//
// What a test program says about its own values. `lacuna check` runs every
// public function without arguments and reports the expectations that fail.
//===----------------------------------------------------------------------===//
#ifndef CHECK_CHECK_TD
#define CHECK_CHECK_TD

include "mlir/IR/OpBase.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::lacuna::check";
  let summary = "Expectations on values, for tests";
  let description = [{
    Each op compares two tensors of one type when the program runs. They have
    no results and are kept by every pass; `lacuna-externalize-checks` turns
    them into outputs of the function.
  }];
}

class Check_Op<string mnemonic> : Op<Check_Dialect, mnemonic, [
    TypesMatchWith<"`expected` must have the type of `actual`",
                   "actual", "expected", "$_self">]>;

def Check_ExpectEqualOp : Check_Op<"expect_equal"> {
  let summary = "two tensors are equal";
  let description = [{
    Element by element; NaN equals NaN and -0 equals 0.

    Shapes and dtypes: any ranked tensor, both alike.

    Example: `check.expect_equal %actual, %expected : tensor<4xi64>`
  }];
  let arguments = (ins AnyRankedTensor:$actual, AnyRankedTensor:$expected);
  let assemblyFormat = "$actual `,` $expected attr-dict `:` type($actual)";
}

def Check_ExpectCloseOp : Check_Op<"expect_close"> {
  let summary = "two tensors are equal up to a tolerance";
  let description = [{
    |actual - expected| <= atol + rtol |expected|, element by element; NaN
    equals NaN, an infinity only itself.

    Shapes and dtypes: any ranked tensor of floats, both alike.

    Constraints:
    * C1. `rtol` and `atol` are finite and not negative.

    Example:
    ```mlir
    check.expect_close %actual, %expected rtol = 1.0e-5 atol = 1.0e-6
        : tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$actual, AnyRankedTensor:$expected,
                       F64Attr:$rtol, F64Attr:$atol);
  let assemblyFormat = [{
    $actual `,` $expected `rtol` `=` $rtol `atol` `=` $atol attr-dict `:`
    type($actual)
  }];
  let hasVerifier = 1;
}

#endif // CHECK_CHECK_TD
