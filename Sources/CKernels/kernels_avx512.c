// The kernels for avx512.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#define LS_ISA_SUFFIX avx512
#define LS_ISA_CODE LS_ISA_AVX512
#define LS_LANES 16
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,prfchw"), min_vector_width(512))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop
// Only what is asked for with `ls_bfloat16_kernels_for` may use these instructions.
#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,prfchw"), min_vector_width(512))), apply_to = function)
#include "bfloat16.inc.h"
#include "bfloat16_dense.inc.h"
#include "bfloat16_deferred.inc.h"
#pragma clang attribute pop
#endif
