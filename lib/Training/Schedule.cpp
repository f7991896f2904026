//===- Schedule.cpp - The rate of each step, and running means ------------===//
#include "lacuna/Training/Schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace lacuna;

double Schedule::at(int64_t step) const {
  if (step <= warmup)
    return rate * double(step) / double(warmup);
  double k = double(step - warmup);
  double rest = std::max<double>(1, double(steps - warmup));
  double way = std::min(1.0, k / rest);
  switch (kind) {
  case Kind::Constant:
    return rate;
  case Kind::Linear:
    return rate + (finalRate - rate) * way;
  case Kind::Cosine:
    return finalRate + (rate - finalRate) *
                           (1 + std::cos(std::numbers::pi * way)) / 2;
  case Kind::Inverse:
    return rate / std::pow(k + offset, power);
  }
  return rate;
}

Expected<Schedule::Kind> lacuna::parseScheduleKind(const std::string &name) {
  constexpr std::pair<const char *, Schedule::Kind> table[] = {
      {"constant", Schedule::Kind::Constant},
      {"linear", Schedule::Kind::Linear},
      {"cosine", Schedule::Kind::Cosine},
      {"inverse", Schedule::Kind::Inverse}};
  for (auto [known, kind] : table)
    if (name == known)
      return kind;
  return Error(ErrorCode::InvalidArgument,
               "the schedule must be `constant`, `linear`, `cosine` or "
               "`inverse`, got `" +
                   name + "`");
}

void RunningMean::add(double x) {
  ++k;
  mean -= std::max(1.0 / double(k), least) * (mean - x);
}
