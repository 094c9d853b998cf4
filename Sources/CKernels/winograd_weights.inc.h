// The weights of Winograd's convolution: U = G g Gᵀ, laid out for its products, and their gradient.

// MARK: Preparation

/// U of one vector of filters: tap (i, j) of the kernel is taps[3 * i + j].
LS_INLINE void ls_winograd_weights(ls_extent tile, const vf *taps, float *u, int64_t position) {
  ls_square square;
  LS_EACH(i, 3) LS_EACH(j, 3) square[i][j] = taps[3 * i + j];
  ls_both_axes(ls_winograd_weight_axis, tile, (ls_extent){3, 3}, ls_span_of(tile), square);
  ls_positions_store(ls_span_of(tile), square, u, position);
}

/// U of one panel of the filters, for `forward`.
LS_INLINE void ls_winograd_prepare_forward(ls_extent tile, const ls_window2d *w, const ls_panel *panel, const float *kernel,
                                           float *u) {
  int64_t tap = (int64_t)w->channels * w->filters;
  int64_t position = ls_winograd_position(w->channels, panel->vectors * LS_LANES);
  for (int64_t c = 0; c < w->channels; c++) {
    for (int64_t j = 0; j < panel->columns; j += LS_LANES, u += LS_LANES) {
      ls_mask mask = ls_mask_of(ls_lanes_left(j, panel->columns));
      const float *from = kernel + c * w->filters + panel->column + j;
      vf taps[9];
      LS_EACH(t, 9) taps[t] = ls_load_masked(from + t * tap, mask);
      ls_winograd_weights(tile, taps, u, position);
    }
  }
}

/// U of one panel of the channels, for `input_gradient`: of the kernel rotated, and transposed a square of LS_LANES
/// channels by LS_LANES filters at a time.
LS_INLINE void ls_winograd_prepare_transposed(ls_extent tile, const ls_window2d *w, const ls_panel *panel,
                                              const float *kernel, float *u) {
  int64_t tap = (int64_t)w->channels * w->filters, columns = panel->vectors * LS_LANES;
  for (int64_t f = 0; f < w->filters; f += LS_LANES) {
    int64_t filters = ls_lanes_left(f, w->filters);
    for (int64_t j = 0; j < panel->columns; j += LS_LANES) {
      float squares[9][LS_LANES * LS_LANES] __attribute__((aligned(64)));
      memset(squares, 0, sizeof squares);
      for (int t = 0; t < 9; t++)
        ls_transpose(ls_lanes_left(j, panel->columns), filters,
                     kernel + (8 - t) * tap + (panel->column + j) * w->filters + f, w->filters, squares[t], LS_LANES);
      for (int64_t i = 0; i < filters; i++) {
        vf taps[9];
        LS_EACH(t, 9) taps[t] = ls_load(squares[t] + i * LS_LANES);
        ls_winograd_weights(tile, taps, u + (f + i) * columns + j, ls_winograd_position(w->filters, columns));
      }
    }
  }
}

static int64_t ls_winograd_prepared(const ls_window2d *w, int32_t tile, ls_convolution_pass pass) {
  if (pass == LS_WEIGHT_GRADIENT) return 0;
  ls_window2d window = ls_winograd_window(w, pass);
  int64_t count = 0;
  for (int kind = 0; kind < LS_WINOGRAD_KINDS; kind++) {
    ls_winograd g = ls_winograd_of_kind(&window, tile, kind);
    count += ls_winograd_weights_count(&g, window.channels);
  }
  return count;
}

/// U for the tiles of one kind.
static void ls_winograd_prepare_kind(const ls_winograd *g, const ls_window2d *w, ls_convolution_pass pass,
                                     const float *kernel, float *prepared) {
  int64_t channels = pass == LS_INPUT_GRADIENT ? w->filters : w->channels;
  for (int64_t part = 0; part < g->panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&g->panels, part);
    float *u = prepared + ls_winograd_weights_before(g, part, channels);
    if (pass == LS_INPUT_GRADIENT) LS_WITH_TILE(g->tile, ls_winograd_prepare_transposed, w, &panel, kernel, u);
    else LS_WITH_TILE(g->tile, ls_winograd_prepare_forward, w, &panel, kernel, u);
  }
}

static void ls_winograd_prepare(const ls_window2d *w, int32_t tile, ls_convolution_pass pass, const float *kernel,
                                float *prepared) {
  if (pass == LS_WEIGHT_GRADIENT) return;
  ls_window2d window = ls_winograd_window(w, pass);
  for (int kind = 0; kind < LS_WINOGRAD_KINDS; kind++) {
    ls_winograd g = ls_winograd_of_kind(&window, tile, kind);
    if (g.tiles == 0) continue;
    ls_winograd_prepare_kind(&g, w, pass, kernel, prepared);
    prepared += ls_winograd_weights_count(&g, window.channels);
  }
}

// MARK: Gradient

/// The gradient of M of `count` tiles from tile `first` on, and one matrix more: the sums of their pixels, for the bias.
LS_INLINE void ls_winograd_gradients_of(ls_extent tile, const ls_winograd *g, const ls_window2d *w, int64_t first,
                                        int64_t count, const float *dy, float *m) {
  int64_t position = ls_winograd_position(LS_WINOGRAD_BLOCK, w->filters);
  for (int64_t t = first; t < first + count; t++, m += w->filters) {
    ls_patch p = ls_patch_of_output(g, w, t);
    if (ls_patch_is_whole(&p, tile)) ls_winograd_gradient_tile(tile, 1, &p, w->filters, dy, m, position);
    else ls_winograd_gradient_tile(tile, 0, &p, w->filters, dy, m, position);
  }
}

static void ls_winograd_gradients(const ls_winograd *g, const ls_window2d *w, int64_t first, int64_t count,
                                  const float *dy, float *m) {
  if (g->tile.rows == 2) ls_winograd_gradients_of((ls_extent){2, 2}, g, w, first, count, dy, m);
  else ls_winograd_gradients_of((ls_extent){4, 4}, g, w, first, count, dy, m);
}

/// The gradient of one position of U: the sum of v[t, c] * m[t, f] over the tiles of a block, on top of what is there where
/// `resume` is set.
static void ls_winograd_outer_product(const ls_winograd *g, const ls_window2d *w, int64_t tiles, const float *v,
                                      const float *m, float *u, int resume) {
  for (int64_t part = 0; part < g->panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&g->panels, part);
    ls_split rows = ls_split_of(w->channels, ls_outer_rows[panel.vectors - 1]);
    for (int64_t row = 0; row < rows.parts; row++) {
      int64_t first = ls_part_start(&rows, row), size = ls_part_size(&rows, row);
      float *c = u + first * w->filters + panel.column;
      ls_outer p = {
          .tile = {.start = resume ? c : 0, .start_row = w->filters, .c = c, .c_row = w->filters, .last = panel.last},
          .images = 1, .lines = 1, .pixels = tiles, .a_pixel = w->channels,
          .b = m + panel.column, .b_pixel = w->filters};
      for (int64_t r = 0; r < size; r++) p.a[r] = v + first + r;
      ls_outer_tiles[panel.vectors - 1][size - 1](&p);
    }
  }
}

/// The kernel's gradient, Gᵀ dU G, from that of U, whose positions are `position` floats apart.
LS_INLINE void ls_winograd_weight_gradients(ls_extent tile, int64_t weights, const float *u, int64_t position,
                                            float *gradient) {
  for (int64_t next = 0; next < weights; next += LS_LANES) {
    int64_t at = ls_first_channel(next, weights);
    ls_square square;
    ls_positions_load(ls_span_of(tile), u + at, position, square);
    ls_both_axes(ls_winograd_weight_gradient_axis, tile, ls_span_of(tile), (ls_extent){3, 3}, square);
    LS_EACH(i, 3) LS_EACH(j, 3) ls_store(gradient + (3 * i + j) * weights + at, square[i][j]);
  }
}

/// Beside V there are the gradient of M, with a matrix for the bias, and that of U, [channels, filters] for each position:
/// it stays in memory over all blocks.
static void ls_winograd_weight_gradient(const ls_window2d *w, int32_t tile, int64_t samples, const float *x,
                                        const float *dy, float *kernel_gradient, float *bias_gradient, float *scratch) {
  ls_winograd g = ls_winograd_of(w, tile);
  int64_t output = ls_winograd_position(LS_WINOGRAD_BLOCK, w->filters);
  int64_t weights = (int64_t)w->channels * w->filters, position = ls_winograd_position(w->channels, w->filters);
  float *v = scratch, *m = v + g.positions * g.input, *u = m + (g.positions + 1) * output;
  ls_split blocks = ls_winograd_blocks(&g, samples);
  int64_t block = 0;
  do {  // once also where there is no tile: sums of nothing
    int64_t first = ls_part_start(&blocks, block), count = blocks.parts ? ls_part_size(&blocks, block) : 0;
    ls_winograd_inputs(&g, w, first, count, x, v);
    ls_winograd_gradients(&g, w, first, count, dy, m);
    for (int64_t k = 0; k < g.positions; k++)
      ls_winograd_outer_product(&g, w, count, v + k * g.input, m + k * output, u + k * position, block > 0);
    if (bias_gradient) ls_column_sums(count, w->filters, m + g.positions * output, bias_gradient, block > 0);
  } while (++block < blocks.parts);
  if (tile == 2) ls_winograd_weight_gradients((ls_extent){2, 2}, weights, u, position, kernel_gradient);
  else ls_winograd_weight_gradients((ls_extent){4, 4}, weights, u, position, kernel_gradient);
}

static int64_t ls_winograd_scratch(const ls_window2d *w, int32_t tile, ls_convolution_pass pass) {
  ls_window2d window = ls_winograd_window(w, pass);
  ls_winograd g = ls_winograd_of(&window, tile);
  if (pass != LS_WEIGHT_GRADIENT) return g.positions * (g.input + g.output);
  return g.positions * (g.input + ls_winograd_position(w->channels, w->filters)) +
         (g.positions + 1) * ls_winograd_position(LS_WINOGRAD_BLOCK, w->filters);
}
