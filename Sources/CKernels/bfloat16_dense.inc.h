// Dense layers in bfloat16. The weights come prepared, in words of two rows one below the other: y = x W takes those of
// W, and dx = dy Wᵀ, which is the same product, those of Wᵀ.

/// Samples that go through the weights together; their words are in scratch memory.
#define LS_WORDS_SAMPLES 16
/// Samples of the weight gradient that are laid out together: a square of words.
#define LS_WORDS_PAIRS 16
/// Rows of words of a block whose zeros are skipped.
#define LS_WORDS_SKIP_DEPTH 32
/// Rows of words that one pass of tiles takes.
#define LS_WORDS_DEPTH 128

/// Floats between rows of prepared weights: whole vectors, and an odd number of them, so that a column of them falls
/// into all sets of a cache.
LS_INLINE int64_t ls_words_row(int64_t columns) { return LS_LANES * ((columns + LS_LANES - 1) / LS_LANES | 1); }

/// A narrow layer gains nothing: the lanes of its FP32 kernels are full, and those here would not be.
static int32_t ls_words_suit(int64_t inputs, int64_t units) { return !ls_dense_is_narrow(inputs, units); }

static int64_t ls_words_prepared(int64_t rows, int64_t columns) { return (rows + 1) / 2 * ls_words_row(columns); }

static int64_t ls_words_scratch(int64_t inputs, int64_t units) { return LS_WORDS_PAIRS * (inputs + units); }

static void ls_words_prepare(int64_t inputs, int64_t units, const float *weights, float *prepared) {
  int64_t row = ls_words_row(units);
  for (int64_t k = 0; k < inputs; k += 2, prepared += row) {
    const float *upper = weights + k * units;
    for (int64_t j = 0; j < units; j += LS_LANES) {
      ls_mask mask = ls_mask_of(units - j < LS_LANES ? units - j : LS_LANES);
      vf lower = k + 1 < inputs ? ls_load_masked(upper + units + j, mask) : (vf){};
      ls_store(prepared + j, ls_words_of_rows(ls_load_masked(upper + j, mask), lower));
    }
  }
}

static void ls_words_prepare_transposed(int64_t inputs, int64_t units, const float *weights, float *prepared) {
  int64_t row = ls_words_row(inputs);
  for (int64_t i = 0; i < inputs; i += LS_LANES) {
    int64_t height = inputs - i < LS_LANES ? inputs - i : LS_LANES;
    for (int64_t j = 0; j < units; j += 2 * LS_LANES) {
      int64_t width = units - j < 2 * LS_LANES ? units - j : 2 * LS_LANES;
      vf square[LS_LANES];
      LS_EACH(r, LS_LANES) square[r] = r < height ? ls_words_of_row(weights + (i + r) * units + j, width) : (vf){};
      ls_transpose_square(square);
      LS_EACH(r, LS_LANES) if (2 * r < width) ls_store(prepared + (j / 2 + r) * row + i, square[r]);
    }
  }
}

/// y [samples, columns] = the product of at most LS_WORDS_SAMPLES rows of words with the prepared matrix.
static void ls_words_product_full(int64_t samples, int64_t words, int64_t columns, const float *x,
                                  const float *prepared, float *y) {
  ls_panels panels = ls_panels_of(columns);
  int64_t row = ls_words_row(columns);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    for (int64_t k = 0; k < words; k += LS_WORDS_DEPTH) {
      float *c = y + panel.column;
      ls_dots p = {.tile = {.start = k ? c : 0, .start_row = columns, .c = c, .c_row = columns, .last = panel.last},
                   .depth = words - k < LS_WORDS_DEPTH ? words - k : LS_WORDS_DEPTH,
                   .a = x + k, .a_row = words, .b = prepared + k * row + panel.column, .b_row = row};
      ls_dots_run(p, samples, panel.vectors);
    }
  }
}

// As in skip.inc.h: zeros are skipped where most of the input is zero, and no bit of a finite result tells but the sign
// of a zero.

LS_INLINE void ls_words_skip_tile(const ls_skip *s, int64_t row, int vectors) {
  ls_mask mask = ls_mask_of(s->tile.last);
  for (int64_t n = 0; n < s->samples; n++) {
    uint32_t bits = s->bits[n];
    float *c = s->tile.c + n * s->tile.c_row;
    vf sums[LS_SKIP_VECTORS];
    if (s->tile.start) {
      if (!bits) continue;
      ls_tile_load(c, vectors, mask, sums);
    } else {
      LS_EACH(v, vectors) sums[v] = (vf){};
    }
    const float *x = s->x + n * s->x_row;
    for (; bits; bits &= bits - 1) {
      int64_t k = __builtin_ctz(bits);
      vf value = ls_splat_word(x + k);
      const float *b = s->weights + k * row;
      LS_EACH(v, vectors) sums[v] = ls_dot(value, ls_load(b + v * LS_LANES), sums[v]);
    }
    ls_tile_store(c, vectors, mask, sums);
  }
}

#define LS_WORDS_SKIP_TILE(vectors, unused) \
  static void ls_words_skip_##vectors(const ls_skip *s, int64_t row) { ls_words_skip_tile(s, row, vectors); }
#define LS_WORDS_SKIP_ENTRY(vectors, unused) [vectors - 1] = ls_words_skip_##vectors,
LS_SKIP_SIZES(LS_WORDS_SKIP_TILE)
static void (*const ls_words_skip_tiles[LS_SKIP_VECTORS])(const ls_skip *, int64_t) = {
    LS_SKIP_SIZES(LS_WORDS_SKIP_ENTRY)};

static void ls_words_product_skip(int64_t samples, int64_t words, int64_t columns, const float *x,
                                  const float *prepared, float *y) {
  ls_split panels = ls_split_of((columns + LS_LANES - 1) / LS_LANES, LS_SKIP_VECTORS);
  int64_t row = ls_words_row(columns);
  for (int64_t k = 0; k < words; k += LS_WORDS_SKIP_DEPTH) {
    ls_skip s = {.samples = samples, .x = x + k, .x_row = words};
    int64_t depth = words - k < LS_WORDS_SKIP_DEPTH ? words - k : LS_WORDS_SKIP_DEPTH;
    for (int64_t n = 0; n < samples; n++) s.bits[n] = ls_word_bits(s.x + n * words, depth);
    for (int64_t part = 0; part < panels.parts; part++) {
      int64_t column = ls_part_start(&panels, part) * LS_LANES, vectors = ls_part_size(&panels, part);
      int64_t left = columns - column - (vectors - 1) * LS_LANES;
      s.weights = prepared + k * row + column;
      s.tile = (ls_tile){.start = k ? y + column : 0, .start_row = columns, .c = y + column, .c_row = columns,
                         .last = left < LS_LANES ? left : LS_LANES};
      ls_words_skip_tiles[vectors - 1](&s, row);
    }
  }
}

static int ls_words_skip_pays(int64_t count, int64_t columns, const float *words) {
  int64_t vectors = (columns + LS_LANES - 1) / LS_LANES, nonzeros = 0;
  if (vectors < 4) return 0;
  for (int64_t i = 0; i < count; i += 2 * LS_LANES)
    nonzeros += __builtin_popcount(ls_word_bits(words + i, count - i < 2 * LS_LANES ? count - i : 2 * LS_LANES));
  return 100 * nonzeros * (vectors + 8) < 55 * count * vectors;
}

static void ls_words_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *prepared,
                             const float *bias, float *y, float *scratch) {
  int64_t words = (inputs + 1) / 2;
  for (int64_t first = 0; first < samples; first += LS_WORDS_SAMPLES) {
    int64_t group = samples - first < LS_WORDS_SAMPLES ? samples - first : LS_WORDS_SAMPLES;
    const float *from = x + first * inputs;
    float *to = y + first * units;
    for (int64_t n = 0; n < group; n++) {
      for (int64_t i = 0; i < inputs; i += 2 * LS_LANES) {
        int64_t floats = inputs - i < 2 * LS_LANES ? inputs - i : 2 * LS_LANES;
        ls_store_part(scratch + n * words + i / 2, ls_words_of_row(from + n * inputs + i, floats), (floats + 1) / 2);
      }
    }
    if (ls_words_skip_pays(group * words, units, scratch))
      ls_words_product_skip(group, words, units, scratch, prepared, to);
    else
      ls_words_product_full(group, words, units, scratch, prepared, to);
    if (!bias) continue;
    // Last, so that the sums begin with zeros, which adding zeros leaves as they are.
    for (int64_t j = 0; j < units; j += LS_LANES) {
      ls_mask mask = ls_mask_of(units - j < LS_LANES ? units - j : LS_LANES);
      vf addend = ls_load_masked(bias + j, mask);
      for (int64_t n = 0; n < group; n++)
        ls_store_masked(to + n * units + j, ls_load_masked(to + n * units + j, mask) + addend, mask);
    }
  }
}

static void ls_words_input_gradient(int64_t samples, int64_t inputs, int64_t units, const float *dy,
                                    const float *prepared, float *dx, float *scratch) {
  ls_words_forward(samples, units, inputs, dy, prepared, 0, dx, scratch);
}

// The weight gradient's sums run over words of two samples. As in deferred.inc.h, the inputs are kept transposed,
// [inputs, capacity], and behind them the output's gradient panel after panel. A shard's words lie in the places of its
// first samples.

static void ls_words_keep(int64_t capacity, int64_t first, int64_t samples, int64_t inputs, int64_t units,
                          const float *x, const float *dy, float *kept) {
  for (int64_t n = 0; n < samples; n += 2 * LS_LANES) {
    int64_t height = samples - n < 2 * LS_LANES ? samples - n : 2 * LS_LANES;
    ls_mask pairs = ls_mask_of((height + 1) / 2);
    for (int64_t i = 0; i < inputs; i += LS_LANES) {
      int64_t width = inputs - i < LS_LANES ? inputs - i : LS_LANES;
      ls_mask mask = ls_mask_of(width);
      const float *from = x + n * inputs + i;
      vf square[LS_LANES];
      LS_EACH(r, LS_LANES) {
        vf upper = 2 * r < height ? ls_load_masked(from + 2 * r * inputs, mask) : (vf){};
        vf lower = 2 * r + 1 < height ? ls_load_masked(from + (2 * r + 1) * inputs, mask) : (vf){};
        square[r] = ls_words_of_rows(upper, lower);
      }
      ls_transpose_square(square);
      LS_EACH(r, LS_LANES) if (r < width) ls_store_masked(kept + (i + r) * capacity + first + n / 2, square[r], pairs);
    }
  }
  ls_panels panels = ls_panels_of(units);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    float *to = kept + (inputs + panel.column) * capacity + first * panel.columns;
    for (int64_t n = 0; n < samples; n += 2, to += panel.columns) {
      const float *upper = dy + n * units + panel.column;
      for (int64_t j = 0; j < panel.columns; j += LS_LANES) {
        ls_mask mask = ls_mask_of(panel.columns - j < LS_LANES ? panel.columns - j : LS_LANES);
        vf lower = n + 1 < samples ? ls_load_masked(upper + units + j, mask) : (vf){};
        ls_store_masked(to + j, ls_words_of_rows(ls_load_masked(upper + j, mask), lower), mask);
      }
    }
  }
}

static void ls_words_weight_gradient(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                                     float *weight_gradient, float *bias_gradient, float *scratch) {
  ls_panels panels = ls_panels_of(units);
  int64_t first = 0;
  do {
    int64_t group = samples - first < 2 * LS_WORDS_PAIRS ? samples - first : 2 * LS_WORDS_PAIRS;
    ls_words_keep(LS_WORDS_PAIRS, 0, group, inputs, units, x + first * inputs, dy + first * units, scratch);
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      float *c = weight_gradient + panel.column;
      ls_dots p = {.tile = {.start = first ? c : 0, .start_row = units, .c = c, .c_row = units, .last = panel.last},
                   .depth = (group + 1) / 2, .a = scratch, .a_row = LS_WORDS_PAIRS,
                   .b = scratch + (inputs + panel.column) * LS_WORDS_PAIRS, .b_row = panel.columns};
      ls_dots_run(p, inputs, panel.vectors);
    }
    first += group;
  } while (first < samples);
  if (bias_gradient) ls_column_sums(samples, units, dy, bias_gradient, 0);
}
