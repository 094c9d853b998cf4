// A dense layer's weight gradient over a whole minibatch, formed in the reduce phase.
//
// Kept until then, for `capacity` samples: the inputs transposed, [inputs, capacity], and behind them the output's
// gradient panel after panel as in `ls_pack`, [capacity, panel.columns] at capacity * panel.column. So a tile reads
// contiguous memory only.

typedef struct ls_deferred {
  int64_t samples, shard;  ///< of the minibatch, and of a full shard
  const float *x;          ///< [rows, capacity]
  int64_t x_row;
  const float *dy;         ///< [samples, columns of the panel]
  int64_t dy_row;
  ls_tile tile;
} ls_deferred;

/// One tile of the gradient. Within a shard its sums are those of `ls_outer_tile`, and across the shards those of
/// `ls_tree_sum`, so the bits are the same as if each shard had left its gradient in memory.
LS_INLINE void ls_deferred_tile(const ls_deferred *d, int rows, int vectors) {
  ls_mask mask = ls_mask_of(d->tile.last);
  // As in `ls_tree_sum_block`: `waiting[level]` holds an aligned run of 2^level shards without a right neighbour yet.
  vf waiting[LS_TREE_LEVELS][LS_OUTER_ROWS * LS_TILE_VECTORS];
  ls_sums sums;
  int64_t shards = 0, x_row = d->x_row, dy_row = d->dy_row;
  for (int64_t first = 0; first < d->samples; first += d->shard, shards++) {
    const float *x = d->x + first, *dy = d->dy + first * dy_row;
    int64_t count = d->samples - first < d->shard ? d->samples - first : d->shard;
    LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = (vf){};
    for (int64_t p = 0; p < count; p++, dy += dy_row) {
      vf row[LS_TILE_VECTORS];
      ls_tile_load(dy, vectors, mask, row);
      LS_EACH(r, rows) {
        vf value = ls_splat(x[r * x_row + p]);
        LS_EACH(v, vectors) sums[r][v] = ls_fma(value, row[v], sums[r][v]);
      }
    }
    int level = 0;
    for (; shards >> level & 1; level++)
      LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v] + sums[r][v];
    LS_EACH(r, rows) LS_EACH(v, vectors) waiting[level][r * vectors + v] = sums[r][v];
  }
  int level = __builtin_ctzll((uint64_t)shards);
  LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v];
  while (shards >> ++level)
    if (shards >> level & 1)
      LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = waiting[level][r * vectors + v] + sums[r][v];
  ls_tile_end(&d->tile, rows, vectors, mask, sums);
}

#define LS_DEFERRED_TILE(rows, vectors) \
  static void ls_deferred_##rows##x##vectors(const ls_deferred *d) { ls_deferred_tile(d, rows, vectors); }
LS_OUTER_SIZES(LS_DEFERRED_TILE)

#define LS_DEFERRED_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_deferred_##rows##x##vectors,
static void (*const ls_deferred_tiles[LS_TILE_VECTORS][LS_OUTER_ROWS])(const ls_deferred *) = {
    LS_OUTER_SIZES(LS_DEFERRED_ENTRY)};

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

static void ls_dense_deferred_gradient(int64_t capacity, int64_t samples, int64_t shard, int64_t inputs, int64_t units,
                                       const float *kept, int64_t first_row, int64_t rows, float *gradient) {
  ls_panels panels = ls_panels_of(units);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split tiles = ls_split_of(rows, ls_outer_rows[panel.vectors - 1]);
    for (int64_t tile = 0; tile < tiles.parts; tile++) {
      int64_t row = ls_part_start(&tiles, tile), size = ls_part_size(&tiles, tile);
      ls_deferred d = {
          .samples = samples, .shard = shard, .x = kept + (first_row + row) * capacity, .x_row = capacity,
          .dy = kept + (inputs + panel.column) * capacity, .dy_row = panel.columns,
          .tile = {.c = gradient + row * units + panel.column, .c_row = units, .last = panel.last}};
      ls_deferred_tiles[panel.vectors - 1][size - 1](&d);
    }
  }
}
