// A dense layer's weight gradient over a whole minibatch, formed in the reduce phase.
//
// Kept until then, for `capacity` samples: the inputs transposed, [inputs, capacity], and behind them the output's
// gradient panel after panel as in `ls_pack`, [capacity, panel.columns] at capacity * panel.column. So a tile reads
// contiguous memory only.

/// Samples whose bits are looked at together.
#define LS_DEFERRED_CHUNK 16
/// Chunks whose bits there is room for, over all tiles of a call.
#define LS_DEFERRED_CHUNKS 2048

/// Rows of a tile that skips zeros, for each number of vectors: half of an outer tile's. It takes fewer samples that only some
/// of its rows want, and the sums of two shards are in registers at once.
#if LS_LANES == 16
static const int64_t ls_deferred_rows[LS_TILE_VECTORS] = {10, 6, 4, 3};
#define LS_DEFERRED_SIZES(X) \
  LS_UP_TO_10(X, 1) LS_UP_TO_6(X, 2) X(1, 3) X(2, 3) X(3, 3) X(4, 3) X(1, 4) X(2, 4) X(3, 4)
#else
static const int64_t ls_deferred_rows[LS_TILE_VECTORS] = {6, 3};
#define LS_DEFERRED_SIZES(X) LS_UP_TO_6(X, 1) X(1, 2) X(2, 2) X(3, 2)
#endif

typedef struct ls_deferred {
  int64_t samples, shard;  ///< of the minibatch, and of a full shard
  /// For each chunk of each shard, for which samples any of the rows is not zero: the others' products change no sum (see
  /// skip.inc.h for what that means exactly). Null for all.
  const uint16_t *bits;
  const float *x;          ///< [rows, capacity]
  int64_t x_row;
  const float *dy;         ///< [samples, columns of the panel]
  int64_t dy_row;
  ls_tile tile;
} ls_deferred;

/// Sums of shards on their way along the tree of `ls_tree_sum`: [level] holds an aligned run of 2^level shards without a
/// right neighbour yet, as in `ls_tree_sum_block`.
typedef vf ls_waiting[LS_TREE_LEVELS][LS_OUTER_ROWS * LS_TILE_VECTORS];

/// Takes in the sums of shard `shard`, the number of those before it. (Or of pair `shard`: the tree of pairs is that of
/// shards without its lowest level.)
LS_INLINE void ls_deferred_push(int64_t shard, int rows, int vectors, ls_waiting waiting, ls_sums sums) {
  int level = 0;
  for (; shard >> level & 1; level++)
    LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v] + sums[r][v];
  LS_EACH(r, rows) LS_EACH(v, vectors) waiting[level][r * vectors + v] = sums[r][v];
}

/// The sums of all shards, at least one.
LS_INLINE void ls_deferred_total(int64_t shards, int rows, int vectors, ls_waiting waiting, ls_sums sums) {
  int level = __builtin_ctzll((uint64_t)shards);
  LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v];
  while (shards >> ++level)
    if (shards >> level & 1)
      LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v] + sums[r][v];
}

/// The sums of one shard, samples `first` to `end`, as in `ls_outer_tile`. Returns the bits behind the shard's.
LS_INLINE const uint16_t *ls_deferred_shard(const ls_deferred *d, const uint16_t *bits, int64_t first, int64_t end, int rows,
                                            int vectors, ls_mask mask, ls_sums sums) {
  int64_t x_row = d->x_row, dy_row = d->dy_row;
  LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = (vf){};
  for (int64_t chunk = first; chunk < end; chunk += LS_DEFERRED_CHUNK) {
    const float *x = d->x + chunk, *dy = d->dy + chunk * dy_row;
    uint32_t left = bits ? *bits++ : (1u << (end - chunk < LS_DEFERRED_CHUNK ? end - chunk : LS_DEFERRED_CHUNK)) - 1;
    for (; left; left &= left - 1) {
      int64_t p = __builtin_ctz(left);
      vf row[LS_TILE_VECTORS];
      ls_tile_load(dy + p * dy_row, vectors, mask, row);
      LS_EACH(r, rows) {
        vf value = ls_splat(x[r * x_row + p]);
        LS_EACH(v, vectors) sums[r][v] = ls_fma(value, row[v], sums[r][v]);
      }
    }
  }
  return bits;
}

/// One tile of the gradient. Within a shard its sums are those of `ls_outer_tile`, and across the shards those of
/// `ls_tree_sum`, so the bits are the same as if each shard had left its gradient in memory. With `in_pairs` neighbouring shards
/// are added in registers: a sum that waits in memory costs as much as three products.
LS_INLINE void ls_deferred_tile(const ls_deferred *d, int rows, int vectors, int in_pairs) {
  ls_mask mask = ls_mask_of(d->tile.last);
  ls_waiting waiting;
  ls_sums sums, neighbour;
  const uint16_t *bits = d->bits;
  int64_t runs = 0;
  for (int64_t first = 0, end; first < d->samples; first = end, runs++) {
    end = d->samples - first < d->shard ? d->samples : first + d->shard;
    bits = ls_deferred_shard(d, bits, first, end, rows, vectors, mask, sums);
    if (in_pairs && end < d->samples) {
      int64_t middle = end;
      end = d->samples - middle < d->shard ? d->samples : middle + d->shard;
      bits = ls_deferred_shard(d, bits, middle, end, rows, vectors, mask, neighbour);
      LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = sums[r][v] + neighbour[r][v];
    }
    ls_deferred_push(runs, rows, vectors, waiting, sums);
  }
  ls_deferred_total(runs, rows, vectors, waiting, sums);
  ls_tile_end(&d->tile, rows, vectors, mask, sums);
}

typedef void (*ls_deferred_function)(const ls_deferred *);

/// Tiles of one kind.
typedef struct ls_deferred_tiles {
  const int64_t *rows;  ///< of the largest tile, for each number of vectors
  const ls_deferred_function (*functions)[LS_OUTER_ROWS];
} ls_deferred_tiles;

#define LS_DEFERRED_TILE(rows, vectors) \
  static void ls_deferred_##rows##x##vectors(const ls_deferred *d) { ls_deferred_tile(d, rows, vectors, 0); }
#define LS_DEFERRED_SPARSE_TILE(rows, vectors) \
  static void ls_deferred_sparse_##rows##x##vectors(const ls_deferred *d) { ls_deferred_tile(d, rows, vectors, 1); }
LS_OUTER_SIZES(LS_DEFERRED_TILE)
LS_DEFERRED_SIZES(LS_DEFERRED_SPARSE_TILE)

#define LS_DEFERRED_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_deferred_##rows##x##vectors,
#define LS_DEFERRED_SPARSE_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_deferred_sparse_##rows##x##vectors,
static const ls_deferred_function ls_deferred_full_functions[LS_TILE_VECTORS][LS_OUTER_ROWS] = {
    LS_OUTER_SIZES(LS_DEFERRED_ENTRY)};
static const ls_deferred_function ls_deferred_sparse_functions[LS_TILE_VECTORS][LS_OUTER_ROWS] = {
    LS_DEFERRED_SIZES(LS_DEFERRED_SPARSE_ENTRY)};

static void ls_dense_keep(int64_t capacity, int64_t first, int64_t samples, int64_t inputs, int64_t units,
                          const float *x, const float *dy, float *kept) {
  ls_transpose(samples, inputs, x, inputs, kept + first, capacity);
  ls_panels panels = ls_panels_of(units);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    float *to = kept + (inputs + panel.column) * capacity + first * panel.columns;
    for (int64_t n = 0; n < samples; n++, to += panel.columns)
      memcpy(to, dy + n * units + panel.column, (size_t)panel.columns * sizeof(float));
  }
}

/// Finds the samples for which any of `rows` rows of x is not zero.
static void ls_deferred_bits(int64_t samples, int64_t shard, int64_t rows, const float *x, int64_t x_row,
                             uint16_t *bits) {
  for (int64_t first = 0; first < samples; first += shard) {
    int64_t end = samples - first < shard ? samples : first + shard;
    for (int64_t chunk = first; chunk < end; chunk += LS_DEFERRED_CHUNK) {
      int64_t count = end - chunk < LS_DEFERRED_CHUNK ? end - chunk : LS_DEFERRED_CHUNK;
      uint32_t found = 0;
      for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < count; i += LS_LANES)
          found |= ls_nonzero_bits(x + r * x_row + chunk + i, count - i < LS_LANES ? count - i : LS_LANES) << i;
      *bits++ = (uint16_t)found;
    }
  }
}

/// Whether no bit is set: a tile of the image's black border.
LS_INLINE int ls_deferred_is_zero(int64_t chunks, const uint16_t *bits) {
  uint16_t any = 0;
  for (int64_t i = 0; i < chunks; i++) any |= bits[i];
  return !any;
}

/// Whether tiles that skip zeros are the faster ones: they want `wanted` of `all` samples. (Measured: where their rows are half
/// full, and so want 7 of 8 samples, those of the other kind are as fast.)
LS_INLINE int ls_deferred_skip_pays(int64_t wanted, int64_t all) { return 6 * wanted < 5 * all; }

/// The tiles of `rows` rows of the gradient, from kept memory in which a full shard has `kept_shard` rows to look at
/// (samples, or in bfloat16 words of two): `find_bits` finds those that are not zero. Tiles are `sparse`, or `full` ones where
/// there is little to skip.
static void ls_deferred_run(int64_t capacity, int64_t samples, int64_t shard, int64_t kept_shard, int64_t inputs,
                            int64_t units, const float *kept, int64_t first_row, int64_t rows, float *gradient,
                            void (*find_bits)(int64_t, int64_t, int64_t, const float *, int64_t, uint16_t *),
                            ls_deferred_tiles sparse, ls_deferred_tiles full) {
  ls_panels panels = ls_panels_of(units);
  // The first panel is the widest, and has the fewest rows in a tile.
  int64_t widest = ls_panel_at(&panels, 0).vectors, shards = (samples + shard - 1) / shard, wanted = 0;
  ls_split tiles = ls_split_of(rows, sparse.rows[widest - 1]);
  uint16_t bits[LS_DEFERRED_CHUNKS];
  int64_t chunks = (kept_shard + LS_DEFERRED_CHUNK - 1) / LS_DEFERRED_CHUNK * shards;
  int skips = chunks * tiles.parts <= LS_DEFERRED_CHUNKS;
  for (int64_t tile = 0; skips && tile < tiles.parts; tile++)
    find_bits(samples, shard, ls_part_size(&tiles, tile), kept + (first_row + ls_part_start(&tiles, tile)) * capacity,
              capacity, bits + tile * chunks);
  for (int64_t i = 0; skips && i < chunks * tiles.parts; i++) wanted += __builtin_popcount(bits[i]);
  if (!skips || !ls_deferred_skip_pays(wanted, kept_shard * shards * tiles.parts)) {
    skips = 0;
    tiles = ls_split_of(rows, full.rows[widest - 1]);
  }
  const ls_deferred_function(*functions)[LS_OUTER_ROWS] = skips ? sparse.functions : full.functions;
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    for (int64_t tile = 0; tile < tiles.parts; tile++) {
      int64_t row = ls_part_start(&tiles, tile), size = ls_part_size(&tiles, tile);
      if (skips && ls_deferred_is_zero(chunks, bits + tile * chunks)) {
        for (int64_t r = row; r < row + size; r++)
          memset(gradient + r * units + panel.column, 0, (size_t)panel.columns * sizeof(float));
        continue;
      }
      ls_deferred d = {
          .samples = samples, .shard = shard, .bits = skips ? bits + tile * chunks : 0,
          .x = kept + (first_row + row) * capacity, .x_row = capacity,
          .dy = kept + (inputs + panel.column) * capacity, .dy_row = panel.columns,
          .tile = {.c = gradient + row * units + panel.column, .c_row = units, .last = panel.last}};
      functions[panel.vectors - 1][size - 1](&d);
    }
  }
}

static void ls_dense_deferred_gradient(int64_t capacity, int64_t samples, int64_t shard, int64_t inputs, int64_t units,
                                       const float *kept, int64_t first_row, int64_t rows, float *gradient) {
  ls_deferred_run(capacity, samples, shard, shard, inputs, units, kept, first_row, rows, gradient, ls_deferred_bits,
                  (ls_deferred_tiles){ls_deferred_rows, ls_deferred_sparse_functions},
                  (ls_deferred_tiles){ls_outer_rows, ls_deferred_full_functions});
}
