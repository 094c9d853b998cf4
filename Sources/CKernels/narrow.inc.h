// Dense layers with so few units that a row of the weights leaves lanes of its vectors empty: the last layer of a
// classifier. Here the lanes hold inputs, and the weights are wanted transposed, [units, inputs]: `ls_dense_prepare`.

/// Whether a quarter or more of the lanes would be empty.
static int ls_dense_is_narrow(int64_t inputs, int64_t units) {
  int64_t vectors = (units + LS_LANES - 1) / LS_LANES;
  return vectors <= 2 && 4 * units <= 3 * vectors * LS_LANES && inputs >= 4 * LS_LANES;
}

static int64_t ls_dense_prepared(int64_t inputs, int64_t units) {
  return ls_dense_is_narrow(inputs, units) ? inputs * units : 0;
}

static void ls_dense_prepare(int64_t inputs, int64_t units, const float *weights, float *prepared) {
  ls_transpose(inputs, units, weights, units, prepared, inputs);
}

/// Units and samples whose sums are in registers at once.
#define LS_NARROW_UNITS 12
#if LS_LANES == 16
#define LS_NARROW_SAMPLES 2
#else
#define LS_NARROW_SAMPLES 1
#endif

typedef struct ls_narrow {
  int64_t inputs;
  const float *x, *weights;
  const float *bias;  ///< may be null
  float *y;
  int64_t y_row;
} ls_narrow;

/// Lane i is the sum of the lanes of square[i]: a transposition that adds.
LS_INLINE vf ls_lane_sums(vf *square) {
  LS_EACH(stage, LS_LANES == 16 ? 4 : LS_LANES == 8 ? 3 : 2) {
    LS_EACH(i, LS_LANES / 2) {
      if (i < LS_LANES >> (stage + 1)) {
        vf left = square[i], right = square[i + (LS_LANES >> (stage + 1))];
        square[i] = __builtin_shufflevector(left, right, LS_ZIP_LOW) + __builtin_shufflevector(left, right, LS_ZIP_HIGH);
      }
    }
  }
  return square[0];
}

/// Each lane adds the products of every LS_LANES-th input; then the lanes are added in halves.
LS_INLINE void ls_narrow_tile(const ls_narrow *p, int samples, int units) {
  vf sums[LS_NARROW_SAMPLES][LS_NARROW_UNITS];
  LS_EACH(n, samples) LS_EACH(u, units) sums[n][u] = (vf){};
  int64_t k = 0, inputs = p->inputs;
  for (; k + LS_LANES <= inputs; k += LS_LANES) {
    vf x[LS_NARROW_SAMPLES];
    LS_EACH(n, samples) x[n] = ls_load(p->x + n * inputs + k);
    LS_EACH(u, units) {
      vf weights = ls_load(p->weights + u * inputs + k);
      LS_EACH(n, samples) sums[n][u] = ls_fma(x[n], weights, sums[n][u]);
    }
  }
  if (k < inputs) {
    ls_mask mask = ls_mask_of(inputs - k);
    LS_EACH(u, units) {
      vf weights = ls_load_masked(p->weights + u * inputs + k, mask);
      LS_EACH(n, samples) sums[n][u] = ls_fma(ls_load_masked(p->x + n * inputs + k, mask), weights, sums[n][u]);
    }
  }
  LS_EACH(n, samples) LS_EACH(group, (units + LS_LANES - 1) / LS_LANES) {
    vf square[LS_LANES];
    LS_EACH(i, LS_LANES) square[i] = group * LS_LANES + i < units ? sums[n][group * LS_LANES + i] : (vf){};
    int left = units - group * LS_LANES;
    ls_mask mask = ls_mask_of(left < LS_LANES ? left : LS_LANES);
    vf sum = ls_lane_sums(square);
    if (p->bias) sum += ls_load_masked(p->bias + group * LS_LANES, mask);
    ls_store_masked(p->y + n * p->y_row + group * LS_LANES, sum, mask);
  }
}

#define LS_NARROW_SIZES(X, samples) LS_UP_TO_10(X, samples) X(11, samples) X(12, samples)
#define LS_NARROW_TILE(units, samples) \
  static void ls_narrow_##samples##x##units(const ls_narrow *p) { ls_narrow_tile(p, samples, units); }
#define LS_NARROW_ENTRY(units, samples) [samples - 1][units - 1] = ls_narrow_##samples##x##units,
LS_NARROW_SIZES(LS_NARROW_TILE, 1)
#if LS_NARROW_SAMPLES == 2
LS_NARROW_SIZES(LS_NARROW_TILE, 2)
#endif
static void (*const ls_narrow_tiles[LS_NARROW_SAMPLES][LS_NARROW_UNITS])(const ls_narrow *) = {
    LS_NARROW_SIZES(LS_NARROW_ENTRY, 1)
#if LS_NARROW_SAMPLES == 2
    LS_NARROW_SIZES(LS_NARROW_ENTRY, 2)
#endif
};

static void ls_narrow_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *prepared,
                              const float *bias, float *y) {
  ls_split tiles = ls_split_of(units, LS_NARROW_UNITS);
  for (int64_t n = 0; n < samples; n += LS_NARROW_SAMPLES) {
    int64_t rows = samples - n < LS_NARROW_SAMPLES ? samples - n : LS_NARROW_SAMPLES;
    for (int64_t tile = 0; tile < tiles.parts; tile++) {
      int64_t first = ls_part_start(&tiles, tile);
      ls_narrow p = {.inputs = inputs, .x = x + n * inputs, .weights = prepared + first * inputs,
                     .bias = bias ? bias + first : 0, .y = y + n * units + first, .y_row = units};
      ls_narrow_tiles[rows - 1][ls_part_size(&tiles, tile) - 1](&p);
    }
  }
}

/// The gradient of the weights transposed, a panel of inputs at a time, and turned round. The sums are those of
/// `ls_dense_weight_gradient`.
static void ls_narrow_weight_gradient(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                                      float *weight_gradient) {
  enum { WIDTH = LS_TILE_VECTORS * LS_LANES };
  float transposed[2 * LS_LANES * WIDTH] __attribute__((aligned(64)));  // [units, inputs of the panel]
  ls_panels panels = ls_panels_of(inputs);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split rows = ls_split_of(units, ls_outer_rows[panel.vectors - 1]);
    for (int64_t tile = 0; tile < rows.parts; tile++) {
      int64_t first = ls_part_start(&rows, tile), size = ls_part_size(&rows, tile);
      ls_outer p = {.tile = {.c = transposed + first * WIDTH, .c_row = WIDTH, .last = panel.last},
                    .images = 1, .lines = 1, .pixels = samples, .a_pixel = units, .b = x + panel.column,
                    .b_pixel = inputs};
      for (int64_t r = 0; r < size; r++) p.a[r] = dy + first + r;
      ls_outer_tiles[panel.vectors - 1][size - 1](&p);
    }
    ls_transpose(units, panel.columns, transposed, WIDTH, weight_gradient + panel.column * units, units);
  }
}
