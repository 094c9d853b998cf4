// Convolutions of one-channel images with few filters, which would leave most lanes of a register of filters empty. A
// register holds neighbouring pixels instead: of one channel they are contiguous, and so are those that a tap of the
// kernel sees. Results lie in planes, one for each filter.
//
// The rows of a plane are as far apart as those of the canvas, so that one offset serves both and a register may run
// over the end of a row. Behind a row's pixels a plane of outputs has values that nobody reads, a plane of gradients
// has zeros.
#include "interleave.inc.h"

/// Most floats of one sample's canvas, planes and sums: they should stay near.
#define LS_PLANES_FLOATS (32 * 1024)
/// A tile of `forward` is registers of pixels by filters, one of the weight gradient taps by filters.
#define LS_PLANES_WIDTH 4
#define LS_PLANES_TAPS 3
#if LS_LANES == 16
#define LS_PLANES_DEPTH 6
#else
#define LS_PLANES_DEPTH 2
#endif

typedef struct ls_planes {
  int64_t line;    ///< floats from one row to the next, in the canvas and in a plane
  int64_t pixels;  ///< of a plane, those behind the rows too, in whole registers
  int64_t canvas;  ///< floats of the image with its border
  int64_t taps;
} ls_planes;

LS_INLINE int64_t ls_whole_registers(int64_t count) { return (count + LS_LANES - 1) / LS_LANES * LS_LANES; }

static ls_planes ls_planes_of(const ls_window2d *w) {
  ls_planes g = {.line = (int64_t)w->width + w->pad_left + w->pad_right,
                 .taps = (int64_t)w->kernel_height * w->kernel_width};
  g.pixels = ls_whole_registers(w->out_height * g.line);
  g.canvas = ls_whole_registers(g.pixels + (w->kernel_height - 1) * g.line + w->kernel_width);
  return g;
}

/// The canvas, the planes, and a register for each sum of the weight gradient and of the bias gradient.
static int64_t ls_planes_scratch(const ls_window2d *w) {
  ls_planes g = ls_planes_of(w);
  return g.canvas + w->filters * (g.pixels + (g.taps + 1) * LS_LANES);
}

/// Whether pixels fill the lanes of registers better than filters would.
static int ls_planes_suit(const ls_window2d *w) {
  if (w->channels != 1 || w->stride_height != 1 || w->stride_width != 1) return 0;
  if (w->filters > LS_SLOT || ls_planes_scratch(w) > LS_PLANES_FLOATS) return 0;
  int64_t pixels = ls_planes_of(w).pixels;
  return pixels >= LS_PLANES_WIDTH * LS_LANES &&
         (int64_t)w->out_height * w->out_width * LS_LANES > pixels * w->filters;
}

/// Puts one image into the middle of the canvas, whose borders are already zero.
static void ls_planes_fill(const ls_window2d *w, const ls_planes *g, const float *x, float *canvas) {
  float *to = canvas + w->pad_top * g->line + w->pad_left;
  for (int64_t i = 0; i < w->height; i++)
    for (int64_t j = 0; j < w->width; j += LS_LANES) {
      int64_t count = ls_lanes_left(j, w->width);
      ls_store_part(to + i * g->line + j, ls_load_part(x + i * w->width + j, count), count);
    }
}

// MARK: Planes to channels last, and back

/// y [out_height, out_width, filters] from planes.
static void ls_planes_interleave(const ls_window2d *w, const ls_planes *g, const float *planes, float *y) {
  const int64_t filters = w->filters, row = w->out_width * filters;
  const float *end = y + w->out_height * row;
  for (int64_t i = 0; i < w->out_height; i++, planes += g->line, y += row) {
    for (int64_t j = 0; j < w->out_width; j += LS_LANES) {
      int64_t count = ls_lanes_left(j, w->out_width);
      ls_mask mask = ls_mask_of(count);
      vf square[LS_SLOT];
      LS_EACH(f, LS_SLOT)
      square[f] = f < filters ? ls_load_masked(planes + f * g->pixels + j, mask) : (vf){};
      ls_slots_put(square, filters, count, y + j * filters, end);
    }
  }
}

/// Planes from dy [out_height, out_width, filters]. What lies behind a row stays as it is.
static void ls_planes_separate(const ls_window2d *w, const ls_planes *g, const float *dy, float *planes) {
  const int64_t filters = w->filters, row = w->out_width * filters;
  const float *end = dy + w->out_height * row;
  for (int64_t i = 0; i < w->out_height; i++, planes += g->line, dy += row) {
    for (int64_t j = 0; j < w->out_width; j += LS_LANES) {
      int64_t count = ls_lanes_left(j, w->out_width);
      ls_mask mask = ls_mask_of(count);
      vf square[LS_SLOT];
      ls_slots_take(square, filters, count, dy + j * filters, end);
      LS_EACH(f, LS_SLOT) if (f < filters) ls_store_masked(planes + f * g->pixels + j, square[f], mask);
    }
  }
}

// MARK: Forward

/// LS_PLANES_WIDTH registers of pixels of a few filters: `x` and `y` are where the first tap and the first plane begin.
LS_INLINE void ls_planes_product(const ls_window2d *w, const ls_planes *g, int filters, const float *x,
                                 const float *kernel, const float *bias, float *y) {
  vf sums[LS_PLANES_DEPTH][LS_PLANES_WIDTH];
  LS_EACH(f, filters) {
    vf first = ls_splat(bias ? bias[f] : 0.0f);
    LS_EACH(v, LS_PLANES_WIDTH) sums[f][v] = first;
  }
  for (int64_t a = 0; a < w->kernel_height; a++, x += g->line) {
    for (int64_t b = 0; b < w->kernel_width; b++, kernel += w->filters) {
      vf pixels[LS_PLANES_WIDTH];
      LS_EACH(v, LS_PLANES_WIDTH) pixels[v] = ls_load(x + b + v * LS_LANES);
      LS_EACH(f, filters) {
        vf weight = ls_splat(kernel[f]);
        LS_EACH(v, LS_PLANES_WIDTH) sums[f][v] = ls_fma(weight, pixels[v], sums[f][v]);
      }
    }
  }
  LS_EACH(f, filters) LS_EACH(v, LS_PLANES_WIDTH) ls_store(y + f * g->pixels + v * LS_LANES, sums[f][v]);
}

LS_INLINE void ls_planes_products(const ls_window2d *w, const ls_planes *g, int filters, const float *x,
                                  const float *kernel, const float *bias, float *y) {
  const int64_t tile = LS_PLANES_WIDTH * LS_LANES;
  for (int64_t at = 0; at < g->pixels; at += tile) {
    // The last tile is moved back to be full: some pixels are then computed twice, alike.
    int64_t first = at + tile <= g->pixels ? at : g->pixels - tile;
    ls_planes_product(w, g, filters, x + first, kernel, bias, y + first);
  }
}

/// One sample's planes from its canvas.
static void ls_planes_forward(const ls_window2d *w, const ls_planes *g, const float *canvas, const float *kernel,
                              const float *bias, float *planes) {
  ls_split split = ls_split_of(w->filters, LS_PLANES_DEPTH);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t f = ls_part_start(&split, part);
    const float *weights = kernel + f, *first = bias ? bias + f : 0;
    float *to = planes + f * g->pixels;
    switch (ls_part_size(&split, part)) {
      case 1: ls_planes_products(w, g, 1, canvas, weights, first, to); break;
      case 2: ls_planes_products(w, g, 2, canvas, weights, first, to); break;
#if LS_PLANES_DEPTH > 2
      case 3: ls_planes_products(w, g, 3, canvas, weights, first, to); break;
      case 4: ls_planes_products(w, g, 4, canvas, weights, first, to); break;
      case 5: ls_planes_products(w, g, 5, canvas, weights, first, to); break;
      case 6: ls_planes_products(w, g, 6, canvas, weights, first, to); break;
#endif
    }
  }
}

static void ls_planes_convolution(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                                  const float *bias, float *y, float *scratch) {
  ls_planes g = ls_planes_of(w);
  float *canvas = scratch, *planes = canvas + g.canvas;
  memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++, x += w->height * w->width, y += w->out_height * w->out_width * w->filters) {
    ls_planes_fill(w, &g, x, canvas);
    ls_planes_forward(w, &g, canvas, kernel, bias, planes);
    ls_planes_interleave(w, &g, planes, y);
  }
}

// MARK: Weight gradient

/// Adds one sample's products of a few taps and filters to their sums, a register each. `x` are where the taps begin.
LS_INLINE void ls_planes_outer(const ls_planes *g, int taps, int filters, int64_t stride, const float *const *x,
                               const float *planes, float *sums) {
  vf sum[LS_PLANES_TAPS][LS_PLANES_DEPTH];
  LS_EACH(t, taps) LS_EACH(f, filters) sum[t][f] = ls_load(sums + (t * stride + f) * LS_LANES);
  const float *from[LS_PLANES_TAPS];
  LS_EACH(t, taps) from[t] = x[t];
  for (int64_t at = 0; at < g->pixels; at += LS_LANES) {
    vf gradient[LS_PLANES_DEPTH];
    LS_EACH(f, filters) gradient[f] = ls_load(planes + f * g->pixels + at);
    LS_EACH(t, taps) {
      vf pixels = ls_load(from[t] + at);
      LS_EACH(f, filters) sum[t][f] = ls_fma(pixels, gradient[f], sum[t][f]);
    }
  }
  LS_EACH(t, taps) LS_EACH(f, filters) ls_store(sums + (t * stride + f) * LS_LANES, sum[t][f]);
}

/// All taps of a few filters.
LS_INLINE void ls_planes_outers(const ls_window2d *w, const ls_planes *g, int filters, const float *canvas,
                                const float *planes, float *sums) {
  ls_split split = ls_split_of(g->taps, LS_PLANES_TAPS);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t first = ls_part_start(&split, part), size = ls_part_size(&split, part);
    const float *x[LS_PLANES_TAPS];
    for (int64_t t = 0; t < size; t++)
      x[t] = canvas + (first + t) / w->kernel_width * g->line + (first + t) % w->kernel_width;
    float *to = sums + first * w->filters * LS_LANES;
    switch (size) {
      case 1: ls_planes_outer(g, 1, filters, w->filters, x, planes, to); break;
      case 2: ls_planes_outer(g, 2, filters, w->filters, x, planes, to); break;
      case 3: ls_planes_outer(g, 3, filters, w->filters, x, planes, to); break;
    }
  }
}

/// Adds one sample to the sums of the weight gradient and, behind them, of the bias gradient.
static void ls_planes_backward(const ls_window2d *w, const ls_planes *g, const float *canvas, const float *planes,
                               float *sums) {
  ls_split split = ls_split_of(w->filters, LS_PLANES_DEPTH);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t f = ls_part_start(&split, part);
    const float *from = planes + f * g->pixels;
    float *to = sums + f * LS_LANES;
    switch (ls_part_size(&split, part)) {
      case 1: ls_planes_outers(w, g, 1, canvas, from, to); break;
      case 2: ls_planes_outers(w, g, 2, canvas, from, to); break;
#if LS_PLANES_DEPTH > 2
      case 3: ls_planes_outers(w, g, 3, canvas, from, to); break;
      case 4: ls_planes_outers(w, g, 4, canvas, from, to); break;
      case 5: ls_planes_outers(w, g, 5, canvas, from, to); break;
      case 6: ls_planes_outers(w, g, 6, canvas, from, to); break;
#endif
    }
  }
  for (int64_t f = 0; f < w->filters; f++) {
    float *bias = sums + (g->taps * w->filters + f) * LS_LANES;
    vf sum[2] = {ls_load(bias)};
    const float *plane = planes + f * g->pixels;
    int64_t at = 0;
    for (; at + 2 * LS_LANES <= g->pixels; at += 2 * LS_LANES)
      LS_EACH(i, 2) sum[i] += ls_load(plane + at + i * LS_LANES);
    if (at < g->pixels) sum[0] += ls_load(plane + at);
    ls_store(bias, sum[0] + sum[1]);
  }
}

/// to[i] = sum of the lanes of register i, halves onto each other.
static void ls_planes_collapse(int64_t count, const float *sums, float *to) {
  for (int64_t i = 0; i < count; i += LS_LANES, sums += LS_LANES * LS_LANES) {
    int64_t size = count - i < LS_LANES ? count - i : LS_LANES;
    vf square[LS_LANES];
    LS_EACH(r, LS_LANES) square[r] = r < size ? ls_load(sums + r * LS_LANES) : (vf){};
    ls_transpose_square(square);
    for (int half = LS_LANES / 2; half > 0; half /= 2)
      LS_EACH(r, LS_LANES / 2) if (r < half) square[r] += square[r + half];
    ls_store_part(to + i, square[0], size);
  }
}

/// The gradients of kernel and bias (may be null) from their sums.
static void ls_planes_finish(const ls_window2d *w, const ls_planes *g, const float *sums, float *kernel_gradient,
                             float *bias_gradient) {
  int64_t weights = g->taps * w->filters;
  ls_planes_collapse(weights, sums, kernel_gradient);
  if (bias_gradient) ls_planes_collapse(w->filters, sums + weights * LS_LANES, bias_gradient);
}

static void ls_planes_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                      float *kernel_gradient, float *bias_gradient, float *scratch) {
  ls_planes g = ls_planes_of(w);
  float *canvas = scratch, *planes = canvas + g.canvas, *sums = planes + w->filters * g.pixels;
  memset(scratch, 0, (size_t)ls_planes_scratch(w) * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    ls_planes_fill(w, &g, x + n * w->height * w->width, canvas);
    ls_planes_separate(w, &g, dy + n * w->out_height * w->out_width * w->filters, planes);
    ls_planes_backward(w, &g, canvas, planes, sums);
  }
  ls_planes_finish(w, &g, sums, kernel_gradient, bias_gradient);
}
