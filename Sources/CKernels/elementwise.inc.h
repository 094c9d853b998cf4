// Activations, dropout, and bytes to floats.
#include "math.inc.h"

// MARK: Activations

/// f(x). A NaN stays one, so that a numerical fault shows in the loss instead of being clipped away.
LS_INLINE vf ls_activate(ls_activation kind, vf slope, vf x) {
  switch (kind) {
    case LS_RELU: return ls_select(x <= 0.0f, ls_splat(0.0f), x);
    case LS_LEAKY_RELU: return ls_select(x > 0.0f, x, slope * x);
    case LS_GELU: return x * ls_normal_at(x).cumulative;
    case LS_SILU: return x * ls_logistic_at(x).value;
    case LS_TANH: return ls_tanh(x);
    case LS_SIGMOID: return ls_logistic_at(x).value;
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
      return dy * ls_fma(value, normal.density, normal.cumulative);
    }
    case LS_SILU: {
      ls_logistic s = ls_logistic_at(value);
      return dy * (s.value * ls_fma(value, s.complement, ls_splat(1.0f)));
    }
    case LS_TANH: return dy * (1.0f - value * value);
    case LS_SIGMOID: return dy * (value * (1.0f - value));
  }
}

LS_INLINE void ls_activation_forward_of(ls_activation kind, float slope, int64_t count, const float *x, float *y) {
  const vf k = ls_splat(slope);
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_put(y + i, ls_activate(kind, k, ls_take(x + i, lanes)), lanes);
  }
}

LS_INLINE void ls_activation_backward_of(ls_activation kind, float slope, int64_t count, const float *value,
                                         const float *dy, float *dx) {
  const vf k = ls_splat(slope);
  for (int64_t i = 0; i < count; i += LS_LANES) {
    int64_t lanes = ls_lanes_left(i, count);
    ls_put(dx + i, ls_activation_slope(kind, k, ls_take(value + i, lanes), ls_take(dy + i, lanes)), lanes);
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

/// 64-bit lanes, half as many as `vf` has floats.
typedef uint64_t vq __attribute__((vector_size(LS_LANES * 4)));
enum { LS_QUADS = LS_LANES / 2, LS_PHILOX_ROUNDS = 10 };

/// What stays the same over one row: the counter's fixed words and each round's key.
typedef struct ls_philox {
  vq counter[3];
  vq keys[LS_PHILOX_ROUNDS][2];
} ls_philox;

LS_INLINE ls_philox ls_philox_of(const ls_random *random) {
  ls_philox philox;
  for (int i = 0; i < 3; i++) philox.counter[i] = (vq){} + random->counter[i];
  uint32_t k0 = random->key[0], k1 = random->key[1];
  for (int round = 0; round < LS_PHILOX_ROUNDS; round++) {
    philox.keys[round][0] = (vq){} + k0;
    philox.keys[round][1] = (vq){} + k1;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return philox;
}

/// The words of LS_QUADS blocks from `first_block` on, which is what 2 * LS_LANES elements use, in their order.
///
/// A block has one 64-bit lane in each of four registers, one for each word. The word is the low half; the high half is garbage,
/// which the multiplication does not read. So a round is two multiplications, whose halves are the new words, two shifts and two
/// exclusive ors of three.
LS_INLINE void ls_philox_words(const ls_philox *philox, uint32_t first_block, vu words[2]) {
  const uint64_t low = 0xffffffff;
  vq x0 = {}, x1 = philox->counter[0], x2 = philox->counter[1], x3 = philox->counter[2];
  for (int i = 0; i < LS_QUADS; i++) x0[i] = (uint64_t)i;
  x0 += first_block;
#pragma clang loop unroll(full)
  for (int round = 0; round < LS_PHILOX_ROUNDS; round++) {
    vq first = (x0 & low) * (uint64_t)0xD2511F53, second = (x2 & low) * (uint64_t)0xCD9E8D57;
    x0 = (second >> 32) ^ x1 ^ philox->keys[round][0];
    x1 = second;
    x2 = (first >> 32) ^ x3 ^ philox->keys[round][1];
    x3 = first;
  }
  // Words 0 and 1 of a block side by side, and 2 and 3; then block after block.
  vq front = (x0 & low) | (x1 << 32), back = (x2 & low) | (x3 << 32), mixed[2];
  for (int i = 0; i < LS_QUADS; i++) {
    mixed[2 * i / LS_QUADS][2 * i % LS_QUADS] = front[i];
    mixed[2 * i / LS_QUADS][2 * i % LS_QUADS + 1] = back[i];
  }
  memcpy(words, mixed, sizeof mixed);
}

/// The mask that `bits` stand for.
LS_INLINE vi ls_mask_of_bits(uint32_t bits) {
  vu place;
  LS_EACH(i, LS_LANES) place[i] = 1u << i;
  return (vi)((place & bits) != 0);
}

static void ls_dropout(const ls_random *random, uint32_t threshold, float scale, int64_t count, const float *x, float *y,
                       uint8_t *kept) {
  const ls_philox philox = ls_philox_of(random);
  const vf zero = {};
  for (int64_t i = 0; i < count; i += 2 * LS_LANES) {
    vu words[2];
    ls_philox_words(&philox, (uint32_t)(i / 4), words);
    uint32_t bits = 0;
    for (int64_t half = 0, at = i; half < 2 && at < count; half++, at += LS_LANES) {
      int64_t lanes = ls_lanes_left(at, count);
      vi mask = (vi)(words[half] >= threshold);
      ls_put(y + at, ls_select(mask, ls_take(x + at, lanes) * scale, zero), lanes);
      bits |= ls_bits_of(mask) << half * LS_LANES;
    }
    for (int64_t byte = i / 8; byte < (i + 2 * LS_LANES) / 8 && byte < (count + 7) / 8; byte++, bits >>= 8)
      kept[byte] = (uint8_t)bits;
  }
}

static void ls_dropout_backward(float scale, int64_t count, const uint8_t *kept, const float *dy, float *dx) {
  const vf zero = {};
  for (int64_t i = 0; i < count; i += 2 * LS_LANES) {
    uint32_t bits = 0;
    for (int64_t byte = i / 8, shift = 0; shift < 2 * LS_LANES && byte < (count + 7) / 8; byte++, shift += 8)
      bits |= (uint32_t)kept[byte] << shift;
    for (int64_t at = i; at < i + 2 * LS_LANES && at < count; at += LS_LANES, bits >>= LS_LANES) {
      int64_t lanes = ls_lanes_left(at, count);
      ls_put(dx + at, ls_select(ls_mask_of_bits(bits), ls_take(dy + at, lanes) * scale, zero), lanes);
    }
  }
}

// MARK: Bytes to floats

LS_INLINE vf ls_floats_of_bytes(const uint8_t *bytes) {
  vb v;
  memcpy(&v, bytes, sizeof v);
  return __builtin_convertvector(__builtin_convertvector(v, vi), vf);
}

/// `period` registers hold a whole number of pixels, so the channels' factors repeat after them; 0: one element at a time. Not
/// fused, so that all instruction sets see the same images.
LS_INLINE void ls_normalise_of(int64_t period, int64_t count, int64_t channels, const uint8_t *bytes, const float *scale,
                               const float *offset, float *y) {
  vf scales[3], offsets[3];
  for (int64_t j = 0; j < period * LS_LANES; j++) {
    scales[j / LS_LANES][j % LS_LANES] = scale[j % channels];
    offsets[j / LS_LANES][j % LS_LANES] = offset[j % channels];
  }
  int64_t i = 0;
  for (; period > 0 && i + period * LS_LANES <= count; i += period * LS_LANES)
    for (int64_t j = 0; j < period; j++)
      ls_store(y + i + j * LS_LANES, ls_floats_of_bytes(bytes + i + j * LS_LANES) * scales[j] + offsets[j]);
  for (int64_t c = 0; i < count; i++, c = c + 1 == channels ? 0 : c + 1) y[i] = (float)bytes[i] * scale[c] + offset[c];
}

static void ls_normalise(int64_t count, int64_t channels, const uint8_t *bytes, const float *scale, const float *offset,
                         float *y) {
  if (channels == 1) {
    ls_normalise_of(1, count, 1, bytes, scale, offset, y);
  } else if (channels == 3) {
    ls_normalise_of(3, count, 3, bytes, scale, offset, y);
  } else {
    ls_normalise_of(0, count, channels, bytes, scale, offset, y);
  }
}

#define LS_ELEMENTWISE_KERNELS                       \
  {                                                  \
      .activation_forward = ls_activation_forward,   \
      .activation_backward = ls_activation_backward, \
      .dropout = ls_dropout,                         \
      .dropout_backward = ls_dropout_backward,       \
      .normalise = ls_normalise,                     \
  }
