// The kernels for avx512.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#define LS_ISA_SUFFIX avx512
#define LS_ISA_CODE LS_ISA_AVX512
#define LS_LANES 16
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"), min_vector_width(512))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
