// Dense layers: the tiles of gemm.inc.h on matrices.

/// Rows of the weights that one pass of `forward` takes: with a panel of columns they stay in the first-level cache
/// while all tiles of samples use them.
#define LS_DENSE_DEPTH 128

static void ls_dense_forward_full(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                                  const float *bias, float *y) {
  ls_panels panels = ls_panels_of(units);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    for (int64_t k = 0; k < inputs; k += LS_DENSE_DEPTH) {
      float *c = y + panel.column;
      ls_product p = {
          .tile = {.start = k ? c : bias ? bias + panel.column : 0, .start_row = k ? units : 0, .c = c, .c_row = units,
                   .last = panel.last},
          .segments = 1, .depth = inputs - k < LS_DENSE_DEPTH ? inputs - k : LS_DENSE_DEPTH,
          .a = x + k, .a_row = inputs, .b = weights + k * units + panel.column, .b_row = units};
      ls_product_run(p, samples, panel.vectors);
    }
  }
}

static void ls_dense_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                             const float *prepared, const float *bias, float *y) {
  if (ls_dense_is_narrow(inputs, units)) return ls_narrow_forward(samples, inputs, units, x, prepared, bias, y);
  for (int64_t n = 0; n < samples;) {
    // Neighbouring groups of samples that are not sparse go together.
    int64_t first = n, group = 0;
    while (n < samples) {
      group = samples - n < LS_SKIP_SAMPLES ? samples - n : LS_SKIP_SAMPLES;
      if (ls_skip_pays(group * inputs, units, x + n * inputs)) break;
      n += group;
    }
    if (n > first) ls_dense_forward_full(n - first, inputs, units, x + first * inputs, weights, bias, y + first * units);
    if (n == samples) return;
    ls_skip_forward(group, inputs, units, x + n * inputs, weights, bias, y + n * units);
    n += group;
  }
}

static void ls_wide_weight_gradient(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                                    float *weight_gradient) {
  ls_panels panels = ls_panels_of(units);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split rows = ls_split_of(inputs, ls_outer_rows[panel.vectors - 1]);
    for (int64_t tile = 0; tile < rows.parts; tile++) {
      int64_t first = ls_part_start(&rows, tile), size = ls_part_size(&rows, tile);
      ls_outer p = {
          .tile = {.c = weight_gradient + first * units + panel.column, .c_row = units, .last = panel.last},
          .images = 1, .lines = 1, .pixels = samples, .a_pixel = inputs, .b = dy + panel.column, .b_pixel = units};
      for (int64_t r = 0; r < size; r++) p.a[r] = x + first + r;
      ls_outer_tiles[panel.vectors - 1][size - 1](&p);
    }
  }
}

static void ls_dense_weight_gradient(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                                     float *weight_gradient, float *bias_gradient) {
  if (ls_dense_is_narrow(inputs, units)) {
    ls_narrow_weight_gradient(samples, inputs, units, x, dy, weight_gradient);
  } else {
    ls_wide_weight_gradient(samples, inputs, units, x, dy, weight_gradient);
  }
  if (bias_gradient) ls_column_sums(samples, units, dy, bias_gradient, 0);
}

static void ls_dense_bias_gradient(int64_t samples, int64_t units, const float *dy, float *bias_gradient) {
  ls_column_sums(samples, units, dy, bias_gradient, 0);
}

// The input gradient is computed transposed: its rows are inputs, its columns samples. Then the weights are read as
// they lie, once for each LS_DENSE_GROUP samples, and only the small matrices are transposed.
#define LS_DENSE_GROUP (2 * LS_LANES)
#define LS_DENSE_UNITS 512

static void ls_dense_input_gradient(int64_t samples, int64_t inputs, int64_t units, const float *dy,
                                    const float *weights, const float *prepared, float *dx) {
  if (ls_dense_is_narrow(inputs, units)) return ls_dense_forward_full(samples, units, inputs, dy, prepared, 0, dx);
  float gradient[LS_DENSE_UNITS * LS_DENSE_GROUP] __attribute__((aligned(64)));  // [units, samples]
  float sums[LS_TILE_ROWS * LS_DENSE_GROUP] __attribute__((aligned(64)));        // [inputs, samples]
  for (int64_t n = 0; n < samples; n += LS_DENSE_GROUP) {
    int64_t group = samples - n < LS_DENSE_GROUP ? samples - n : LS_DENSE_GROUP;
    int64_t vectors = (group + LS_LANES - 1) / LS_LANES, columns = vectors * LS_LANES;
    ls_split tiles = ls_split_of(inputs, ls_product_rows[vectors - 1]);
    for (int64_t u = 0; u < units; u += LS_DENSE_UNITS) {
      int64_t depth = units - u < LS_DENSE_UNITS ? units - u : LS_DENSE_UNITS;
      memset(gradient, 0, (size_t)(depth * columns) * sizeof(float));
      ls_transpose(group, depth, dy + n * units + u, units, gradient, columns);
      for (int64_t tile = 0; tile < tiles.parts; tile++) {
        int64_t first = ls_part_start(&tiles, tile), size = ls_part_size(&tiles, tile);
        if (u) ls_transpose(group, size, dx + n * inputs + first, inputs, sums, columns);
        ls_product p = {
            .tile = {.start = u ? sums : 0, .start_row = columns, .c = sums, .c_row = columns, .last = LS_LANES},
            .segments = 1, .depth = depth, .a = weights + first * units + u, .a_row = units,
            .b = gradient, .b_row = columns};
        ls_product_tiles[vectors - 1][size - 1](&p);
        ls_transpose(size, group, sums, columns, dx + n * inputs + first, inputs);
      }
    }
  }
}

#define LS_DENSE_KERNELS                                \
  {                                                     \
      .prepared = ls_dense_prepared,                    \
      .prepare = ls_dense_prepare,                      \
      .forward = ls_dense_forward,                      \
      .weight_gradient = ls_dense_weight_gradient,      \
      .input_gradient = ls_dense_input_gradient,        \
      .keep = ls_dense_keep,                            \
      .deferred_gradient = ls_dense_deferred_gradient,  \
      .bias_gradient = ls_dense_bias_gradient,          \
  }
