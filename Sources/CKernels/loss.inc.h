// Losses of classification: one row of logits at a time, each row by the same steps whatever comes with it.
#include "math.inc.h"

/// Lanes that hold element `i` and the following ones below `count`.
LS_INLINE vi ls_lanes_below(int64_t i, int64_t count) { return ls_lane_numbers() < (int32_t)(count - i); }

/// A row's elements from `i` on, `fill` behind its end.
LS_INLINE vf ls_load_row(const float *row, int64_t i, int64_t count, float fill) {
  if (i + LS_LANES <= count) return ls_load(row + i);
  return ls_select(ls_lanes_below(i, count), ls_load_part(row + i, count - i), ls_splat(fill));
}

LS_INLINE void ls_store_row(float *row, int64_t i, int64_t count, vf v) { ls_put(row + i, v, ls_lanes_left(i, count)); }

LS_INLINE float ls_row_maximum(int64_t classes, const float *row) {
  vf most = ls_splat(-__builtin_inff());
  for (int64_t k = 0; k < classes; k += LS_LANES) {
    vf x = ls_load_row(row, k, classes, -__builtin_inff());
    most = ls_select(x > most, x, most);
  }
  return ls_max_lanes(most);
}

static void ls_softmax_cross_entropy(int64_t samples, int64_t classes, const float *logits, const int32_t *labels,
                                     float smoothing, float scale, float *losses, float *gradient) {
  float spread = smoothing / (float)classes;
  for (int64_t n = 0; n < samples; n++) {
    const float *row = logits + n * classes;
    float *out = gradient ? gradient + n * classes : 0;
    float most = ls_row_maximum(classes, row);
    float label = row[labels[n]] - most;
    // Lanes behind the row's end hold -infinity, whose exponential is 0.
    vf exponentials = {}, shifted = {};
    for (int64_t k = 0; k < classes; k += LS_LANES) {
      vf x = ls_load_row(row, k, classes, -__builtin_inff()) - most;
      vf e = ls_exp(x);
      exponentials += e;
      shifted += ls_select(ls_lanes_below(k, classes), x, ls_splat(0.0f));
      if (out) ls_store_row(out, k, classes, e);
    }
    float sum = ls_sum_lanes(exponentials);
    // Without smoothing the other logits have no part in this term, even where one is -infinity.
    float target = smoothing > 0 ? (1 - smoothing) * label + spread * ls_sum_lanes(shifted) : label;
    losses[n] = ls_log(ls_splat(sum))[0] - target;
    if (!out) continue;
    vf inverse = ls_splat(1 / sum);
    for (int64_t k = 0; k < classes; k += LS_LANES) {
      vi is_label = ls_lane_numbers() == (int32_t)(labels[n] - k);
      vf t = ls_select(is_label, ls_splat(1 - smoothing), ls_splat(0.0f)) + spread;
      vf p = ls_load_row(out, k, classes, 0) * inverse;
      ls_store_row(out, k, classes, (p - t) * scale);
    }
  }
}

static void ls_mean_squared_error(int64_t samples, int64_t classes, const float *outputs, const int32_t *labels,
                                  float scale, float *losses, float *gradient) {
  float factor = 2 / (float)classes * scale;
  for (int64_t n = 0; n < samples; n++) {
    const float *row = outputs + n * classes;
    float *out = gradient ? gradient + n * classes : 0;
    vf squares = {};
    for (int64_t k = 0; k < classes; k += LS_LANES) {
      vi is_label = ls_lane_numbers() == (int32_t)(labels[n] - k);
      vf distance = ls_load_row(row, k, classes, 0) - ls_select(is_label, ls_splat(1), ls_splat(0));
      squares = ls_fma(distance, distance, squares);
      if (out) ls_store_row(out, k, classes, distance * factor);
    }
    losses[n] = ls_sum_lanes(squares) / (float)classes;
  }
}

static void ls_softmax(int64_t samples, int64_t classes, const float *logits, float *probabilities) {
  for (int64_t n = 0; n < samples; n++) {
    const float *row = logits + n * classes;
    float *out = probabilities + n * classes;
    float most = ls_row_maximum(classes, row);
    vf exponentials = {};
    for (int64_t k = 0; k < classes; k += LS_LANES) {
      vf e = ls_exp(ls_load_row(row, k, classes, -__builtin_inff()) - most);
      exponentials += e;
      ls_store_row(out, k, classes, e);
    }
    vf inverse = ls_splat(1 / ls_sum_lanes(exponentials));
    for (int64_t k = 0; k < classes; k += LS_LANES) ls_store_row(out, k, classes, ls_load_row(out, k, classes, 0) * inverse);
  }
}

static void ls_label_rank(int64_t samples, int64_t classes, const float *logits, const int32_t *labels, int32_t *ranks) {
  for (int64_t n = 0; n < samples; n++) {
    const float *row = logits + n * classes;
    float label = row[labels[n]];
    vi beaten = {}, faults = {};  // minus the numbers of classes: a true comparison is -1
    for (int64_t k = 0; k < classes; k += LS_LANES) {
      vf x = ls_load_row(row, k, classes, -__builtin_inff());
      vi before = ls_lane_numbers() < (int32_t)(labels[n] - k);
      beaten += (x > label) | ((x == label) & before);
      faults |= x != x;
    }
    int32_t rank = 0, fault = 0;
    for (int i = 0; i < LS_LANES; i++) {
      rank -= beaten[i];
      fault |= faults[i];
    }
    ranks[n] = fault ? (int32_t)classes : rank;
  }
}

#define LS_LOSS_KERNELS                                   \
  {                                                       \
      .softmax_cross_entropy = ls_softmax_cross_entropy,  \
      .mean_squared_error = ls_mean_squared_error,        \
      .softmax = ls_softmax,                              \
      .label_rank = ls_label_rank,                        \
  }
