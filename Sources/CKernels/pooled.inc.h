// Convolution, ReLU and 2 by 2 max-pooling in one.
//
// The four pixels that a window of pooling reads are the rows of a register tile: their maximum is found in registers, the
// convolution's own image is never written, and what pooling does not read is not computed. Of each window remain its
// maximum and three bits: the winner's place and whether it is positive.
//
// Backward, at most one pixel in four has a gradient for a filter, the winner of a positive window. See
// sparse_weights.inc.h and sparse_inputs.inc.h; for first layers, whose windows are too short, short_windows.inc.h.

/// Filters that share three words of winners.
#define LS_GROUP 16
/// Bytes of them.
#define LS_WINNERS 6

/// Winners of one window of a group of filters, a bit each.
typedef struct ls_winners {
  uint16_t column, row;  ///< place in the window
  uint16_t positive;     ///< whether ReLU lets it through
} ls_winners;

LS_INLINE ls_winners ls_winners_at(const uint8_t *p) {
  ls_winners winners;
  memcpy(&winners, p, LS_WINNERS);
  return winners;
}

/// The filters of the group whose winner is positive and stands at `place`, 2 * row + column.
LS_INLINE uint32_t ls_won_at(ls_winners won, int place) {
  uint32_t column = place & 1 ? won.column : ~(uint32_t)won.column, row = place & 2 ? won.row : ~(uint32_t)won.row;
  return won.positive & column & row;
}

typedef struct ls_pooling {
  int64_t height, width;  ///< pooled pixels
  int64_t columns;        ///< of the convolution that pooling reads
  int64_t groups;         ///< of filters
  int64_t y_sample;       ///< pooled floats
  int64_t winners_line, winners_sample;  ///< bytes
} ls_pooling;

LS_INLINE ls_pooling ls_pooling_of(const ls_window2d *w) {
  ls_pooling p = {.height = w->out_height / 2, .width = w->out_width / 2, .groups = (w->filters + LS_GROUP - 1) / LS_GROUP};
  p.columns = 2 * p.width;
  p.y_sample = p.height * p.width * w->filters;
  p.winners_line = p.width * p.groups * LS_WINNERS;
  p.winners_sample = p.height * p.winners_line;
  return p;
}

/// The signs of the lanes (all ones or zeros), lane 0 in bit 0.
LS_INLINE uint32_t ls_bits(vi mask) {
#if LS_LANES == 16
  return (uint32_t)_mm512_movepi32_mask((__m512i)mask);
#elif LS_LANES == 8
  return (uint32_t)_mm256_movemask_ps((__m256)mask);
#else
  vi bits = mask & (vi){1, 2, 4, 8};
  return (uint32_t)(bits[0] | bits[1] | bits[2] | bits[3]);
#endif
}

/// The reverse: lane i is all ones where bit i is set.
LS_INLINE vi ls_lanes_of(uint32_t bits) {
#if LS_LANES == 16
  return (vi)_mm512_movm_epi32((__mmask16)bits);
#else
  vi lane = (vi){} + (int32_t)bits;
#if LS_LANES == 8
  return (lane & (vi){1, 2, 4, 8, 16, 32, 64, 128}) != 0;
#else
  return (lane & (vi){1, 2, 4, 8}) != 0;
#endif
#endif
}

/// What a vector of filters has at the four pixels of a window.
typedef struct ls_quarter {
  vf above[2], below[2];
} ls_quarter;

LS_INLINE void ls_winners_add(ls_winners *winners, int shift, vi column, vi row, vi positive) {
  winners->column |= (uint16_t)(ls_bits(column) << shift);
  winners->row |= (uint16_t)(ls_bits(row) << shift);
  winners->positive |= (uint16_t)(ls_bits(positive) << shift);
}

/// Maximum, ReLU and, where `winners` is not null, its bits at `shift`; for numbers alone. Which of two equals `ls_larger` takes
/// does not show: only zeros differ in their bits, and ReLU makes both the positive one.
LS_INLINE vf ls_pool_numbers(const ls_quarter *q, int shift, ls_winners *winners) {
  vf above = ls_larger(q->above[0], q->above[1]), below = ls_larger(q->below[0], q->below[1]);
  vf most = ls_larger(above, below);
  if (winners) {
    vi row = below > above;
    // To choose the values and compare once is cheaper than to choose between the comparisons of both rows.
    vi column = ls_select(row, q->below[1], q->above[1]) > ls_select(row, q->below[0], q->above[0]);
    ls_winners_add(winners, shift, column, row, most > 0);
  }
  return ls_larger(most, (vf){});
}

/// The same where a NaN may win.
LS_INLINE vf ls_pool_nans(const ls_quarter *q, int shift, ls_winners *winners) {
  vi right_above, right_below, row;
  vf above = ls_duel(q->above[0], q->above[1], &right_above);
  vf most = ls_duel(above, ls_duel(q->below[0], q->below[1], &right_below), &row);
  if (winners) ls_winners_add(winners, shift, (right_above & ~row) | (right_below & row), row, most > 0);
  return ls_select(most <= 0, (vf){}, most);
}

// A window's four pixels are the rows of a register tile, so that its maximum is found in registers too.

/// Windows of a tile for each number of vectors: at least eight sums, which hide the latency of a multiply-add.
#define LS_WINDOWS 3
#if LS_LANES == 16
#define LS_WINDOW_TILES(X) X(1, 1) X(1, 2) X(1, 3) X(2, 1) X(2, 2) X(3, 1) X(4, 1)
static const int64_t ls_windows_of[LS_TILE_VECTORS] = {3, 2, 1, 1};
#else
#define LS_WINDOW_TILES(X) X(1, 1) X(1, 2) X(2, 1)
static const int64_t ls_windows_of[LS_TILE_VECTORS] = {2, 1};
#endif

/// What the tiles of a row of windows share.
typedef struct ls_window_row {
  const float *bias;         ///< of the panel; may be null
  int64_t segments, depth;   ///< rows of the kernel, floats in a row of it
  int64_t line, channels;    ///< floats between rows and pixels of the image
  const float *kernel;       ///< of the panel
  int64_t kernel_row;        ///< floats between its rows
  int64_t last, shift;       ///< columns of the last vector; first bit of the winners' words
  int64_t filters, words;    ///< floats and bytes between output pixels
} ls_window_row;

/// The products of some windows side by side.
LS_INLINE void ls_window_products(const ls_window_row *t, const float *image, int windows, int vectors,
                                  vf sums[LS_WINDOWS][4][LS_TILE_VECTORS]) {
  ls_mask mask = ls_mask_of(t->last);
  vf start[LS_TILE_VECTORS] = {};
  if (t->bias) ls_tile_load(t->bias, vectors, mask, start);
  LS_EACH(i, windows) LS_EACH(place, 4) LS_EACH(v, vectors) sums[i][place][v] = start[v];
  const float *b = t->kernel;
  const int64_t channels = t->channels, line = t->line, row_stride = t->kernel_row, depth = t->depth;
  for (int64_t a = 0; a < t->segments; a++, image += line) {
    for (int64_t k = 0; k < depth; k++, b += row_stride) {
      vf row[LS_TILE_VECTORS];
      ls_tile_load(b, vectors, mask, row);
      LS_EACH(i, windows) LS_EACH(place, 4) {
        vf value = ls_splat(image[(place / 2) * line + (2 * i + place % 2) * channels + k]);
        LS_EACH(v, vectors) sums[i][place][v] = ls_fma(value, row[v], sums[i][place][v]);
      }
    }
  }
}

/// Maxima and ReLU of a window's vectors. `nans`, a constant, says whether NaNs may be among them.
LS_INLINE void ls_window_end(const ls_window_row *t, int vectors, int nans, vf sums[4][LS_TILE_VECTORS], float *y,
                             uint8_t *winners) {
  ls_winners won = {};
  // A panel of narrow vectors may begin within a group.
  const int first = LS_LANES < LS_GROUP ? (int)t->shift : 0;
  if (winners && first) won = ls_winners_at(winners);
  LS_EACH(v, vectors) {
    int at = first + v * LS_LANES, shift = at % LS_GROUP;
    ls_quarter q = {{sums[0][v], sums[1][v]}, {sums[2][v], sums[3][v]}};
    ls_winners *bits = winners ? &won : 0;
    vf most = nans ? ls_pool_nans(&q, shift, bits) : ls_pool_numbers(&q, shift, bits);
    ls_put(y + v * LS_LANES, most, v < vectors - 1 ? LS_LANES : t->last);
    if (winners && (shift + LS_LANES == LS_GROUP || v == vectors - 1)) {
      memcpy(winners + at / LS_GROUP * LS_WINNERS, &won, LS_WINNERS);
      won = (ls_winners){};
    }
  }
}

/// Some windows: products, maximum, ReLU. `y` and `winners` (may be null) are those of the first.
LS_INLINE void ls_window_tile(const ls_window_row *t, const float *image, float *y, uint8_t *winners, int windows,
                              int vectors, int nans) {
  vf sums[LS_WINDOWS][4][LS_TILE_VECTORS];
  ls_window_products(t, image, windows, vectors, sums);
  LS_EACH(i, windows)
    ls_window_end(t, vectors, nans, sums[i], y + i * t->filters, winners ? winners + i * t->words : 0);
}

#define LS_WINDOW_TILE(vectors, windows)                                                                          \
  static void ls_window_##vectors##x##windows(const ls_window_row *t, const float *image, float *y, uint8_t *w) { \
    ls_window_tile(t, image, y, w, windows, vectors, 0);                                                          \
  }
#define LS_WINDOW_ENTRY(vectors, windows) [vectors - 1][windows - 1] = ls_window_##vectors##x##windows,
typedef void (*ls_window_function)(const ls_window_row *, const float *, float *, uint8_t *);
LS_WINDOW_TILES(LS_WINDOW_TILE)
static const ls_window_function ls_window_tiles[LS_TILE_VECTORS][LS_WINDOWS] = {LS_WINDOW_TILES(LS_WINDOW_ENTRY)};

/// A row of windows for one panel.
typedef void (*ls_window_row_function)(const ls_window_row *, int64_t vectors, int64_t windows, const float *image, float *y,
                                       uint8_t *winners);

static void ls_tiled_row(const ls_window_row *t, int64_t vectors, int64_t windows, const float *image, float *y,
                         uint8_t *winners) {
  ls_split split = ls_split_of(windows, ls_windows_of[vectors - 1]);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t size = ls_part_size(&split, part);
    ls_window_tiles[vectors - 1][size - 1](t, image, y, winners);
    image += 2 * size * t->channels;
    y += size * t->filters;
    if (winners) winners += size * t->words;
  }
}

/// The same where NaNs may win, in no haste.
static void ls_row_with_nans(const ls_window_row *t, int64_t vectors, int64_t windows, const float *image, float *y,
                             uint8_t *winners) {
  for (int64_t j = 0; j < windows; j++, image += 2 * t->channels, y += t->filters) {
    switch (vectors) {
      case 1: ls_window_tile(t, image, y, winners, 1, 1, 1); break;
      case 2: ls_window_tile(t, image, y, winners, 1, 2, 1); break;
#if LS_TILE_VECTORS > 2
      case 3: ls_window_tile(t, image, y, winners, 1, 3, 1); break;
      case 4: ls_window_tile(t, image, y, winners, 1, 4, 1); break;
#endif
    }
    if (winners) winners += t->words;
  }
}

// The commonest first layer, 3 by 3 on one channel: its kernel fits the registers beside the sums of one window. What else a
// window takes there, beside 36 multiply-adds a vector, weighs: a quarter less time than by tiles that look for NaNs.

LS_INLINE int ls_is_short(const ls_window2d *w) {
  return w->kernel_height == 3 && w->kernel_width == 3 && w->channels == 1;
}

/// Vectors of filters that fit.
#if LS_LANES == 16
#define LS_SHORT_VECTORS 2
#else
#define LS_SHORT_VECTORS 1
#endif

LS_INLINE ls_panels ls_short_panels(const ls_window2d *w) {
  return (ls_panels){w->filters, ls_split_of((w->filters + LS_LANES - 1) / LS_LANES, LS_SHORT_VECTORS)};
}

/// The 16 pixels of a window are loaded once each; its four places read 9 each. So few sums do not hide the latency of a
/// multiply-add, but those of the next window do.
LS_INLINE void ls_short_windows(const ls_window_row *t, int64_t windows, const float *image, float *y, uint8_t *winners,
                                int vectors) {
  ls_mask mask = ls_mask_of(t->last);
  vf start[LS_TILE_VECTORS] = {}, kernel[9][LS_TILE_VECTORS];
  if (t->bias) ls_tile_load(t->bias, vectors, mask, start);
  LS_EACH(k, 9) ls_tile_load(t->kernel + k * t->kernel_row, vectors, mask, kernel[k]);
  for (int64_t j = 0; j < windows; j++, image += 2, y += t->filters) {
    vf sums[4][LS_TILE_VECTORS];
    LS_EACH(place, 4) LS_EACH(v, vectors) sums[place][v] = start[v];
    LS_EACH(pixel, 16) {
      vf value = ls_splat(image[pixel / 4 * t->line + pixel % 4]);
      LS_EACH(place, 4) {
        int a = pixel / 4 - place / 2, b = pixel % 4 - place % 2;
        if (a < 0 || a > 2 || b < 0 || b > 2) continue;
        LS_EACH(v, vectors) sums[place][v] = ls_fma(value, kernel[3 * a + b][v], sums[place][v]);
      }
    }
    ls_window_end(t, vectors, 0, sums, y, winners);
    if (winners) winners += t->words;
  }
}

static void ls_short_row(const ls_window_row *t, int64_t vectors, int64_t windows, const float *image, float *y,
                         uint8_t *winners) {
  if (winners) {
    if (vectors == 1) ls_short_windows(t, windows, image, y, winners, 1);
    else ls_short_windows(t, windows, image, y, winners, LS_SHORT_VECTORS);
  } else {
    if (vectors == 1) ls_short_windows(t, windows, image, y, 0, 1);
    else ls_short_windows(t, windows, image, y, 0, LS_SHORT_VECTORS);
  }
}

static int64_t ls_pooled_forward_scratch(const ls_window2d *w) {
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  return ls_packed_size(w, &g, &panels) + g.canvas;
}

/// Whether no number is a NaN, or so large that a sum of products of two such could overflow: memory holds less than 2⁴⁷ of
/// them, and each is at most 2⁸⁰. An image's numbers are fewer than those that come out of it, so this is the cheap place to look.
static int ls_are_tame(int64_t count, const float *p) {
  vi most = {};
  for (int64_t i = 0; i < count; i += LS_LANES) {
    // Without their signs, floats are ordered as integers, NaNs last.
    vi size = (vi)ls_take(p + i, ls_lanes_left(i, count)) & 0x7fffffff, larger = size > most;
    most = (size & larger) | (most & ~larger);
  }
  return ls_bits(most > (vi)ls_splat(0x1p40f)) == 0;
}

/// All windows of one sample, for one panel.
static void ls_pooled_panel(const ls_pooling *p, ls_window_row_function row, const ls_window_row *t, int64_t vectors,
                            const float *image, float *y, uint8_t *winners) {
  for (int64_t i = 0; i < p->height; i++, image += 2 * t->line, y += p->width * t->filters) {
    row(t, vectors, p->width, image, y, winners);
    if (winners) winners += p->winners_line;
  }
}

static void ls_pooled_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                              const float *bias, float *y, uint8_t *winners, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_pooling pool = ls_pooling_of(w);
  int is_short = ls_is_short(w);
  ls_panels panels = is_short ? ls_short_panels(w) : ls_panels_of(w->filters);
  int64_t packed = is_short ? 0 : ls_packed_size(w, &g, &panels), taps = w->kernel_height * g.window_row;
  int is_tame = ls_are_tame(taps * w->filters, kernel) && (!bias || ls_are_tame(w->filters, bias));
  float *canvas = scratch + packed;
  if (packed) ls_pack(taps, &panels, kernel, scratch);
  if (g.canvas) memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++, y += pool.y_sample) {
    const float *image = x + n * g.x_sample;
    ls_window_row_function row = is_short ? ls_short_row : ls_tiled_row;
    if (!is_tame || !ls_are_tame(g.x_sample, image)) row = ls_row_with_nans;
    if (g.canvas) {
      ls_canvas_fill(w, &g, 1, image, canvas);
      image = canvas;
    }
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      ls_window_row t = {
          .bias = bias ? bias + panel.column : 0, .segments = w->kernel_height, .depth = g.window_row, .line = g.line,
          .channels = w->channels, .kernel = packed ? scratch + taps * panel.column : kernel + panel.column,
          .kernel_row = packed ? panel.columns : w->filters, .last = panel.last, .shift = panel.column % LS_GROUP,
          .filters = w->filters, .words = pool.groups * LS_WINNERS};
      ls_pooled_panel(&pool, row, &t, panel.vectors, image, y + panel.column,
                      winners ? winners + panel.column / LS_GROUP * LS_WINNERS : 0);
    }
    if (winners) winners += pool.winners_sample;
  }
}
