// The forward pass of a dense layer on inputs that are mostly zero: images on a black ground, and what relu and dropout
// leave. It adds the products of the other inputs only, in the same order as `ls_dense_forward`.
//
// A product with a zero changes no sum, so both ways give the same bits, and which one runs may depend on how many zeros
// there are. (There are two exceptions. A weight that is infinite or no number shows only where its input is not zero.
// And a sum that is itself a zero may have the other sign.)

/// Inputs of a block: as many rows of the weights as share the first-level cache with the outputs.
#define LS_SKIP_DEPTH 16
/// Samples that use a block while it is there.
#define LS_SKIP_SAMPLES 16
/// Vectors of outputs held in registers at once. With fewer there is not enough to do between two inputs.
#if LS_LANES == 16
#define LS_SKIP_VECTORS 16
#else
#define LS_SKIP_VECTORS 8
#endif

typedef struct ls_skip {
  int64_t samples;
  uint32_t bits[LS_SKIP_SAMPLES];  ///< which inputs of the block are not zero
  const float *x;                  ///< the block's first input
  int64_t x_row;
  const float *weights;
  int64_t units;
  ls_tile tile;
} ls_skip;

LS_INLINE void ls_skip_tile(const ls_skip *s, int vectors) {
  ls_mask mask = ls_mask_of(s->tile.last);
  for (int64_t n = 0; n < s->samples; n++) {
    const float *x = s->x + n * s->x_row;
    float *c = s->tile.c + n * s->tile.c_row;
    vf sums[LS_SKIP_VECTORS];
    uint32_t bits = s->bits[n];
    if (s->tile.start) {
      const float *start = s->tile.start + n * s->tile.start_row;
      if (!bits && start == c) continue;
      ls_tile_load(start, vectors, mask, sums);
    } else {
      LS_EACH(v, vectors) sums[v] = (vf){};
    }
    for (; bits; bits &= bits - 1) {
      int64_t k = __builtin_ctz(bits);
      vf value = ls_splat(x[k]), row[LS_SKIP_VECTORS];
      ls_tile_load(s->weights + k * s->units, vectors, mask, row);
      LS_EACH(v, vectors) sums[v] = ls_fma(value, row[v], sums[v]);
    }
    ls_tile_store(c, vectors, mask, sums);
  }
}

#define LS_SKIP_TILE(vectors, unused) \
  static void ls_skip_##vectors(const ls_skip *s) { ls_skip_tile(s, vectors); }
#define LS_SKIP_ENTRY(vectors, unused) [vectors - 1] = ls_skip_##vectors,
#if LS_SKIP_VECTORS == 16
#define LS_SKIP_SIZES(X) LS_UP_TO_16(X, )
#else
#define LS_SKIP_SIZES(X) LS_UP_TO_8(X, )
#endif
LS_SKIP_SIZES(LS_SKIP_TILE)
static void (*const ls_skip_tiles[LS_SKIP_VECTORS])(const ls_skip *) = {LS_SKIP_SIZES(LS_SKIP_ENTRY)};

/// Whether skipping the zeros among `count` inputs is faster than multiplying with them. Measured: with 32 vectors of units
/// where less than 45 % are not zero, with 7 where less than 28 % are.
static int ls_skip_pays(int64_t count, int64_t units, const float *x) {
  int64_t vectors = (units + LS_LANES - 1) / LS_LANES, nonzeros = 0;
  if (vectors < 4) return 0;
  for (int64_t i = 0; i < count; i += LS_LANES)
    nonzeros += __builtin_popcount(ls_nonzero_bits(x + i, count - i < LS_LANES ? count - i : LS_LANES));
  return 100 * nonzeros * (vectors + 8) < 55 * count * vectors;
}

/// At most LS_SKIP_SAMPLES samples.
static void ls_skip_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                              const float *bias, float *y) {
  ls_split panels = ls_split_of((units + LS_LANES - 1) / LS_LANES, LS_SKIP_VECTORS);
  for (int64_t k = 0; k < inputs; k += LS_SKIP_DEPTH) {
    ls_skip s = {.samples = samples, .x = x + k, .x_row = inputs, .units = units};
    int64_t depth = inputs - k < LS_SKIP_DEPTH ? inputs - k : LS_SKIP_DEPTH;
    for (int64_t n = 0; n < samples; n++)
      for (int64_t i = 0; i < depth; i += LS_LANES)
        s.bits[n] |= ls_nonzero_bits(s.x + n * inputs + i, depth - i < LS_LANES ? depth - i : LS_LANES) << i;
    for (int64_t part = 0; part < panels.parts; part++) {
      int64_t column = ls_part_start(&panels, part) * LS_LANES, vectors = ls_part_size(&panels, part);
      int64_t left = units - column - (vectors - 1) * LS_LANES;
      s.weights = weights + k * units + column;
      s.tile = (ls_tile){.start = k ? y + column : bias ? bias + column : 0, .start_row = k ? units : 0,
                         .c = y + column, .c_row = units, .last = left < LS_LANES ? left : LS_LANES};
      ls_skip_tiles[vectors - 1](&s);
    }
  }
}
