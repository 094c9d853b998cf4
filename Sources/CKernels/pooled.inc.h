// Convolution, ReLU and 2 by 2 max-pooling in one, and the backward passes that follow.
//
// Forward, two rows of the convolution at a time are pooled while they lie in the first-level cache: the full image is
// never written, and what pooling does not read is not computed. Of each window remain its maximum and three bits: the
// winner's place and whether it is positive.
//
// Backward, at most one pixel in four has a gradient for a filter, the winner of a positive window. Two ways use it:
// lists of those pixels (sparse.inc.h), where a filter's window is long enough for vectors, and else the dense kernels
// on two unpooled rows at a time, again in the first-level cache.

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

/// Of two values the larger, and a mask of the lanes that the second won: as in pooling.inc.h, the first of equals and
/// a NaN win.
LS_INLINE vf ls_duel(vf a, vf b, vi *second) {
  *second = ~(b <= a) & (a == a);
  return ls_select(*second, b, a);
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

/// A row of windows, for the filters of a panel: `above` and `below` are two rows of the convolution, as wide as the
/// panel. `winners` may be null.
static void ls_pool_rows(const ls_window2d *w, const ls_pooling *p, const ls_panel *panel, const float *above,
                         const float *below, float *y, uint8_t *winners) {
  for (int64_t j = 0; j < p->width; j++, above += 2 * panel->columns, below += 2 * panel->columns) {
    float *pixel = y + j * w->filters + panel->column;
    for (int64_t c = 0; c < panel->columns;) {
      int64_t filter = panel->column + c, shift = filter % LS_GROUP;
      uint8_t *words = winners ? winners + (j * p->groups + filter / LS_GROUP) * LS_WINNERS : 0;
      // A panel of narrow vectors may begin within a group.
      ls_winners won = {};
      if (winners && shift) won = ls_winners_at(words);
      for (; c < panel->columns && shift < LS_GROUP; c += LS_LANES, shift += LS_LANES) {
        int64_t lanes = ls_lanes_left(c, panel->columns);
        const float *a = above + c, *b = below + c;
        vf most = ls_pool_vector(ls_take(a, lanes), ls_take(a + panel->columns, lanes), ls_take(b, lanes),
                                 ls_take(b + panel->columns, lanes), (int)shift, &won);
        ls_put(pixel + c, most, lanes);
      }
      if (winners) memcpy(words, &won, LS_WINNERS);
    }
  }
}

/// Two rows of the convolution for one panel.
LS_INLINE int64_t ls_pooled_strip(const ls_window2d *w) { return 2 * (int64_t)w->out_width * w->filters; }

static int64_t ls_pooled_forward_scratch(const ls_window2d *w) {
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  return ls_packed_size(w, &g, &panels) + g.canvas + ls_pooled_strip(w);
}

static void ls_pooled_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                              const float *bias, float *y, uint8_t *winners, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_pooling pool = ls_pooling_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  int64_t packed = ls_packed_size(w, &g, &panels), taps = w->kernel_height * g.window_row;
  float *canvas = scratch + packed, *strip = canvas + g.canvas;
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
      ls_product p = {.tile = {.start = bias ? bias + panel.column : 0, .c_row = panel.columns, .last = panel.last},
                      .segments = w->kernel_height, .depth = g.window_row, .a_row = w->channels, .a_segment = g.line,
                      .b = packed ? scratch + taps * panel.column : kernel, .b_row = panel.columns,
                      .b_segment = g.window_row * panel.columns};
      float *below = strip + pool.columns * panel.columns;
      for (int64_t i = 0; i < pool.height; i++) {
        p.tile.c = strip;
        p.a = image + 2 * i * g.line;
        ls_product_run(p, pool.columns, panel.vectors);
        p.tile.c = below;
        p.a += g.line;
        ls_product_run(p, pool.columns, panel.vectors);
        ls_pool_rows(w, &pool, &panel, strip, below, y + i * pool.width * w->filters,
                     winners ? winners + i * pool.winners_line : 0);
      }
    }
    if (winners) winners += pool.winners_sample;
  }
}

/// The reverse of `ls_pool_rows`, all filters: the gradient of a row of pooled pixels goes to the winners, `columns`
/// pixels in each of two rows.
static void ls_unpool_rows(const ls_window2d *w, const ls_pooling *p, const float *dy, const uint8_t *winners,
                           float *above, float *below) {
  const vf zero = {};
  for (int64_t j = 0; j < p->width; j++, dy += w->filters, above += 2 * w->filters, below += 2 * w->filters) {
    for (int64_t c = 0; c < w->filters; c += LS_LANES) {
      ls_winners won = ls_winners_at(winners + (j * p->groups + c / LS_GROUP) * LS_WINNERS);
      int shift = (int)(c % LS_GROUP);
      int64_t lanes = ls_lanes_left(c, w->filters);
      vi right = ls_lanes_of(won.column >> shift), low = ls_lanes_of(won.row >> shift);
      vf g = ls_select(ls_lanes_of(won.positive >> shift), ls_take(dy + c, lanes), zero);
      vf up = ls_select(low, zero, g), down = ls_select(low, g, zero);
      ls_put(above + c, ls_select(right, zero, up), lanes);
      ls_put(above + w->filters + c, ls_select(right, up, zero), lanes);
      ls_put(below + c, ls_select(right, zero, down), lanes);
      ls_put(below + w->filters + c, ls_select(right, down, zero), lanes);
    }
  }
}

/// The bias's gradient: of each filter the sum over its positive windows, in four interleaved sums. `dy` and `winners`
/// are `samples` samples.
static void ls_pooled_bias_gradient(const ls_window2d *w, const ls_pooling *p, int64_t samples, const float *dy,
                                    const uint8_t *winners, float *bias_gradient) {
  int64_t windows = samples * p->height * p->width, stride = p->groups * LS_WINNERS;
  for (int64_t c = 0; c < w->filters; c += LS_LANES) {
    int64_t lanes = ls_lanes_left(c, w->filters);
    const uint8_t *words = winners + c / LS_GROUP * LS_WINNERS;
    int shift = (int)(c % LS_GROUP);
    vf sums[4] = {};
    for (int64_t i = 0; i < windows; i += 4) {
      LS_EACH(k, 4) if (i + k < windows) {
        vi positive = ls_lanes_of(ls_winners_at(words + (i + k) * stride).positive >> shift);
        sums[k] += ls_select(positive, ls_take(dy + (i + k) * w->filters + c, lanes), (vf){});
      }
    }
    ls_put(bias_gradient + c, (sums[0] + sums[1]) + (sums[2] + sums[3]), lanes);
  }
}
