// Planes of a few channels, a register of pixels each, to pixels of those channels one after the other, and back.
//
// In registers a pixel has a slot for its channels, half a register; in memory the next pixel's slot begins behind the
// channels that there are. So slots are written in their order, each over what the one before had too much.
#ifndef LS_INTERLEAVE_INC_H
#define LS_INTERLEAVE_INC_H

#include "math.inc.h"

/// Floats of a slot, which is also the number of planes.
#define LS_SLOT (LS_LANES / 2)
#define LS_SLOT_STAGES (LS_LANES == 16 ? 3 : LS_LANES == 8 ? 2 : 1)

#if LS_LANES == 16
#define LS_BOTH 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#elif LS_LANES == 8
#define LS_BOTH 0, 1, 2, 3, 4, 5, 6, 7
#else
#define LS_BOTH 0, 1, 2, 3
#endif

/// From LS_SLOT planes of LS_LANES pixels to as many pixels of a slot each.
LS_INLINE void ls_slots_zip(vf *square) {
  LS_EACH(stage, LS_SLOT_STAGES) {
    vf zipped[LS_SLOT];
    LS_EACH(i, LS_SLOT / 2) {
      zipped[2 * i] = __builtin_shufflevector(square[i], square[i + LS_SLOT / 2], LS_ZIP_LOW);
      zipped[2 * i + 1] = __builtin_shufflevector(square[i], square[i + LS_SLOT / 2], LS_ZIP_HIGH);
    }
    LS_EACH(i, LS_SLOT) square[i] = zipped[i];
  }
}

LS_INLINE void ls_slots_unzip(vf *square) {
  LS_EACH(stage, LS_SLOT_STAGES) {
    vf plane[LS_SLOT];
    LS_EACH(i, LS_SLOT / 2) {
      plane[i] = __builtin_shufflevector(square[2 * i], square[2 * i + 1], LS_EVEN);
      plane[i + LS_SLOT / 2] = __builtin_shufflevector(square[2 * i], square[2 * i + 1], LS_ODD);
    }
    LS_EACH(i, LS_SLOT) square[i] = plane[i];
  }
}

/// Floats that a register's pixels take, each as wide as a slot although the next begins `filters` behind it.
#define LS_SLOT_SPAN(filters) ((LS_LANES - 1) * (filters) + LS_SLOT)

/// Writes `count` pixels of `filters` each from a register of each plane. What a slot or the registers have too much may
/// be written behind them, up to `end`: pixels are written in their order.
LS_INLINE void ls_slots_put(vf *square, int64_t filters, int64_t count, float *to, const float *end) {
  float rest[LS_SLOT_SPAN(LS_SLOT)];
  int fits = end - to >= LS_SLOT_SPAN(filters);
  float *pixel = fits ? to : rest;
  ls_slots_zip(square);
  LS_EACH(p, LS_SLOT) {
    vh pair[2];
    memcpy(pair, &square[p], sizeof pair);
    memcpy(pixel + 2 * p * filters, &pair[0], sizeof(vh));
    memcpy(pixel + (2 * p + 1) * filters, &pair[1], sizeof(vh));
  }
  if (!fits) memcpy(to, rest, (size_t)(count * filters) * sizeof(float));
}

/// The reverse; reads nothing from `end` on. What the registers then have too much is anything.
LS_INLINE void ls_slots_take(vf *square, int64_t filters, int64_t count, const float *from, const float *end) {
  float rest[LS_SLOT_SPAN(LS_SLOT)];
  if (end - from < LS_SLOT_SPAN(filters)) from = memcpy(rest, from, (size_t)(count * filters) * sizeof(float));
  LS_EACH(p, LS_SLOT) {
    vh pair[2];
    memcpy(&pair[0], from + 2 * p * filters, sizeof(vh));
    memcpy(&pair[1], from + (2 * p + 1) * filters, sizeof(vh));
    square[p] = __builtin_shufflevector(pair[0], pair[1], LS_BOTH);
  }
  ls_slots_unzip(square);
}

#endif
