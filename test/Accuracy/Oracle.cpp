//===- Oracle.cpp - Activations and functions with their true values ------===//
// Formulas that do not cancel, in 64-bit mantissas: their own error is below a
// thousandth of an f32 ulp. Infinite arguments arrive as +-1e300, so that the
// formulas give limits.
//===----------------------------------------------------------------------===//
#include "Oracle.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace lacuna;
using Number = long double;

static constexpr Number invSqrt2 = 1 / std::numbers::sqrt2_v<Number>;

static Number sigmoid(Number x) { return 1 / (1 + std::exp(-x)); }
static Number softplus(Number x) {
  return std::max<Number>(x, 0) + std::log1p(std::exp(-std::fabs(x)));
}
static Number elu(Number x, Number alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}
static Number times(Number x, Number factor) {
  return factor == 0 ? 0 : x * factor;
}
static Number shrink(Number x, Number shift, Number bound) {
  return x > bound ? x - shift : x < -bound ? x + shift : 0;
}
static Number geluTanh(Number x) {
  Number y = 2 * std::sqrt(2 * std::numbers::inv_pi_v<Number>) *
             (x + 0.044715L * x * x * x);
  return times(x, sigmoid(y));
}
/// x - tanh(x); its series where the difference cancels.
static Number tanhShrink(Number x) {
  Number z = x * x;
  if (z > 0.01L)
    return x - std::tanh(x);
  return x * z *
         (1 / 3.0L +
          z * (-2 / 15.0L +
               z * (17 / 315.0L +
                    z * (-62 / 2835.0L +
                         z * (1382 / 155925.0L +
                              z * (-21844 / 6081075.0L +
                                   z * 929569 / 638512875.0L))))));
}
template <typename T> static T propagateNaN(Number x, T value) {
  return std::isnan(x) ? x : value;
}

static const CheckedFunction activations[] = {
    {"step", "lacuna.activation step", "",
     [](Number x) { return propagateNaN<Number>(x, x >= 0); }},
    {"sign", "lacuna.activation sign", "",
     [](Number x) {
       return propagateNaN<Number>(x, Number(x > 0) - Number(x < 0));
     }},
    {"relu", "lacuna.activation relu", "",
     [](Number x) { return propagateNaN(x, std::max<Number>(x, 0)); }},
    {"relu6", "lacuna.activation relu6", "",
     [](Number x) { return std::clamp<Number>(x, 0, 6); }},
    {"leaky_relu", "lacuna.activation leaky_relu", "",
     [](Number x) { return x > 0 ? x : 0.01L * x; }},
    {"elu", "lacuna.activation elu", "", [](Number x) { return elu(x, 1); }},
    {"elu 0.7", "lacuna.activation elu", "{alpha = 0.7 : f64}",
     [](Number x) { return elu(x, 0.7); }},
    {"celu", "lacuna.activation celu", "", [](Number x) { return elu(x, 1); }},
    {"celu 3", "lacuna.activation celu", "{alpha = 3.0 : f64}",
     [](Number x) { return x > 0 ? x : 3 * std::expm1(x / 3); }},
    {"selu", "lacuna.activation selu", "",
     [](Number x) {
       return 1.0507009873554804935L * elu(x, 1.6732632423543772848L);
     }},
    {"thresholded_relu", "lacuna.activation thresholded_relu", "",
     [](Number x) { return propagateNaN<Number>(x, x > 1 ? x : 0); }},
    {"softplus", "lacuna.activation softplus", "", softplus},
    {"softplus 2", "lacuna.activation softplus",
     "{alpha = 2.0 : f64, beta = 5.0 : f64}",
     [](Number x) { return 2 * x > 5 ? x : softplus(2 * x) / 2; }},
    {"softsign", "lacuna.activation softsign", "",
     [](Number x) { return x / (1 + std::fabs(x)); }},
    {"sigmoid", "lacuna.activation sigmoid", "", sigmoid},
    {"log_sigmoid", "lacuna.activation log_sigmoid", "",
     [](Number x) { return -softplus(-x); }},
    {"hard_sigmoid", "lacuna.activation hard_sigmoid", "",
     [](Number x) { return std::clamp<Number>(x / 6 + 0.5L, 0, 1); }},
    {"tanh", "lacuna.activation tanh", "",
     [](Number x) { return std::tanh(x); }},
    {"hard_tanh", "lacuna.activation hard_tanh", "",
     [](Number x) { return std::clamp<Number>(x, -1, 1); }},
    {"tanh_shrink", "lacuna.activation tanh_shrink", "", tanhShrink},
    {"soft_shrink", "lacuna.activation soft_shrink", "",
     [](Number x) { return propagateNaN(x, shrink(x, 0.5L, 0.5L)); }},
    {"hard_shrink", "lacuna.activation hard_shrink", "",
     [](Number x) { return propagateNaN(x, shrink(x, 0, 0.5L)); }},
    {"silu", "lacuna.activation silu", "",
     [](Number x) { return times(x, sigmoid(x)); }},
    {"silu 1.5", "lacuna.activation silu", "{alpha = 1.5 : f64}",
     [](Number x) { return times(x, sigmoid(1.5L * x)); }},
    {"hard_swish", "lacuna.activation hard_swish", "",
     [](Number x) {
       return times(x, std::clamp<Number>(x / 6 + 0.5L, 0, 1));
     }},
    {"mish", "lacuna.activation mish", "",
     [](Number x) { return times(x, std::tanh(softplus(x))); }},
    {"gelu", "lacuna.activation gelu", "",
     [](Number x) { return times(x, std::erfc(-x * invSqrt2) / 2); }},
    {"gelu_tanh", "lacuna.activation gelu_tanh", "", geluTanh},
    {"quick_gelu", "lacuna.activation quick_gelu", "",
     [](Number x) { return times(x, sigmoid(1.702L * x)); }},
    {"shrink", "lacuna.activation shrink", "{alpha = 0.25 : f64}",
     [](Number x) { return propagateNaN(x, shrink(x, 0.25L, 0.5L)); }},
    {"scaled_tanh", "lacuna.activation scaled_tanh",
     "{alpha = 1.5 : f64, beta = 0.75 : f64}",
     [](Number x) { return 1.5L * std::tanh(0.75L * x); }},
};

#define LACUNA_FUNCTION(NAME)                                                  \
  { #NAME, "math." #NAME, "", [](Number x) { return std::NAME(x); } }

static const CheckedFunction functions[] = {
    LACUNA_FUNCTION(exp),   LACUNA_FUNCTION(exp2),  LACUNA_FUNCTION(expm1),
    LACUNA_FUNCTION(log),   LACUNA_FUNCTION(log2),  LACUNA_FUNCTION(log10),
    LACUNA_FUNCTION(log1p), LACUNA_FUNCTION(erf),   LACUNA_FUNCTION(erfc),
    LACUNA_FUNCTION(sinh),  LACUNA_FUNCTION(cosh),  LACUNA_FUNCTION(tanh),
    LACUNA_FUNCTION(asinh), LACUNA_FUNCTION(acosh), LACUNA_FUNCTION(atanh),
    LACUNA_FUNCTION(sin),   LACUNA_FUNCTION(cos),   LACUNA_FUNCTION(tan),
    LACUNA_FUNCTION(asin),  LACUNA_FUNCTION(acos),  LACUNA_FUNCTION(atan),
    LACUNA_FUNCTION(cbrt),  LACUNA_FUNCTION(sqrt),
    {"rsqrt", "math.rsqrt", "", [](Number x) { return 1 / std::sqrt(x); }},
};
#undef LACUNA_FUNCTION

std::span<const CheckedFunction> lacuna::checkedActivations() {
  return activations;
}
std::span<const CheckedFunction> lacuna::checkedElementaryFunctions() {
  return functions;
}
