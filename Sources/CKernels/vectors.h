// Vectors of one instruction set. Included once by each `kernels_<isa>.c`, which defines LS_ISA_SUFFIX and LS_LANES
// and has switched the compiler to its instruction set.
//
// `vf` is one register of floats, `vi` the same number of 32-bit integers (comparisons of `vf` give masks of that type).
// Arithmetic on them is element by element; clang contracts a * b + c to a fused multiply-add where the instruction set
// has one, and never reorders.
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

LS_INLINE vf ls_splat(float x) { return (vf){} + x; }

/// The first `n` (< LS_LANES) floats at p, zeros behind; touches no byte beyond them.
LS_INLINE vf ls_load_part(const float *p, int64_t n) {
  vf v = {};
  for (int64_t i = 0; i < n; i++) v[i] = p[i];
  return v;
}

/// Writes the first `n` (< LS_LANES) lanes; touches no byte beyond them.
LS_INLINE void ls_store_part(float *p, vf v, int64_t n) {
  for (int64_t i = 0; i < n; i++) p[i] = v[i];
}

/// Lane by lane: mask (all ones or zeros, as comparisons give) ? a : b.
LS_INLINE vf ls_select(vi mask, vf a, vf b) { return (vf)(((vi)a & mask) | ((vi)b & ~mask)); }

#endif
