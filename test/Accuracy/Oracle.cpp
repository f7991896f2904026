//===- Oracle.cpp - Activations and functions with their true values ------===//
// Formulas that do not cancel. In 64-bit mantissas their own error is below a
// thousandth of an f32 ulp; the same formulas for packs of f64 judge all
// inputs. Infinite arguments arrive as +-1e300, so that the formulas give
// limits.
//===----------------------------------------------------------------------===//
#include "Oracle.h"

#include "Pack.h"

#include <cmath>
#include <numbers>

using namespace lacuna;
using namespace std;
using Number = long double;

static constexpr Number invSqrt2 = 1 / numbers::sqrt2_v<Number>;

static bool isNaN(Number x) { return std::isnan(x); }
static Number select(bool which, Number yes, Number no) {
  return which ? yes : no;
}
// NaN stays NaN in the first operand.
template <typename T> static T larger(T x, T bound) {
  return select(x < bound, bound, x);
}
template <typename T> static T within(T x, T low, T high) {
  return select(x > high, high, larger(x, low));
}
template <typename T> static T sigmoid(T x) { return 1 / (1 + exp(-x)); }
template <typename T> static T softplus(T x) {
  return larger<T>(x, 0) + log1p(exp(-fabs(x)));
}
template <typename T> static T elu(T x, Number alpha) {
  return select(x > 0, x, alpha * expm1(x));
}
template <typename T> static T times(T x, T factor) {
  return select(factor == 0, 0, x * factor);
}
template <typename T> static T propagateNaN(T x, T value) {
  return select(isNaN(x), x, value);
}
template <typename T> static T shrink(T x, Number shift, Number bound) {
  T left = select(x < -bound, x + shift, 0);
  return propagateNaN<T>(x, select(x > bound, x - shift, left));
}
template <typename T> static T geluTanh(T x) {
  T y = 2 * sqrt(2 * numbers::inv_pi_v<Number>) * (x + 0.044715L * x * x * x);
  return times<T>(x, sigmoid(y));
}
/// x - tanh(x); its series where the difference cancels.
template <typename T> static T tanhShrink(T x) {
  T z = x * x;
  T tail = 1382 / 155925.0L +
           z * (-21844 / 6081075.0L + z * (929569 / 638512875.0L));
  T series =
      1 / 3.0L +
      z * (-2 / 15.0L + z * (17 / 315.0L + z * (-62 / 2835.0L + z * tail)));
  return select(z > 0.01L, x - tanh(x), x * z * series);
}

#ifdef __AVX2__
template <typename Function>
static void inPacks(const double *arguments, double *values, int64_t count) {
  for (int64_t i = 0; i < count; i += Pack::size)
    _mm256_storeu_pd(values + i,
                     Function()(Pack(_mm256_loadu_pd(arguments + i))).lanes);
}
#endif

/// `function` takes and gives Number, or Pack.
template <typename Function>
static CheckedFunction entry(const char *name, const char *op,
                             const char *attributes, Function) {
  FastOracle fast = nullptr;
#ifdef __AVX2__
  fast = inPacks<Function>;
#endif
  return {name, op, attributes,
          [](Number x) -> Number { return Function()(x); }, fast};
}

static const CheckedFunction activations[] = {
    entry("step", "lacuna.activation step", "",
          [](auto x) {
            return propagateNaN<decltype(x)>(x, select(x >= 0, 1, 0));
          }),
    entry("sign", "lacuna.activation sign", "",
          [](auto x) {
            return propagateNaN<decltype(x)>(
                x, select(x > 0, 1, select(x < 0, -1, 0)));
          }),
    entry("relu", "lacuna.activation relu", "",
          [](auto x) { return larger<decltype(x)>(x, 0); }),
    entry("relu6", "lacuna.activation relu6", "",
          [](auto x) { return within<decltype(x)>(x, 0, 6); }),
    entry("leaky_relu", "lacuna.activation leaky_relu", "",
          [](auto x) { return select(x > 0, x, 0.01L * x); }),
    entry("elu", "lacuna.activation elu", "", [](auto x) { return elu(x, 1); }),
    entry("elu 0.7", "lacuna.activation elu", "{alpha = 0.7 : f64}",
          [](auto x) { return elu(x, 0.7); }),
    entry("celu", "lacuna.activation celu", "",
          [](auto x) { return elu(x, 1); }),
    entry("celu 3", "lacuna.activation celu", "{alpha = 3.0 : f64}",
          [](auto x) { return select(x > 0, x, 3 * expm1(x / 3)); }),
    entry("selu", "lacuna.activation selu", "",
          [](auto x) {
            return 1.0507009873554804935L * elu(x, 1.6732632423543772848L);
          }),
    entry("thresholded_relu", "lacuna.activation thresholded_relu", "",
          [](auto x) {
            return propagateNaN<decltype(x)>(x, select(x > 1, x, 0));
          }),
    entry("softplus", "lacuna.activation softplus", "",
          [](auto x) { return softplus(x); }),
    entry("softplus 2", "lacuna.activation softplus",
          "{alpha = 2.0 : f64, beta = 5.0 : f64}",
          [](auto x) { return select(2 * x > 5, x, softplus(2 * x) / 2); }),
    entry("softsign", "lacuna.activation softsign", "",
          [](auto x) { return x / (1 + fabs(x)); }),
    entry("sigmoid", "lacuna.activation sigmoid", "",
          [](auto x) { return sigmoid(x); }),
    entry("log_sigmoid", "lacuna.activation log_sigmoid", "",
          [](auto x) { return -softplus(-x); }),
    entry("hard_sigmoid", "lacuna.activation hard_sigmoid", "",
          [](auto x) { return within<decltype(x)>(x / 6 + 0.5L, 0, 1); }),
    entry("tanh", "lacuna.activation tanh", "", [](auto x) { return tanh(x); }),
    entry("hard_tanh", "lacuna.activation hard_tanh", "",
          [](auto x) { return within<decltype(x)>(x, -1, 1); }),
    entry("tanh_shrink", "lacuna.activation tanh_shrink", "",
          [](auto x) { return tanhShrink(x); }),
    entry("soft_shrink", "lacuna.activation soft_shrink", "",
          [](auto x) { return shrink(x, 0.5L, 0.5L); }),
    entry("hard_shrink", "lacuna.activation hard_shrink", "",
          [](auto x) { return shrink(x, 0, 0.5L); }),
    entry("silu", "lacuna.activation silu", "",
          [](auto x) { return times<decltype(x)>(x, sigmoid(x)); }),
    entry("silu 1.5", "lacuna.activation silu", "{alpha = 1.5 : f64}",
          [](auto x) { return times<decltype(x)>(x, sigmoid(1.5L * x)); }),
    entry("hard_swish", "lacuna.activation hard_swish", "",
          [](auto x) {
            return times<decltype(x)>(x,
                                      within<decltype(x)>(x / 6 + 0.5L, 0, 1));
          }),
    entry("mish", "lacuna.activation mish", "",
          [](auto x) { return times<decltype(x)>(x, tanh(softplus(x))); }),
    entry(
        "gelu", "lacuna.activation gelu", "",
        [](auto x) { return times<decltype(x)>(x, erfc(-x * invSqrt2) / 2); }),
    entry("gelu_tanh", "lacuna.activation gelu_tanh", "",
          [](auto x) { return geluTanh(x); }),
    entry("quick_gelu", "lacuna.activation quick_gelu", "",
          [](auto x) { return times<decltype(x)>(x, sigmoid(1.702L * x)); }),
    entry("shrink", "lacuna.activation shrink", "{alpha = 0.25 : f64}",
          [](auto x) { return shrink(x, 0.25L, 0.5L); }),
    entry("scaled_tanh", "lacuna.activation scaled_tanh",
          "{alpha = 1.5 : f64, beta = 0.75 : f64}",
          [](auto x) { return 1.5L * tanh(0.75L * x); }),
};

#define LACUNA_FUNCTION(NAME)                                                  \
  entry(#NAME, "math." #NAME, "", [](auto x) { return NAME(x); })

static const CheckedFunction functions[] = {
    LACUNA_FUNCTION(exp),
    LACUNA_FUNCTION(exp2),
    LACUNA_FUNCTION(expm1),
    LACUNA_FUNCTION(log),
    LACUNA_FUNCTION(log2),
    LACUNA_FUNCTION(log10),
    LACUNA_FUNCTION(log1p),
    LACUNA_FUNCTION(erf),
    LACUNA_FUNCTION(erfc),
    LACUNA_FUNCTION(sinh),
    LACUNA_FUNCTION(cosh),
    LACUNA_FUNCTION(tanh),
    LACUNA_FUNCTION(asinh),
    LACUNA_FUNCTION(acosh),
    LACUNA_FUNCTION(atanh),
    LACUNA_FUNCTION(sin),
    LACUNA_FUNCTION(cos),
    LACUNA_FUNCTION(tan),
    LACUNA_FUNCTION(asin),
    LACUNA_FUNCTION(acos),
    LACUNA_FUNCTION(atan),
    LACUNA_FUNCTION(cbrt),
    LACUNA_FUNCTION(sqrt),
    entry("rsqrt", "math.rsqrt", "", [](auto x) { return 1 / sqrt(x); }),
};
#undef LACUNA_FUNCTION

span<const CheckedFunction> lacuna::checkedActivations() { return activations; }
span<const CheckedFunction> lacuna::checkedElementaryFunctions() {
  return functions;
}
