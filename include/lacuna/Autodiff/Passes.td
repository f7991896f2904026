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

def AppendLoss : Pass<"lacuna-append-loss", "::mlir::func::FuncOp"> {
  let summary = "from a prediction to the loss of a labelled batch";
  let description = [{
    Input: a public function of one block whose first result is the prediction,
    a float tensor. Output: the same with the argument `label` behind the
    others; its first result is `loss`, a mean over all elements. Other results
    go, but for those with `lacuna.updates`.

    * `cross-entropy`: `label` holds classes (i64, the prediction's shape
      without `class-axis`); those that are `ignore-index` do not count. The
      second result is `confusion`, the confusion matrix of the batch.
    * `binary-cross-entropy`: predictions are logarithms of odds, labels 0 to 1.
    * `mse`, `l1`, `huber` (threshold 1): labels are as the prediction.
    * `result`: nothing changes: the first result is the loss.

    Numbers: computed in the prediction's type.
  }];
  let options = [
    Option<"loss", "loss", "std::string", "\"cross-entropy\"", "its name">,
    Option<"classAxis", "class-axis", "int64_t", "1",
           "the prediction's dimension of classes">,
    Option<"ignoreIndex", "ignore-index", "int64_t", "-100",
           "the label that does not count">];
  let dependentDialects = ["::lacuna::LacunaDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def AppendUpdate : Pass<"lacuna-append-update", "::mlir::func::FuncOp"> {
  let summary = "from gradients to the next values of parameters";
  let description = [{
    Input: a public function with results `lacuna.gradient_of`, as
    `Differentiate` leaves them. Output: the same without these; the next value
    of each parameter and of each state of its optimiser (`NAME.STATE`) is a
    result that says so by `lacuna.updates`. New arguments: the states, and the
    scalars `optimizer.rate` and `optimizer.step` (f64; steps count from 1).

    With g the gradient (plus `weight-decay` times x, but for `adamw`), a the
    rate and t the step:

    * `sgd`: x - a g, the stochastic approximation of Robbins and Monro
    * `momentum`: v' = `momentum` v + g; x - a v'
    * `nesterov`: v' as before; x - a (g + `momentum` v')
    * `adagrad`: s' = s + g^2; x - a g / (sqrt(s') + `epsilon`)
    * `adam`: m' = `beta1` m + (1 - `beta1`) g, v' = `beta2` v +
      (1 - `beta2`) g^2; x - a / (1 - `beta1`^t) m' / (sqrt(v' / (1 -
      `beta2`^t)) + `epsilon`)
    * `adamw`: `adam` on (1 - a `weight-decay`) x
    * `none`: the function stays as it is

    `accumulate` n > 1: gradients are means over n calls; only where the
    argument `optimizer.apply` is 1, not 0, anything but their sums changes.
    `clip-value` bounds each element of the gradients; `clip-norm` scales them
    by min(1, bound / (norm + 1e-6)) with the norm of all, which is the result
    `gradient_norm`.

    Numbers: in the parameter's type, 16-bit floats in f32; scalars in f64.
  }];
  let options = [
    Option<"optimizer", "optimizer", "std::string", "\"sgd\"", "its name">,
    Option<"momentum", "momentum", "double", "0.9", "share of speed kept">,
    Option<"beta1", "beta1", "double", "0.9", "of the first moment">,
    Option<"beta2", "beta2", "double", "0.999", "of the second moment">,
    Option<"epsilon", "epsilon", "double", "1e-8", "added to divisors">,
    Option<"weightDecay", "weight-decay", "double", "0", "pull towards 0">,
    Option<"clipValue", "clip-value", "double", "0", "0: no bound">,
    Option<"clipNorm", "clip-norm", "double", "0", "0: no bound">,
    Option<"accumulate", "accumulate", "int64_t", "1", "calls a step">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def WatchResults : Pass<"lacuna-watch-results", "::mlir::func::FuncOp"> {
  let summary = "tells which op gives the first infinity or NaN";
  let description = [{
    Input: a public function of one block. Output: the same with a result
    `watch.N` (a tensor of f32, rank 0) behind the others for each float tensor
    that an op of the block computes, in their order: 0 where all elements are
    finite, 1 with an infinity, 2 with a NaN. `lacuna.watched` on the result
    holds the op's name and location.

    Numbers: those of the other results stay, but kernels are fused otherwise.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // LACUNA_AUTODIFF_PASSES_TD
