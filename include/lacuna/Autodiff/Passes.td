//===- Passes.td - Passes that differentiate ------------------------------===//
#ifndef LACUNA_AUTODIFF_PASSES_TD
#define LACUNA_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def Differentiate : Pass<"lacuna-differentiate", "::mlir::func::FuncOp"> {
  let summary = "append the gradients of a function's loss to its results";
  let description = [{
    Input: a function of one block on tensors. Arguments with the attribute
    `lacuna.requires_grad` (float tensors) are what to differentiate by; the
    first result, a float tensor of one element, is the loss. Output: the same
    function with one more result for each such argument, of its type, called
    `d_` and its name: the derivative of the loss. Functions without the
    attribute stay as they are. The attribute is taken off. Each
    `lacuna.gradient`, before that, is replaced by what computes it.

    Reverse mode: the ops of the forward direction come first and stay as they
    are; those added behind them carry `lacuna.backward`. Only what depends on
    such an argument and reaches the loss is differentiated; zeros are not
    computed; contributions to one value are added by one op, the last use
    first. `lacuna.detach` and `lacuna.no_grad` end gradients. The body of
    `lacuna.recompute` is run again behind a `barrier` on its inputs. Attention
    and layer normalisation are made to give the statistics their rules read.
    Which other forward values to keep is decided afterwards. Conventions: relu'(0) = 0; of equal
    operands or elements of a maximum or minimum the first has the gradient,
    of equal indices of a scatter the last; |x|' is 0 at 0; floor, ceil, round
    and comparisons are constants.

    An op on the way without a rule is an error, with the way from loss to
    argument. Numbers: exact forward; gradients are computed and summed in the
    element type of the values.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::lacuna::LacunaDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SelectLoss : Pass<"lacuna-select-loss", "::mlir::func::FuncOp"> {
  let summary = "make a loss the first result of a function";
  let description = [{
    Input: a function on tensors. Output: if it is public, the same with one
    more result in front, `loss`. With `of = mean-square` it is the mean over
    the squares of the elements of the first result, a float tensor with
    elements; otherwise the result called so, which must have one float element.
    Anything else is an error.

    Numbers: other results are exact; the mean is computed in their element
    type, as the sum of the squares times 1 / n.
  }];
  let options = [Option<"of", "of", "std::string", "\"mean-square\"",
                        "mean-square, or the name of a result">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // LACUNA_AUTODIFF_PASSES_TD
