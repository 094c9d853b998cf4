// The reduce phase: the sum over the shards, the gradient's norm, and the optimizers' rules.
//
// Nothing here is fused: every product is rounded before it is added, so all instruction sets give the same bits, and so does the
// equation written out in Swift. These loops wait for memory, not for arithmetic.
#include "math.inc.h"

// MARK: Sums

enum {
  /// Registers of one block: 512 bytes of each shard in turn keep the processor's prefetcher going (measured: half or twice as
  /// much is slower).
  LS_TREE_VECTORS = 128 / LS_LANES,
  /// Levels of the tree for any number of shards below 2^32.
  LS_TREE_LEVELS = 32,
};

/// The sum of `vectors` registers' worth of columns (the first `lanes` of each), over all shards.
LS_INLINE void ls_tree_sum_block(int vectors, int64_t lanes, int64_t shards, int64_t stride, const float *gradients,
                                 float *total) {
  // A binary counter: where bit `level` of s is set, `waiting[level]` holds the sum of an aligned run of 2^level shards that
  // has no right neighbour yet. So every gradient is read once and partial sums stay in the first-level cache.
  vf waiting[LS_TREE_LEVELS][LS_TREE_VECTORS], sum[LS_TREE_VECTORS];
  int64_t s = 0;
  while (s < shards) {
    const float *p = gradients + s * stride;
    int level = 0;
    if (s + 4 <= shards) {  // two levels at once in registers: s is a multiple of 4 here
      for (int v = 0; v < vectors; v++, p += LS_LANES) {
        vf front = ls_take(p, lanes) + ls_take(p + stride, lanes);
        vf back = ls_take(p + 2 * stride, lanes) + ls_take(p + 3 * stride, lanes);
        sum[v] = front + back;
      }
      level = 2;
    } else {
      for (int v = 0; v < vectors; v++) sum[v] = ls_take(p + v * LS_LANES, lanes);
    }
    int64_t next = s + ((int64_t)1 << level);
    for (; s >> level & 1; level++)
      for (int v = 0; v < vectors; v++) sum[v] = waiting[level][v] + sum[v];
    for (int v = 0; v < vectors; v++) waiting[level][v] = sum[v];
    s = next;
  }
  // A run without a right neighbour moves up unchanged: join what waits, from the smallest run to the largest.
  int level = __builtin_ctzll((uint64_t)shards);
  for (int v = 0; v < vectors; v++) sum[v] = waiting[level][v];
  while (shards >> ++level)
    if (shards >> level & 1)
      for (int v = 0; v < vectors; v++) sum[v] = waiting[level][v] + sum[v];
  for (int v = 0; v < vectors; v++) ls_put(total + v * LS_LANES, sum[v], lanes);
}

static void ls_tree_sum(int64_t shards, int64_t stride, int64_t count, const float *gradients, float *total) {
  const int64_t block = LS_TREE_VECTORS * LS_LANES;
  int64_t i = 0;
  for (; i + block <= count; i += block)
    ls_tree_sum_block(LS_TREE_VECTORS, LS_LANES, shards, stride, gradients + i, total + i);
  for (; i + LS_LANES <= count; i += LS_LANES) ls_tree_sum_block(1, LS_LANES, shards, stride, gradients + i, total + i);
  if (i < count) ls_tree_sum_block(1, count - i, shards, stride, gradients + i, total + i);
}

/// Twice as wide as `vf`: as many doubles as that has floats.
typedef double vd __attribute__((vector_size(LS_LANES * 8)));

/// Element i goes to sum i % 32, and the sums fold in halves: the same order, and so the same bits, on every instruction set. (A
/// float's square is exact in FP64, so it makes no difference whether it is fused with the addition.)
static double ls_sum_of_squares(int64_t count, const float *values) {
  enum { WIDTH = 32, VECTORS = WIDTH / LS_LANES };
  vd parts[VECTORS] = {};
  int64_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH)
    for (int v = 0; v < VECTORS; v++) {
      vd x = __builtin_convertvector(ls_load(values + i + v * LS_LANES), vd);
      parts[v] += x * x;
    }
  double sums[WIDTH];
  memcpy(sums, parts, sizeof sums);
  for (int j = 0; i + j < count; j++) sums[j] += (double)values[i + j] * (double)values[i + j];
  for (int half = WIDTH / 2; half > 0; half /= 2)
    for (int j = 0; j < half; j++) sums[j] += sums[j + half];
  return sums[0];
}

/// Magnitudes are in the order of their bits, and infinities and NaNs are above all others.
static float ls_largest_magnitude(int64_t count, const float *values) {
  enum { VECTORS = 4 };
  vi largest[VECTORS] = {};
  int64_t i = 0;
  for (; i + VECTORS * LS_LANES <= count; i += VECTORS * LS_LANES)
    for (int v = 0; v < VECTORS; v++) {
      vi magnitude = (vi)ls_load(values + i + v * LS_LANES) & INT32_MAX;
      largest[v] = __builtin_elementwise_max(largest[v], magnitude);
    }
  for (; i < count; i += LS_LANES) {
    vi magnitude = (vi)ls_take(values + i, ls_lanes_left(i, count)) & INT32_MAX;
    largest[0] = __builtin_elementwise_max(largest[0], magnitude);
  }
  int32_t bits = 0;
  for (int v = 0; v < VECTORS; v++)
    for (int lane = 0; lane < LS_LANES; lane++)
      if (largest[v][lane] > bits) bits = largest[v][lane];
  const int32_t infinity = 0x7F800000;
  if (bits > infinity) bits = infinity;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

static void ls_scale(int64_t count, float factor, float *values) {
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_put(values + i, ls_take(values + i, lanes) * factor, lanes);
  }
}

// MARK: Update rules
//
// Each is one register's worth of its equation, and a loop. The last, partly filled register goes through the same code.

/// How far ahead of an update rule its parameters are asked for, in floats: 1 KiB.
enum { LS_OWN_AHEAD = 256 };

/// Asks for parameters that are soon written.
///
/// All workers have read all parameters since they were last written, so that every core has a copy of each line. A store to such a
/// line waits until the other cores have given theirs up, and the stores behind it wait in turn. Asked for in time, and for writing,
/// the lines are this core's own when the store comes. Slots have always been: only their worker touches
/// them. (x86's PREFETCHW; an older processor that does not know it passes over it.)
LS_INLINE void ls_own(const float *parameters) { __builtin_prefetch(parameters + LS_OWN_AHEAD, 1); }

/// `momentum` with Nesterov's correction or without, or none at all.
typedef enum ls_sgd_form { LS_SGD_PLAIN, LS_SGD_MOMENTUM, LS_SGD_NESTEROV } ls_sgd_form;

LS_INLINE void ls_sgd_of(ls_sgd_form form, int64_t count, float rate, float decay, float momentum, const float *gradient,
                         float *parameters, float *velocity) {
  const float shrink = rate * decay;
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_own(parameters + i);
    vf step = rate * ls_take(gradient + i, lanes);
    vf p = ls_take(parameters + i, lanes);
    p -= shrink * p;
    if (form == LS_SGD_PLAIN) {
      p -= step;
    } else {
      vf v = momentum * ls_take(velocity + i, lanes) - step;
      p += form == LS_SGD_NESTEROV ? momentum * v - step : v;
      ls_put(velocity + i, v, lanes);
    }
    ls_put(parameters + i, p, lanes);
  }
}

static void ls_sgd(int64_t count, float rate, float decay, float momentum, int32_t nesterov, const float *gradient,
                   float *parameters, float *velocity) {
  if (!velocity) {
    ls_sgd_of(LS_SGD_PLAIN, count, rate, decay, momentum, gradient, parameters, velocity);
  } else if (nesterov) {
    ls_sgd_of(LS_SGD_NESTEROV, count, rate, decay, momentum, gradient, parameters, velocity);
  } else {
    ls_sgd_of(LS_SGD_MOMENTUM, count, rate, decay, momentum, gradient, parameters, velocity);
  }
}

static void ls_adam(int64_t count, float rate, float corrected_rate, float decay, float beta1, float beta2, float epsilon,
                    const float *gradient, float *parameters, float *momentum, float *velocity) {
  const float shrink = rate * decay, first = 1 - beta1, second = 1 - beta2;
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_own(parameters + i);
    vf g = ls_take(gradient + i, lanes), p = ls_take(parameters + i, lanes);
    vf m = ls_take(momentum + i, lanes), v = ls_take(velocity + i, lanes);
    p -= shrink * p;
    m += (g - m) * first;
    v += (g * g - v) * second;
    p -= corrected_rate * m / (ls_sqrt(v) + epsilon);
    ls_put(parameters + i, p, lanes);
    ls_put(momentum + i, m, lanes);
    ls_put(velocity + i, v, lanes);
  }
}

static void ls_rms_prop(int64_t count, float rate, float decay, float rho, float epsilon, const float *gradient,
                        float *parameters, float *velocity) {
  const float shrink = rate * decay, fresh = 1 - rho;
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_own(parameters + i);
    vf g = ls_take(gradient + i, lanes), p = ls_take(parameters + i, lanes);
    p -= shrink * p;
    vf v = rho * ls_take(velocity + i, lanes) + fresh * (g * g);
    p -= rate * g / ls_sqrt(v + epsilon);
    ls_put(parameters + i, p, lanes);
    ls_put(velocity + i, v, lanes);
  }
}

#define LS_UPDATE_KERNELS                        \
  {                                              \
      .tree_sum = ls_tree_sum,                   \
      .sum_of_squares = ls_sum_of_squares,       \
      .largest_magnitude = ls_largest_magnitude, \
      .scale = ls_scale,                         \
      .sgd = ls_sgd,                             \
      .adam = ls_adam,                           \
      .rms_prop = ls_rms_prop,                   \
  }
