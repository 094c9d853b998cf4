/// The floating-point environment of a thread: how its arithmetic rounds, and what becomes of subnormal numbers.
#ifndef LOCKSTEP_ENVIRONMENT_H
#define LOCKSTEP_ENVIRONMENT_H

#include <stdint.h>

/// The calling thread's control register for floating-point arithmetic (x86: MXCSR, Arm: FPCR).
static inline uint64_t ls_environment(void) {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr();
#elif defined(__aarch64__)
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
#else
  return 0;
#endif
}

/// Changes it.
static inline void ls_set_environment(uint64_t value) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((uint32_t)value);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(value) : "memory");
#endif
}

/// The environment that kernels are meant to run in: to the nearest, ties to even; no traps; subnormal numbers, as operands and
/// as results, are zeros.
static inline uint64_t ls_kernel_environment(void) {
#if defined(__x86_64__)
  return 0x9FC0;  // flush to zero, all exceptions masked, denormals are zeros
#elif defined(__aarch64__)
  return 1u << 24;  // flush to zero
#else
  return 0;
#endif
}

#endif
