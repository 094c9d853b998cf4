// The weight gradient of a pooled convolution whose windows are too short for lists: first layers.

/// The reverse of pooling: the gradient of a row of pooled pixels goes to the winners, `columns`
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

// First layers have windows too short for vectors, so vectors hold filters: every float of a window has its sums in
// registers, and a filter's gradient is masked to its winner's place.

/// A panel's sums over one sample, taken up from `gradient` where `resume` is set.
LS_INLINE void ls_masked_tile(const ls_window2d *w, const ls_pooling *p, const float *image, int64_t line,
                              const float *dy, const uint8_t *winners, const ls_panel *panel, float *gradient,
                              int resume, int vectors) {
  vf sums[9][LS_SHORT_VECTORS];
  ls_mask mask = ls_mask_of(panel->last);
  gradient += panel->column;
  LS_EACH(k, 9) {
    LS_EACH(v, vectors) sums[k][v] = (vf){};
    if (resume) ls_tile_load(gradient + k * w->filters, vectors, mask, sums[k]);
  }
  for (int64_t i = 0; i < p->height; i++) {
    for (int64_t j = 0; j < p->width; j++) {
      const int64_t at = i * p->width + j;
      const float *corner = image + 2 * i * line + 2 * j;
      vf g[LS_SHORT_VECTORS], places[4][LS_SHORT_VECTORS];
      ls_tile_load(dy + at * w->filters + panel->column, vectors, mask, g);
      LS_EACH(v, vectors) {
        int64_t c = panel->column + v * LS_LANES;
        ls_winners won = ls_winners_at(winners + (at * p->groups + c / LS_GROUP) * LS_WINNERS);
        int shift = (int)(c % LS_GROUP);
        LS_EACH(place, 4) {
          places[place][v] = ls_select(ls_lanes_of(ls_won_at(won, place) >> shift), g[v], (vf){});
        }
      }
      LS_EACH(place, 4) LS_EACH(tap, 9) {
        vf value = ls_splat(corner[(place / 2 + tap / 3) * line + place % 2 + tap % 3]);
        LS_EACH(v, vectors) sums[tap][v] = ls_fma(value, places[place][v], sums[tap][v]);
      }
    }
  }
  LS_EACH(k, 9) ls_tile_store(gradient + k * w->filters, vectors, mask, sums[k]);
}

static void ls_masked_sample(const ls_window2d *w, const ls_pooling *p, const float *image, int64_t line,
                             const float *dy, const uint8_t *winners, float *gradient, int resume) {
  ls_panels panels = ls_short_panels(w);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    if (panel.vectors == 1) ls_masked_tile(w, p, image, line, dy, winners, &panel, gradient, resume, 1);
    else ls_masked_tile(w, p, image, line, dy, winners, &panel, gradient, resume, LS_SHORT_VECTORS);
  }
}

static int64_t ls_unpooled_scratch(const ls_window2d *w) {
  return ls_geometry_of(w).canvas + 4 * (int64_t)(w->out_width / 2) * w->filters;
}

/// Without lists: the windows masked or, row after row, unpooled and put through the tiles of the plain convolution.
static void ls_unpooled_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                        const uint8_t *winners, float *kernel_gradient, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_pooling p = ls_pooling_of(w);
  float *canvas = scratch, *strip = scratch + g.canvas;
  ls_window2d rows = *w;
  rows.out_height = 2;
  rows.out_width = (int32_t)p.columns;
  g.y_line = p.columns * w->filters;
  if (samples == 0) memset(kernel_gradient, 0, (size_t)(w->kernel_height * g.window_row * w->filters) * sizeof(float));
  if (g.canvas) memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    const float *image = x + n * g.x_sample;
    if (g.canvas) {
      ls_canvas_fill(w, &g, 1, image, canvas);
      image = canvas;
    }
    if (ls_is_short(w)) {
      ls_masked_sample(w, &p, image, g.line, dy, winners, kernel_gradient, n > 0);
      dy += p.y_sample;
      winners += p.winners_sample;
      continue;
    }
    for (int64_t i = 0; i < p.height; i++, dy += p.width * w->filters, winners += p.winners_line) {
      ls_unpool_rows(w, &p, dy, winners, strip, strip + g.y_line);
      ls_convolution_weight_pass(&rows, &g, 1, image + 2 * i * g.line, 0, strip, kernel_gradient, n + i > 0);
    }
  }
}
