// Vectors of one instruction set. Included once by each `kernels_<isa>.c`, which defines LS_ISA_SUFFIX and LS_LANES
// and has switched the compiler to its instruction set.
//
// `vf` is one register of floats, `vi` the same number of 32-bit integers (comparisons of `vf` give masks of that type).
// Arithmetic on them is element by element and never reordered. Where clang contracts a * b + c to a fused
// multiply-add depends on the expression around it; write `ls_fma` where two paths must round alike.
#ifndef LS_VECTORS_H
#define LS_VECTORS_H

#include <stdint.h>
#include <string.h>

#include "lockstep_kernels.h"

#define LS_JOIN2(a, b) a##_##b
#define LS_JOIN(a, b) LS_JOIN2(a, b)
/// Name of a symbol that exists once per instruction set; everything else in a kernel file is static.
#define LS_NAME(name) LS_JOIN(name, LS_ISA_SUFFIX)
#define LS_INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LS_LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LS_LANES * 4)));
typedef uint32_t vu __attribute__((vector_size(LS_LANES * 4)));

LS_INLINE vf ls_load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);  // an unaligned vector load
  return v;
}

LS_INLINE void ls_store(float *p, vf v) { memcpy(p, &v, sizeof v); }

/// x in every lane. The subtraction is the splat: x - 0 is x for every x, also for -0, so the compiler drops it.
LS_INLINE vf ls_splat(float x) { return x - (vf){}; }

/// a * b + c: rounded once where the instruction set fuses, else after the product too. The same in every loop that
/// uses it, so that tiles and tails of one sum agree bit for bit.
LS_INLINE vf ls_fma(vf a, vf b, vf c) {
#if LS_LANES > 4 || defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, c);
#else
#pragma clang fp contract(off)
  vf product = a * b;
  return product + c;
#endif
}

/// Half a register.
typedef float vh __attribute__((vector_size(LS_LANES * 2)));

LS_INLINE vh ls_load_half(const float *p) {
  vh v;
  memcpy(&v, p, sizeof v);
  return v;
}

LS_INLINE void ls_store_half(float *p, vh v) { memcpy(p, &v, sizeof v); }

// A mask tells how many lanes of a vector exist. Masked loads and stores touch no byte beyond them.

#if LS_LANES == 16
typedef __mmask16 ls_mask;
/// The first `n` lanes, 0 <= n <= LS_LANES.
LS_INLINE ls_mask ls_mask_of(int64_t n) { return (ls_mask)((1u << n) - 1u); }
LS_INLINE vf ls_load_masked(const float *p, ls_mask mask) { return (vf)_mm512_maskz_loadu_ps(mask, p); }
LS_INLINE void ls_store_masked(float *p, vf v, ls_mask mask) { _mm512_mask_storeu_ps(p, mask, (__m512)v); }
#elif LS_LANES == 8
typedef __m256i ls_mask;
LS_INLINE ls_mask ls_mask_of(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
LS_INLINE vf ls_load_masked(const float *p, ls_mask mask) { return (vf)_mm256_maskload_ps(p, mask); }
LS_INLINE void ls_store_masked(float *p, vf v, ls_mask mask) { _mm256_maskstore_ps(p, mask, (__m256)v); }
#else
typedef int64_t ls_mask;
LS_INLINE ls_mask ls_mask_of(int64_t n) { return n; }
// Lanes are named by constants, so that the vector stays in its register.
LS_INLINE vf ls_load_masked(const float *p, ls_mask mask) {
  if (mask >= 4) return ls_load(p);
  vf v = {};
  if (mask > 0) v[0] = p[0];
  if (mask > 1) v[1] = p[1];
  if (mask > 2) v[2] = p[2];
  return v;
}
LS_INLINE void ls_store_masked(float *p, vf v, ls_mask mask) {
  if (mask >= 4) {
    ls_store(p, v);
    return;
  }
  if (mask > 0) p[0] = v[0];
  if (mask > 1) p[1] = v[1];
  if (mask > 2) p[2] = v[2];
}
#endif

/// The first `n` (<= LS_LANES) floats at p, zeros behind; touches no byte beyond them.
LS_INLINE vf ls_load_part(const float *p, int64_t n) { return ls_load_masked(p, ls_mask_of(n)); }

/// Writes the first `n` (<= LS_LANES) lanes; touches no byte beyond them.
LS_INLINE void ls_store_part(float *p, vf v, int64_t n) { ls_store_masked(p, v, ls_mask_of(n)); }

/// Bit i is lane i of a mask (all ones or zeros, as comparisons give).
LS_INLINE uint32_t ls_bits_of(vi mask) {
#if LS_LANES == 16
  return _mm512_movepi32_mask((__m512i)mask);
#elif LS_LANES == 8
  return (uint32_t)_mm256_movemask_ps((__m256)mask);
#else
  return (mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8);
#endif
}

/// Bit i tells whether p[i] is not zero, for i < n <= LS_LANES. (A NaN is not zero; -0 is.)
LS_INLINE uint32_t ls_nonzero_bits(const float *p, int64_t n) { return ls_bits_of(ls_load_part(p, n) != (vf){}); }

/// Lane by lane: mask (all ones or zeros, as comparisons give) ? a : b.
LS_INLINE vf ls_select(vi mask, vf a, vf b) { return (vf)(((vi)a & mask) | ((vi)b & ~mask)); }

/// Lane by lane the larger; b where they are equal or one is a NaN.
LS_INLINE vf ls_larger(vf a, vf b) { return ls_select(a > b, a, b); }

#endif
