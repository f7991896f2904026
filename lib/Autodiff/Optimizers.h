//===- Optimizers.h - The formulas of optimisers ----------------*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_OPTIMIZERS_H
#define LACUNA_AUTODIFF_OPTIMIZERS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace lacuna {

/// Numbers of an optimiser that do not change from step to step.
struct OptimizerNumbers {
  double momentum = 0.9, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weightDecay = 0;
};

/// Arithmetic on scalars of one float type.
class ScalarArithmetic {
public:
  ScalarArithmetic(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Type type)
      : builder(builder), loc(loc), type(type) {}
  mlir::Value number(double value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value pow(mlir::Value a, mlir::Value b);
  mlir::Value sqrt(mlir::Value a);
  /// a weight + b (1 - weight)
  mlir::Value mix(mlir::Value a, mlir::Value b, double weight);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

/// What one element of a parameter has at the start of a step.
struct ElementStep {
  mlir::Value parameter, gradient;
  /// One a state of the optimiser.
  llvm::SmallVector<mlir::Value> states;
  /// What `scalars` made of the rate and the step's number.
  llvm::SmallVector<mlir::Value> scalars;
};

struct Optimizer {
  llvm::StringLiteral name;
  /// A tensor each, as large as the parameter, zero at first.
  llvm::ArrayRef<llvm::StringLiteral> states;
  /// Numbers all elements share, in f64: from the rate and the step's number,
  /// which counts from 1.
  llvm::SmallVector<mlir::Value> (*scalars)(ScalarArithmetic &m,
                                            const OptimizerNumbers &numbers,
                                            mlir::Value rate,
                                            mlir::Value step);
  /// The new parameter, then the new states.
  llvm::SmallVector<mlir::Value> (*update)(ScalarArithmetic &m,
                                           const OptimizerNumbers &numbers,
                                           const ElementStep &element);
};

/// The optimiser called `name`, or null.
const Optimizer *findOptimizer(llvm::StringRef name);
/// Their names, quoted, with commas.
std::string listOptimizers();

} // namespace lacuna

#endif // LACUNA_AUTODIFF_OPTIMIZERS_H
