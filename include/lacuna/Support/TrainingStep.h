//===- TrainingStep.h - What a training step computes -----------*- C++ -*-===//
// Loss, optimiser and their numbers, as the compiler and its callers know them.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_SUPPORT_TRAININGSTEP_H
#define LACUNA_SUPPORT_TRAININGSTEP_H

#include <cstdint>
#include <string>

namespace lacuna {

/// The names a training step gives to what it adds to a model.
namespace training {
inline constexpr char label[] = "label";
inline constexpr char loss[] = "loss";
inline constexpr char confusion[] = "confusion";
inline constexpr char gradientNorm[] = "gradient_norm";
inline constexpr char rate[] = "optimizer.rate";
inline constexpr char step[] = "optimizer.step";
inline constexpr char apply[] = "optimizer.apply";
} // namespace training

struct TrainingStep {
  /// `cross-entropy`, `mse`, `l1`, `huber`, `binary-cross-entropy`, or `result`
  /// where the model's first result is the loss itself.
  std::string loss = "cross-entropy";
  /// Of cross entropy: the dimension of the classes, and the label that does
  /// not count.
  int64_t classAxis = 1, ignoreIndex = -100;

  /// `sgd`, `momentum`, `nesterov`, `adagrad`, `adam` or `adamw`; `none`: the
  /// loss only.
  std::string optimizer = "none";
  double momentum = 0.9;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0;
  /// Bounds of the gradients' elements, and of the norm of all of them; 0: no
  /// bound.
  double clipValue = 0, clipNorm = 0;
  /// How many batches' gradients make one step.
  int64_t accumulate = 1;
};

} // namespace lacuna

#endif // LACUNA_SUPPORT_TRAININGSTEP_H
