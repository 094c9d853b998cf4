// Which kernels this processor can run.
#include "lockstep_kernels.h"

extern const ls_kernels ls_kernels_table_portable;
#if defined(__x86_64__)
extern const ls_kernels ls_kernels_table_avx2;
extern const ls_kernels ls_kernels_table_avx512;
extern const ls_bfloat16_kernels ls_bfloat16_kernels_table_avx512;
#endif

const ls_kernels *ls_kernels_for(ls_isa isa) {
#if defined(__x86_64__)
  // The compiler's runtime asks cpuid, and whether the kernel saves the wide registers.
  if (isa == LS_ISA_AVX512) {
    int runs = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    return runs ? &ls_kernels_table_avx512 : 0;
  }
  if (isa == LS_ISA_AVX2) {
    int runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    return runs ? &ls_kernels_table_avx2 : 0;
  }
#endif
  return isa == LS_ISA_PORTABLE ? &ls_kernels_table_portable : 0;
}

const ls_bfloat16_kernels *ls_bfloat16_kernels_for(ls_isa isa) {
#if defined(__x86_64__)
  if (isa == LS_ISA_AVX512 && ls_kernels_for(isa) && __builtin_cpu_supports("avx512bf16"))
    return &ls_bfloat16_kernels_table_avx512;
#endif
  return 0;
}
