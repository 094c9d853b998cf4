// The kernels for avx2.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#define LS_ISA_SUFFIX avx2
#define LS_ISA_CODE LS_ISA_AVX2
#define LS_LANES 8
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,prfchw"), min_vector_width(256))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
