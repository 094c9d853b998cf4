// Functions of one vector, without libm: its version could change a bit, and its calls cannot be vectorised.
//
// A lane's result never depends on its place: tails run through the same vector code with a partly filled register, and every
// multiply-add is either `ls_fma` or two rounded operations. The compiler fuses nothing by itself, because it could do so in a
// loop's body and not in its tail.
//
// The errors named here were measured against FP64 over dense sweeps; `ElementwiseKernelTests` and `LossKernelTests` hold them.
#ifndef LS_MATH_INC_H
#define LS_MATH_INC_H

#include "vectors.h"

// Holds to the end of the translation unit, so for every kernel file that includes this one.
#pragma clang fp contract(off)

/// As many bytes as `vf` has floats.
typedef uint8_t vb __attribute__((vector_size(LS_LANES)));

/// How many elements the register that begins at element i holds: LS_LANES, or what is left of `count`.
LS_INLINE int64_t ls_lanes_left(int64_t i, int64_t count) { return count - i < LS_LANES ? count - i : LS_LANES; }

/// The first `lanes` floats at p, 1 to LS_LANES; zeros behind. The whole register is a case of its own because its branch is
/// always taken but once, and a masked load or store costs more.
LS_INLINE vf ls_take(const float *p, int64_t lanes) { return lanes == LS_LANES ? ls_load(p) : ls_load_part(p, lanes); }

/// Writes the first `lanes` floats, 1 to LS_LANES.
LS_INLINE void ls_put(float *p, vf v, int64_t lanes) {
  if (lanes == LS_LANES) ls_store(p, v);
  else ls_store_part(p, v, lanes);
}

LS_INLINE vf ls_sqrt(vf x) { return __builtin_elementwise_sqrt(x); }

LS_INLINE vf ls_abs(vf x) { return (vf)((vi)x & 0x7fffffff); }

/// `magnitude` (not negative) with the sign of `sign`.
LS_INLINE vf ls_with_sign(vf magnitude, vf sign) { return (vf)((vi)magnitude | ((vi)sign & INT32_MIN)); }

/// 0, 1, 2, ... LS_LANES - 1.
LS_INLINE vi ls_lane_numbers(void) {
  vi v = {};
  for (int i = 0; i < LS_LANES; i++) v[i] = i;
  return v;
}

/// Sum of the lanes, halves onto each other.
LS_INLINE float ls_sum_lanes(vf v) {
  float a[LS_LANES];
  memcpy(a, &v, sizeof v);
  for (int half = LS_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) a[i] += a[i + half];
  return a[0];
}

/// Largest lane; some lane where one is NaN.
LS_INLINE float ls_max_lanes(vf v) {
  float a[LS_LANES];
  memcpy(a, &v, sizeof v);
  for (int half = LS_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) a[i] = a[i] > a[i + half] ? a[i] : a[i + half];
  return a[0];
}

/// e^x, within 1.01 ulp where the result is normal; 0 below -103.98, infinity above 88.73, NaN for NaN.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2; e^r by a polynomial (Moshier, Cephes `expf`), times 2^n in two factors, so that results
/// just below infinity and below the smallest normal number come out right.
LS_INLINE vf ls_exp(vf x) {
  x = ls_select(x > 89.0f, ls_splat(89.0f), x);
  x = ls_select(x < -104.0f, ls_splat(-104.0f), x);
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits. (A conversion of NaN would be undefined.)
  const vf round = ls_splat(12582912.0f);
  vf shifted = ls_fma(x, ls_splat(1.44269504088896341f), round);
  vi n = (vi)shifted - (vi)round;
  vf whole = shifted - round;
  // ln 2 in two parts; the first has nine bits, so its product with n is exact.
  vf r = ls_fma(whole, ls_splat(-0.693359375f), x);
  r = ls_fma(whole, ls_splat(2.12194440e-4f), r);
  vf p = ls_splat(1.9875691500e-4f);
  p = ls_fma(p, r, ls_splat(1.3981999507e-3f));
  p = ls_fma(p, r, ls_splat(8.3334519073e-3f));
  p = ls_fma(p, r, ls_splat(4.1665795894e-2f));
  p = ls_fma(p, r, ls_splat(1.6666665459e-1f));
  p = ls_fma(p, r, ls_splat(5.0000001201e-1f));
  p = ls_fma(p, r * r, r) + 1.0f;
  vi half = n >> 1;
  return p * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
}

/// ln x for normal x > 0, within 1 ulp; NaN for NaN. (Moshier, Cephes `logf`.)
LS_INLINE vf ls_log(vf x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) first carries into the exponent at the right place.
  vi bits = (vi)x - 0x3f3504f3;
  vi e = bits >> 23;
  vf m = (vf)((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
  vf exponent = __builtin_convertvector(e, vf);
  vf square = m * m;
  vf p = ls_splat(7.0376836292e-2f);
  p = ls_fma(p, m, ls_splat(-1.1514610310e-1f));
  p = ls_fma(p, m, ls_splat(1.1676998740e-1f));
  p = ls_fma(p, m, ls_splat(-1.2420140846e-1f));
  p = ls_fma(p, m, ls_splat(1.4249322787e-1f));
  p = ls_fma(p, m, ls_splat(-1.6668057665e-1f));
  p = ls_fma(p, m, ls_splat(2.0000714765e-1f));
  p = ls_fma(p, m, ls_splat(-2.4999993993e-1f));
  p = ls_fma(p, m, ls_splat(3.3333331174e-1f));
  vf y = p * m * square;
  y = ls_fma(exponent, ls_splat(-2.12194440e-4f), y);
  y = ls_fma(square, ls_splat(-0.5f), y);
  vf result = ls_fma(exponent, ls_splat(0.693359375f), m + y);
  return ls_select(x == x, result, x);
}

/// sigmoid x = 1 / (1 + e^-x) and sigmoid -x = 1 - sigmoid x, each within 3 ulp.
typedef struct ls_logistic {
  vf value, complement;
} ls_logistic;

/// By the exponential of a negative number alone, so nothing overflows, and without 1 - sigmoid x, which would cancel.
LS_INLINE ls_logistic ls_logistic_at(vf x) {
  vf e = ls_exp(-ls_abs(x));
  vf larger = 1.0f / (1.0f + e);
  vf smaller = e * larger;
  return (ls_logistic){ls_select(x < 0.0f, smaller, larger), ls_select(x < 0.0f, larger, smaller)};
}

/// tanh x, within 2.5 ulp. From t = tanh(x / 2) by a rational function (fitted by `Scripts/fit-tanh.py`, relative error
/// 2.5e-8) follows tanh x = 2 t / (1 + t^2), which takes an error of t the less over, the nearer t is to 1. Divisions are
/// cheaper than an exponential. Above 9.02 the result is 1.
LS_INLINE vf ls_tanh(vf x) {
  vf magnitude = ls_abs(x);
  vf z = ls_select(magnitude > 9.02f, ls_splat(9.02f), magnitude);
  vf square = z * z;
  vf r = ls_splat(-1.326787469224655e-06f);
  r = ls_fma(r, square, ls_splat(-0.0006179112242534757f));
  r = ls_fma(r, square, ls_splat(-0.04166664555668831f));
  vf q = ls_splat(2.739666342677083e-06f);
  q = ls_fma(q, square, ls_splat(0.001395813305862248f));
  q = ls_fma(q, square, ls_splat(0.11482959240674973f));
  q = ls_fma(q, square, ls_splat(1.0f));
  vf t = ls_fma(z, ls_splat(0.5f), z * square * r / q);
  return ls_with_sign((t + t) / ls_fma(t, t, ls_splat(1.0f)), x);
}

/// The standard normal distribution at x: density phi = e^(-x^2/2) / sqrt(2 pi) and cumulative Phi = (1 + erf(x / sqrt 2)) / 2.
typedef struct ls_normal {
  vf density, cumulative;
} ls_normal;

/// Phi with an absolute error below 1e-7, in two pieces fitted by `Scripts/fit-normal.py`:
///  - |x| < 1: 1/2 + x times a polynomial in x^2 (its relative error: 4.1e-8);
///  - else Phi(-|x|) = e^(-x^2/2) t times a polynomial in t = 1 / (1 + 0.35 |x|) (3.2e-8), or 1 minus that. Unlike (1 + erf) / 2
///    it keeps its digits where Phi is small: the relative error there is that of e^(-x^2/2), about x^2/2 roundings.
LS_INLINE ls_normal ls_normal_at(vf x) {
  vf magnitude = ls_abs(x), square = x * x;
  vf bell = ls_exp(square * -0.5f);

  vf middle = ls_splat(9.423701703781262e-05f);
  middle = ls_fma(middle, square, ls_splat(-0.001169357681646943f));
  middle = ls_fma(middle, square, ls_splat(0.0099671995267272f));
  middle = ls_fma(middle, square, ls_splat(-0.06648958474397659f));
  middle = ls_fma(middle, square, ls_splat(0.3989422619342804f));
  middle = ls_fma(middle, x, ls_splat(0.5f));

  vf t = 1.0f / ls_fma(magnitude, ls_splat(0.35f), ls_splat(1.0f));
  vf tail = ls_splat(-0.029158029705286026f);
  tail = ls_fma(tail, t, ls_splat(0.1440316140651703f));
  tail = ls_fma(tail, t, ls_splat(-0.25584039092063904f));
  tail = ls_fma(tail, t, ls_splat(0.15932124853134155f));
  tail = ls_fma(tail, t, ls_splat(-0.023213393986225128f));
  tail = ls_fma(tail, t, ls_splat(0.10555292665958405f));
  tail = ls_fma(tail, t, ls_splat(0.11982118338346481f));
  tail = ls_fma(tail, t, ls_splat(0.1398635357618332f));
  tail = ls_fma(tail, t, ls_splat(0.139621302485466f));
  tail = tail * t * bell;
  tail = ls_select(x < 0.0f, tail, 1.0f - tail);

  return (ls_normal){bell * 0.3989422804014327f, ls_select(magnitude < 1.0f, middle, tail)};
}

#endif
