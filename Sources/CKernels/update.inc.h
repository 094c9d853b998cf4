// The reduce phase: the sum over the shards, the gradient's norm, and the optimizers' rules.
//
// Nothing here is fused: every product is rounded before it is added, so all instruction sets give the same bits, and so does the
// equation written out in Swift. These loops wait for memory, not for arithmetic.
#include "math.inc.h"

/// Levels of the tree that any number of shards can have.
enum { LS_TREE_LEVELS = 63 };

static void ls_tree_sum(int64_t shards, int64_t stride, int64_t count, const float *gradients, float *total) {
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t rest = count - i;
    // A binary counter: `waiting[level]` holds the sum of an aligned run of 2^level shards where bit `level` of s is set.
    vf waiting[LS_TREE_LEVELS];
    for (int64_t s = 0; s < shards; s++) {
      const float *p = gradients + s * stride + i;
      vf sum = rest >= LS_LANES ? ls_load(p) : ls_load_part(p, rest);
      int level = 0;
      for (; s >> level & 1; level++) sum = waiting[level] + sum;
      waiting[level] = sum;
    }
    // Runs without a right neighbour moved up unchanged: join what waits, from the smallest run to the largest.
    int level = __builtin_ctzll((uint64_t)shards);
    vf sum = waiting[level];
    while (++level < LS_TREE_LEVELS)
      if (shards >> level & 1) sum = waiting[level] + sum;
    if (rest >= LS_LANES) ls_store(total + i, sum);
    else ls_store_part(total + i, sum, rest);
  }
}

static double ls_sum_of_squares(int64_t count, const float *values) {
  enum { WIDTH = 32 };
  double sums[WIDTH] = {};
  int64_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH)
    for (int j = 0; j < WIDTH; j++) sums[j] += (double)values[i + j] * (double)values[i + j];
  for (int j = 0; i + j < count; j++) sums[j] += (double)values[i + j] * (double)values[i + j];
  for (int half = WIDTH / 2; half > 0; half /= 2)
    for (int j = 0; j < half; j++) sums[j] += sums[j + half];
  return sums[0];
}

static void ls_scale(int64_t count, float factor, float *values) {
  int64_t i = 0;
  for (; i + LS_LANES <= count; i += LS_LANES) ls_store(values + i, ls_load(values + i) * factor);
  if (i < count) ls_store_part(values + i, ls_load_part(values + i, count - i) * factor, count - i);
}

static void ls_sgd(int64_t count, float rate, float decay, float momentum, int32_t nesterov, const float *gradient,
                   float *parameters, float *velocity) {
  float shrink = rate * decay;
  for (int64_t i = 0; i < count; i++) {
    float step = rate * gradient[i], p = parameters[i];
    p -= shrink * p;
    if (velocity) {
      float v = momentum * velocity[i] - step;
      velocity[i] = v;
      p += nesterov ? momentum * v - step : v;
    } else {
      p -= step;
    }
    parameters[i] = p;
  }
}

static void ls_adam(int64_t count, float rate, float corrected_rate, float decay, float beta1, float beta2, float epsilon,
                    const float *gradient, float *parameters, float *momentum, float *velocity) {
  float shrink = rate * decay, first = 1 - beta1, second = 1 - beta2;
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i], m = momentum[i], v = velocity[i], p = parameters[i];
    p -= shrink * p;
    m += (g - m) * first;
    v += (g * g - v) * second;
    p -= corrected_rate * m / (__builtin_elementwise_sqrt(v) + epsilon);
    momentum[i] = m;
    velocity[i] = v;
    parameters[i] = p;
  }
}

static void ls_rms_prop(int64_t count, float rate, float decay, float rho, float epsilon, const float *gradient,
                        float *parameters, float *velocity) {
  float shrink = rate * decay, rest = 1 - rho;
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i], p = parameters[i];
    p -= shrink * p;
    float v = rho * velocity[i] + rest * (g * g);
    p -= rate * g / __builtin_elementwise_sqrt(v + epsilon);
    velocity[i] = v;
    parameters[i] = p;
  }
}

#define LS_UPDATE_KERNELS                     \
  {                                           \
      .tree_sum = ls_tree_sum,                \
      .sum_of_squares = ls_sum_of_squares,    \
      .scale = ls_scale,                      \
      .sgd = ls_sgd,                          \
      .adam = ls_adam,                        \
      .rms_prop = ls_rms_prop,                \
  }
