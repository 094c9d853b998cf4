// The forward pass of a dense layer on inputs that are mostly zero: images on a black ground, and what relu and dropout
// leave. It adds the products of the other inputs only, in the same order as `ls_dense_forward`.
//
// A product with a zero changes no sum, so both ways give the same bits, and which one runs may depend on how many zeros
// there are. (There are two exceptions. A weight that is infinite or no number shows only where its input is not zero.
// And a sum that is itself a zero may have the other sign.)

/// Floats of a first-level cache of 48 KB.
#define LS_SKIP_CACHE 12288
/// Inputs whose zeros are looked for together.
#define LS_SKIP_INPUTS 1024
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
  uint64_t bits[LS_SKIP_SAMPLES];  ///< which inputs of the block are not zero
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
    uint64_t bits = s->bits[n];
    if (s->tile.start) {
      const float *start = s->tile.start + n * s->tile.start_row;
      if (!bits && start == c) continue;
      ls_tile_load(start, vectors, mask, sums);
    } else {
      LS_EACH(v, vectors) sums[v] = (vf){};
    }
    for (; bits; bits &= bits - 1) {
      int64_t k = __builtin_ctzll(bits);
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

/// Whether skipping the zeros among `count` inputs is faster than multiplying with them. Measured: where less than 55 % are not
/// zero; with 8 vectors of units or 7 even where less than 57 %, but with 4 only where less than 40 %. Of rows that do not begin
/// with a cache line every load takes two: with 120 units, where less than 44 %.
static int ls_skip_pays(int64_t count, int64_t units, const float *x) {
  int64_t vectors = (units + LS_LANES - 1) / LS_LANES, nonzeros = 0;
  if (vectors < 4) return 0;
  for (int64_t i = 0; i < count; i += LS_LANES)
    nonzeros += __builtin_popcount(ls_nonzero_bits(x + i, count - i < LS_LANES ? count - i : LS_LANES));
  int64_t percent = 66 - 100 / vectors, most = units % 16 ? 44 : 55;
  return 100 * nonzeros < (percent < most ? percent : most) * count;
}

/// A bit for each of LS_SKIP_INPUTS inputs, and zeros behind them to read beyond.
typedef uint8_t ls_skip_bits[LS_SKIP_INPUTS / 8 + 8];

/// Finds which of `count` inputs are not zero, for each sample, and behind the samples for any of them.
static void ls_skip_find(int64_t samples, int64_t count, const float *x, int64_t x_row, ls_skip_bits *found) {
  uint8_t *any = found[samples];
  memset(any, 0, sizeof(ls_skip_bits));
  for (int64_t n = 0; n < samples; n++, x += x_row) {
    uint8_t *own = found[n];
    for (int64_t i = 0; i < count; i += 16) {
      uint16_t bits = 0, before;
      for (int64_t j = i; j < i + 16 && j < count; j += LS_LANES)
        bits |= (uint16_t)(ls_nonzero_bits(x + j, count - j < LS_LANES ? count - j : LS_LANES) << (j - i));
      memcpy(own + i / 8, &bits, sizeof bits);
      memcpy(&before, any + i / 8, sizeof before);
      bits |= before;
      memcpy(any + i / 8, &bits, sizeof bits);
    }
    memset(own + (count + 15) / 16 * 2, 0, 8);
  }
}

/// Rows of the weights that are wanted in a block, at most. However few of their columns are read, rows a power of two apart
/// share the places of their full width, so as many fit as do whole. (Measured for rows of 2 KB: with 16 instead of 24, images
/// of MNIST take 10 % longer, with 32, half-full inputs do.)
static int64_t ls_skip_rows(int64_t units) {
  int64_t rows = LS_SKIP_CACHE / units;
  return rows < 16 ? 16 : rows > 64 ? 64 : rows;
}

/// Sets the bits of the block that begins at input `first`, a multiple of 8, and returns how many inputs it has: 64, or less
/// where more than `rows` of them are wanted.
static int64_t ls_skip_block(int64_t samples, int64_t rows, ls_skip_bits *found, int64_t first, uint64_t *bits) {
  uint64_t any, kept = ~(uint64_t)0;
  int64_t inputs = 64;
  memcpy(&any, found[samples] + first / 8, sizeof any);
  for (; __builtin_popcountll(any & kept) > rows; kept >>= 8) inputs -= 8;
  for (int64_t n = 0; n < samples; n++) {
    memcpy(bits + n, found[n] + first / 8, sizeof *bits);
    bits[n] &= kept;
  }
  return inputs;
}

/// At most LS_SKIP_SAMPLES samples.
static void ls_skip_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                            const float *bias, float *y) {
  // Rows of y a power of two apart would share their places in the cache, with each other and with the weights.
  float sums[LS_SKIP_SAMPLES * LS_SKIP_VECTORS * LS_LANES] __attribute__((aligned(64)));
  const int64_t sums_row = LS_SKIP_VECTORS * LS_LANES, rows = ls_skip_rows(units);
  ls_skip_bits found[LS_SKIP_SAMPLES + 1];
  ls_split panels = ls_split_of((units + LS_LANES - 1) / LS_LANES, LS_SKIP_VECTORS);
  for (int64_t k = 0; k < inputs; k += LS_SKIP_INPUTS) {
    int64_t count = inputs - k < LS_SKIP_INPUTS ? inputs - k : LS_SKIP_INPUTS;
    ls_skip_find(samples, count, x + k, inputs, found);
    for (int64_t part = 0; part < panels.parts; part++) {
      int64_t column = ls_part_start(&panels, part) * LS_LANES, vectors = ls_part_size(&panels, part);
      int64_t left = units - column - (vectors - 1) * LS_LANES;
      ls_skip s = {.samples = samples, .x_row = inputs, .units = units,
                   .tile = {.start = k ? y + column : bias ? bias + column : 0, .start_row = k ? units : 0,
                            .c = sums, .c_row = sums_row, .last = left < LS_LANES ? left : LS_LANES}};
      for (int64_t i = 0; i < count;) {
        s.x = x + k + i;
        s.weights = weights + (k + i) * units + column;
        i += ls_skip_block(samples, rows, found, i, s.bits);
        if (i >= count) {
          s.tile.c = y + column;
          s.tile.c_row = units;
        }
        ls_skip_tiles[vectors - 1](&s);
        s.tile.start = sums;
        s.tile.start_row = sums_row;
      }
    }
  }
}
