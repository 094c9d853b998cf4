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

/// One vector of a window: maximum, ReLU, and the winners' bits at `shift`.
LS_INLINE vf ls_pool_vector(vf v00, vf v01, vf v10, vf v11, int shift, ls_winners *winners) {
  vi right_above, right_below, below;
  vf above = ls_duel(v00, v01, &right_above);
  vf most = ls_duel(above, ls_duel(v10, v11, &right_below), &below);
  vi positive = most > 0;
  winners->column |= (uint16_t)(ls_bits((right_above & ~below) | (right_below & below)) << shift);
  winners->row |= (uint16_t)(ls_bits(below) << shift);
  winners->positive |= (uint16_t)(ls_bits(positive) << shift);
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
LS_INLINE void ls_window_products(const ls_window_row *t, const float *image, int64_t segments, int64_t depth,
                                  int windows, int vectors, vf sums[LS_WINDOWS][4][LS_TILE_VECTORS]) {
  ls_mask mask = ls_mask_of(t->last);
  vf start[LS_TILE_VECTORS] = {};
  if (t->bias) ls_tile_load(t->bias, vectors, mask, start);
  LS_EACH(i, windows) LS_EACH(place, 4) LS_EACH(v, vectors) sums[i][place][v] = start[v];
  const float *b = t->kernel;
  const int64_t channels = t->channels, line = t->line, row_stride = t->kernel_row;
  for (int64_t a = 0; a < segments; a++, image += line) {
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

/// Some windows: products, maximum, ReLU. `y` and `winners` (may be null) are those of the first.
LS_INLINE void ls_window_tile(const ls_window_row *t, const float *image, float *y, uint8_t *winners, int windows,
                              int vectors) {
  vf sums[LS_WINDOWS][4][LS_TILE_VECTORS];
  // The commonest first layer, 3 by 3 on one channel, with constants: its loops unroll.
  if (t->segments == 3 && t->depth == 3) ls_window_products(t, image, 3, 3, windows, vectors, sums);
  else ls_window_products(t, image, t->segments, t->depth, windows, vectors, sums);
  LS_EACH(i, windows) {
    ls_winners won = {};
    // A panel of narrow vectors may begin within a group.
    if (winners && t->shift) won = ls_winners_at(winners + i * t->words);
    LS_EACH(v, vectors) {
      int shift = (int)(t->shift + v * LS_LANES) % LS_GROUP;
      vf most = ls_pool_vector(sums[i][0][v], sums[i][1][v], sums[i][2][v], sums[i][3][v], shift, &won);
      ls_put(y + i * t->filters + v * LS_LANES, most, v < vectors - 1 ? LS_LANES : t->last);
      if (shift + LS_LANES == LS_GROUP || v == vectors - 1) {
        if (winners) memcpy(winners + i * t->words + (t->shift + v * LS_LANES) / LS_GROUP * LS_WINNERS, &won, LS_WINNERS);
        won = (ls_winners){};
      }
    }
  }
}

#define LS_WINDOW_TILE(vectors, windows)                                                                          \
  static void ls_window_##vectors##x##windows(const ls_window_row *t, const float *image, float *y, uint8_t *w) { \
    ls_window_tile(t, image, y, w, windows, vectors);                                                             \
  }
#define LS_WINDOW_ENTRY(vectors, windows) [vectors - 1][windows - 1] = ls_window_##vectors##x##windows,
typedef void (*ls_window_function)(const ls_window_row *, const float *, float *, uint8_t *);
LS_WINDOW_TILES(LS_WINDOW_TILE)
static const ls_window_function ls_window_tiles[LS_TILE_VECTORS][LS_WINDOWS] = {LS_WINDOW_TILES(LS_WINDOW_ENTRY)};

static int64_t ls_pooled_forward_scratch(const ls_window2d *w) {
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  return ls_packed_size(w, &g, &panels) + g.canvas;
}

/// All windows of one sample, for one panel.
static void ls_pooled_panel(const ls_pooling *p, const ls_window_row *t, int64_t vectors, const float *image, float *y,
                            uint8_t *winners) {
  const int64_t most = ls_windows_of[vectors - 1];
  for (int64_t i = 0; i < p->height; i++) {
    for (int64_t j = 0; j < p->width;) {
      int64_t windows = p->width - j < most ? p->width - j : most, pixel = i * p->width + j;
      ls_window_tiles[vectors - 1][windows - 1](t, image + 2 * (i * t->line + j * t->channels), y + pixel * t->filters,
                                                winners ? winners + pixel * t->words : 0);
      j += windows;
    }
  }
}

static void ls_pooled_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                              const float *bias, float *y, uint8_t *winners, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_pooling pool = ls_pooling_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  int64_t packed = ls_packed_size(w, &g, &panels), taps = w->kernel_height * g.window_row;
  float *canvas = scratch + packed;
  if (packed) ls_pack(taps, &panels, kernel, scratch);
  if (g.canvas) memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++, y += pool.y_sample) {
    const float *image = x + n * g.x_sample;
    if (g.canvas) {
      ls_canvas_fill(w, &g, 1, image, canvas);
      image = canvas;
    }
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      ls_window_row t = {
          .bias = bias ? bias + panel.column : 0, .segments = w->kernel_height, .depth = g.window_row, .line = g.line,
          .channels = w->channels, .kernel = packed ? scratch + taps * panel.column : kernel,
          .kernel_row = panel.columns, .last = panel.last, .shift = panel.column % LS_GROUP, .filters = w->filters,
          .words = pool.groups * LS_WINNERS};
      ls_pooled_panel(&pool, &t, panel.vectors, image, y + panel.column,
                      winners ? winners + panel.column / LS_GROUP * LS_WINNERS : 0);
    }
    if (winners) winners += pool.winners_sample;
  }
}
