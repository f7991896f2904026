//===- Schedule.h - The rate of each step, and running means ----*- C++ -*-===//
#ifndef LACUNA_TRAINING_SCHEDULE_H
#define LACUNA_TRAINING_SCHEDULE_H

#include "lacuna/Support/Error.h"

#include <cstdint>
#include <string>

namespace lacuna {

/// The rate a_k of step k, which counts from 1. After `warmup` steps, in which
/// it grows linearly from rate / warmup to the rate:
/// * `constant`: rate
/// * `linear`, `cosine`: falls to `finalRate` at step `steps`, straight or as
///   half a wave
/// * `inverse`: rate / (k + offset)^power, k counting from the warm-up's end;
///   for 0.5 < power <= 1 the steps of Robbins and Monro, whose sum diverges
///   and whose squares' sum does not
struct Schedule {
  enum class Kind { Constant, Linear, Cosine, Inverse };
  Kind kind = Kind::Constant;
  double rate = 1e-3, finalRate = 0;
  int64_t steps = 0, warmup = 0;
  double offset = 0, power = 1;

  double at(int64_t step) const;
};

/// Fails with the names there are.
Expected<Schedule::Kind> parseScheduleKind(const std::string &name);

/// m_k = m_{k-1} - a_k (m_{k-1} - x_k) with a_k = max(1/k, `least`): the mean
/// of all, or with `least` > 0 one that forgets.
class RunningMean {
public:
  explicit RunningMean(double least = 0) : least(least) {}
  void add(double x);
  double value() const { return mean; }
  int64_t count() const { return k; }

private:
  double least, mean = 0;
  int64_t k = 0;
};

} // namespace lacuna

#endif // LACUNA_TRAINING_SCHEDULE_H
