// Activations, dropout, and bytes to floats.
#include "math.inc.h"

// MARK: Activations

/// f(x). A NaN stays one, so that a numerical fault shows in the loss instead of being clipped away.
LS_INLINE vf ls_activate(ls_activation kind, vf slope, vf x) {
  switch (kind) {
    case LS_RELU: return ls_select(x <= 0.0f, ls_splat(0.0f), x);
    case LS_LEAKY_RELU: return ls_select(x > 0.0f, x, slope * x);
    case LS_GELU: return x * ls_normal_at(x).cumulative;
    case LS_SILU: return x * ls_sigmoid(x);
    case LS_TANH: return ls_tanh(x);
    case LS_SIGMOID: return ls_sigmoid(x);
  }
}

/// dy * f', where `value` is what the header says for this activation. relu lets a NaN of dy through where the output was
/// positive; a NaN output counts as not positive.
LS_INLINE vf ls_activation_slope(ls_activation kind, vf slope, vf value, vf dy) {
  switch (kind) {
    case LS_RELU: return ls_select(value > 0.0f, dy, ls_splat(0.0f));
    case LS_LEAKY_RELU: return ls_select(value > 0.0f, dy, slope * dy);
    case LS_GELU: {
      ls_normal normal = ls_normal_at(value);
      return dy * ls_multiply_add(value, normal.density, normal.cumulative);
    }
    case LS_SILU: {
      vf s = ls_sigmoid(value);
      return dy * (s * ls_multiply_add(value, 1.0f - s, ls_splat(1.0f)));
    }
    case LS_TANH: return dy * (1.0f - value * value);
    case LS_SIGMOID: return dy * (value * (1.0f - value));
  }
}

LS_INLINE void ls_activation_forward_of(ls_activation kind, float slope, int64_t count, const float *x, float *y) {
  vf k = ls_splat(slope);
  int64_t i = 0;
  for (; i + LS_LANES <= count; i += LS_LANES) ls_store(y + i, ls_activate(kind, k, ls_load(x + i)));
  if (i < count) ls_store_part(y + i, ls_activate(kind, k, ls_load_part(x + i, count - i)), count - i);
}

LS_INLINE void ls_activation_backward_of(ls_activation kind, float slope, int64_t count, const float *value,
                                         const float *dy, float *dx) {
  vf k = ls_splat(slope);
  int64_t i = 0;
  for (; i + LS_LANES <= count; i += LS_LANES)
    ls_store(dx + i, ls_activation_slope(kind, k, ls_load(value + i), ls_load(dy + i)));
  if (i < count) {
    int64_t rest = count - i;
    ls_store_part(dx + i, ls_activation_slope(kind, k, ls_load_part(value + i, rest), ls_load_part(dy + i, rest)), rest);
  }
}

// One copy of the loop for each activation: the switch is outside.
static void ls_activation_forward(ls_activation kind, float slope, int64_t count, const float *x, float *y) {
  switch (kind) {
    case LS_RELU: ls_activation_forward_of(LS_RELU, slope, count, x, y); break;
    case LS_LEAKY_RELU: ls_activation_forward_of(LS_LEAKY_RELU, slope, count, x, y); break;
    case LS_GELU: ls_activation_forward_of(LS_GELU, slope, count, x, y); break;
    case LS_SILU: ls_activation_forward_of(LS_SILU, slope, count, x, y); break;
    case LS_TANH: ls_activation_forward_of(LS_TANH, slope, count, x, y); break;
    case LS_SIGMOID: ls_activation_forward_of(LS_SIGMOID, slope, count, x, y); break;
  }
}

static void ls_activation_backward(ls_activation kind, float slope, int64_t count, const float *value, const float *dy,
                                   float *dx) {
  switch (kind) {
    case LS_RELU: ls_activation_backward_of(LS_RELU, slope, count, value, dy, dx); break;
    case LS_LEAKY_RELU: ls_activation_backward_of(LS_LEAKY_RELU, slope, count, value, dy, dx); break;
    case LS_GELU: ls_activation_backward_of(LS_GELU, slope, count, value, dy, dx); break;
    case LS_SILU: ls_activation_backward_of(LS_SILU, slope, count, value, dy, dx); break;
    case LS_TANH: ls_activation_backward_of(LS_TANH, slope, count, value, dy, dx); break;
    case LS_SIGMOID: ls_activation_backward_of(LS_SIGMOID, slope, count, value, dy, dx); break;
  }
}

// MARK: Dropout

/// Half as many 64-bit lanes as `vf` has floats.
typedef uint64_t vq __attribute__((vector_size(LS_LANES * 4)));
enum { LS_QUADS = LS_LANES / 2 };

/// Philox4x32-10 for LS_QUADS blocks at a time, one to a 64-bit lane: the words 2 * LS_LANES elements use, in their order.
///
/// Each word lives in the low half of its lane; the high half is garbage, which the multiplication does not read. So a round is
/// two multiplications, whose halves are the new words, two shifts and four exclusive ors.
LS_INLINE void ls_philox(const ls_random *random, uint32_t first_block, vu words[2]) {
  const uint64_t low = 0xffffffff;
  vq x0 = {}, x1 = (vq){} + random->counter[0], x2 = (vq){} + random->counter[1], x3 = (vq){} + random->counter[2];
  for (int i = 0; i < LS_QUADS; i++) x0[i] = first_block + (uint32_t)i;
  uint32_t k0 = random->key[0], k1 = random->key[1];
  for (int round = 0; round < 10; round++) {
    vq first = (x0 & low) * (uint64_t)0xD2511F53, second = (x2 & low) * (uint64_t)0xCD9E8D57;
    x0 = (second >> 32) ^ x1 ^ (uint64_t)k0;
    x1 = second;
    x2 = (first >> 32) ^ x3 ^ (uint64_t)k1;
    x3 = first;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  // Words 0 and 1 of a block side by side, and 2 and 3; then block after block.
  vq front = (x0 & low) | (x1 << 32), back = (x2 & low) | (x3 << 32);
  vq mixed[2];
  for (int i = 0; i < LS_QUADS; i++) {
    mixed[2 * i / LS_QUADS][2 * i % LS_QUADS] = front[i];
    mixed[2 * i / LS_QUADS][2 * i % LS_QUADS + 1] = back[i];
  }
  memcpy(words, mixed, sizeof mixed);
}

static void ls_dropout(const ls_random *random, uint32_t threshold, float scale, int64_t count, const float *x, float *y) {
  vf zero = {};
  for (int64_t i = 0; i < count; i += 2 * LS_LANES) {
    vu words[2];
    ls_philox(random, (uint32_t)(i / 4), words);
    for (int64_t part = 0; part < 2; part++) {
      int64_t at = i + part * LS_LANES, rest = count - at;
      vi kept = words[part] >= threshold;
      if (rest >= LS_LANES) {
        ls_store(y + at, ls_select(kept, ls_load(x + at) * scale, zero));
      } else if (rest > 0) {
        ls_store_part(y + at, ls_select(kept, ls_load_part(x + at, rest) * scale, zero), rest);
      }
    }
  }
}

// MARK: Bytes to floats

typedef uint8_t vb __attribute__((vector_size(LS_LANES)));

static void ls_normalise(int64_t count, int64_t channels, const uint8_t *bytes, const float *scale, const float *offset,
                         float *y) {
  int64_t c = 0;
  for (int64_t i = 0; i < count; i++) {
    y[i] = (float)bytes[i] * scale[c] + offset[c];
    if (++c == channels) c = 0;
  }
}

#define LS_ELEMENTWISE_KERNELS                    \
  {                                               \
      .activation_forward = ls_activation_forward,   \
      .activation_backward = ls_activation_backward, \
      .dropout = ls_dropout,                      \
      .normalise = ls_normalise,                  \
  }
