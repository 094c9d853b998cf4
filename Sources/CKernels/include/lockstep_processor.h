/// Hints to the processor that Swift has no name for. None of them changes a result.
#ifndef LOCKSTEP_PROCESSOR_H
#define LOCKSTEP_PROCESSOR_H

#include <stdint.h>

/// Asks for the cache lines that `bytes` bytes from `start` on lie in; does not wait for them, and never faults.
static inline void ls_prefetch(const void *_Nonnull start, int64_t bytes) {
  const char *line = (const char *)start;
  for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(line + i);
}

/// To be called in a loop that waits for another thread: leaves the core to its other hardware thread for a moment.
static inline void ls_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __builtin_arm_yield();
#endif
}

#endif
