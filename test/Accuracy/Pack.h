//===- Pack.h - Four f64 numbers at once, for the oracles -------*- C++ -*-===//
// Arithmetic by AVX2, functions by glibc's libmvec, whose error is below 4 ulp
// of f64: 2^-27 ulp of f32. Nothing here is Lacuna's.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TEST_ACCURACY_PACK_H
#define LACUNA_TEST_ACCURACY_PACK_H

#ifdef __AVX2__
#include <immintrin.h>

#include <concepts>

namespace lacuna {

struct Mask {
  __m256d lanes;
};

struct Pack {
  static constexpr int size = 4;
  __m256d lanes;

  Pack(__m256d lanes) : lanes(lanes) {}
  template <typename N>
  requires std::integral<N> || std::floating_point<N> Pack(N value)
      : lanes(_mm256_set1_pd(static_cast<double>(value))) {}

  friend Pack operator+(Pack a, Pack b) { return a.lanes + b.lanes; }
  friend Pack operator-(Pack a, Pack b) { return a.lanes - b.lanes; }
  friend Pack operator*(Pack a, Pack b) { return a.lanes * b.lanes; }
  friend Pack operator/(Pack a, Pack b) { return a.lanes / b.lanes; }
  friend Pack operator-(Pack a) { return -a.lanes; }
  friend Mask operator<(Pack a, Pack b) {
    return {_mm256_cmp_pd(a.lanes, b.lanes, _CMP_LT_OQ)};
  }
  friend Mask operator>(Pack a, Pack b) { return b < a; }
  friend Mask operator>=(Pack a, Pack b) {
    return {_mm256_cmp_pd(a.lanes, b.lanes, _CMP_GE_OQ)};
  }
  friend Mask operator==(Pack a, Pack b) {
    return {_mm256_cmp_pd(a.lanes, b.lanes, _CMP_EQ_OQ)};
  }
  friend Mask isNaN(Pack a) {
    return {_mm256_cmp_pd(a.lanes, a.lanes, _CMP_UNORD_Q)};
  }
  friend Pack fabs(Pack a) {
    return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a.lanes);
  }
  friend Pack sqrt(Pack a) { return _mm256_sqrt_pd(a.lanes); }
};

inline Pack select(Mask mask, Pack yes, Pack no) {
  return _mm256_blendv_pd(no.lanes, yes.lanes, mask.lanes);
}

#define LACUNA_PACK(NAME)                                                      \
  extern "C" __m256d _ZGVdN4v_##NAME(__m256d);                                 \
  inline Pack NAME(Pack x) { return _ZGVdN4v_##NAME(x.lanes); }
LACUNA_PACK(exp)
LACUNA_PACK(exp2)
LACUNA_PACK(expm1)
LACUNA_PACK(log)
LACUNA_PACK(log2)
LACUNA_PACK(log10)
LACUNA_PACK(log1p)
LACUNA_PACK(erf)
LACUNA_PACK(erfc)
LACUNA_PACK(sinh)
LACUNA_PACK(cosh)
LACUNA_PACK(tanh)
LACUNA_PACK(asinh)
LACUNA_PACK(acosh)
LACUNA_PACK(atanh)
LACUNA_PACK(sin)
LACUNA_PACK(cos)
LACUNA_PACK(tan)
LACUNA_PACK(asin)
LACUNA_PACK(acos)
LACUNA_PACK(atan)
LACUNA_PACK(cbrt)
#undef LACUNA_PACK

} // namespace lacuna

#endif // __AVX2__
#endif // LACUNA_TEST_ACCURACY_PACK_H
