// A dense layer's weight gradient over a whole minibatch in bfloat16: deferred.inc.h on the words that `ls_words_keep`
// kept.

/// One tile of the gradient: within a shard the sums of `ls_dots_tile`, across the shards those of `ls_tree_sum`. A bit
/// is that of a word.
LS_INLINE void ls_words_deferred_tile(const ls_deferred *d, int rows, int vectors) {
  ls_mask mask = ls_mask_of(d->tile.last);
  vf waiting[LS_TREE_LEVELS][LS_OUTER_ROWS * LS_TILE_VECTORS];
  ls_sums sums;
  const uint16_t *bits = d->bits;
  int64_t shards = 0, x_row = d->x_row, dy_row = d->dy_row;
  for (int64_t first = 0; first < d->samples; first += d->shard, shards++) {
    int64_t samples = d->samples - first < d->shard ? d->samples - first : d->shard, end = first + (samples + 1) / 2;
    LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = (vf){};
    for (int64_t chunk = first; chunk < end; chunk += LS_DEFERRED_CHUNK) {
      const float *x = d->x + chunk, *dy = d->dy + chunk * dy_row;
      uint32_t left = bits ? *bits++ : (1u << (end - chunk < LS_DEFERRED_CHUNK ? end - chunk : LS_DEFERRED_CHUNK)) - 1;
      for (; left; left &= left - 1) {
        int64_t p = __builtin_ctz(left);
        vf row[LS_TILE_VECTORS];
        ls_tile_load(dy + p * dy_row, vectors, mask, row);
        LS_EACH(r, rows) {
          vf value = ls_splat_word(x + r * x_row + p);
          LS_EACH(v, vectors) sums[r][v] = ls_dot(value, row[v], sums[r][v]);
        }
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

#define LS_WORDS_DEFERRED_TILE(rows, vectors) \
  static void ls_words_deferred_##rows##x##vectors(const ls_deferred *d) { ls_words_deferred_tile(d, rows, vectors); }
LS_OUTER_SIZES(LS_WORDS_DEFERRED_TILE)
#define LS_WORDS_DEFERRED_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_words_deferred_##rows##x##vectors,
static void (*const ls_words_deferred_tiles[LS_TILE_VECTORS][LS_OUTER_ROWS])(const ls_deferred *) = {
    LS_OUTER_SIZES(LS_WORDS_DEFERRED_ENTRY)};

/// Finds the words that are not zero in any of `rows` rows of x.
static void ls_words_deferred_bits(int64_t samples, int64_t shard, int64_t rows, const float *x, int64_t x_row,
                                   uint16_t *bits) {
  for (int64_t first = 0; first < samples; first += shard) {
    int64_t end = first + ((samples - first < shard ? samples - first : shard) + 1) / 2;
    for (int64_t chunk = first; chunk < end; chunk += LS_DEFERRED_CHUNK) {
      uint32_t found = 0;
      for (int64_t r = 0; r < rows; r++)
        found |= ls_word_bits(x + r * x_row + chunk, end - chunk < LS_DEFERRED_CHUNK ? end - chunk : LS_DEFERRED_CHUNK);
      *bits++ = (uint16_t)found;
    }
  }
}

static void ls_words_deferred_gradient(int64_t capacity, int64_t samples, int64_t shard, int64_t inputs, int64_t units,
                                       const float *kept, int64_t first_row, int64_t rows, float *gradient) {
  ls_panels panels = ls_panels_of(units);
  // The first panel is the widest, and has the fewest rows in a tile.
  ls_split tiles = ls_split_of(rows, ls_outer_rows[ls_panel_at(&panels, 0).vectors - 1]);
  uint16_t bits[LS_DEFERRED_CHUNKS];
  int64_t most = ((shard + 1) / 2 + LS_DEFERRED_CHUNK - 1) / LS_DEFERRED_CHUNK * ((samples + shard - 1) / shard);
  int skips = most * tiles.parts <= LS_DEFERRED_CHUNKS;
  for (int64_t tile = 0; skips && tile < tiles.parts; tile++)
    ls_words_deferred_bits(samples, shard, ls_part_size(&tiles, tile),
                           kept + (first_row + ls_part_start(&tiles, tile)) * capacity, capacity, bits + tile * most);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    for (int64_t tile = 0; tile < tiles.parts; tile++) {
      int64_t row = ls_part_start(&tiles, tile), size = ls_part_size(&tiles, tile);
      ls_deferred d = {
          .samples = samples, .shard = shard, .bits = skips ? bits + tile * most : 0,
          .x = kept + (first_row + row) * capacity, .x_row = capacity,
          .dy = kept + (inputs + panel.column) * capacity, .dy_row = panel.columns,
          .tile = {.c = gradient + row * units + panel.column, .c_row = units, .last = panel.last}};
      ls_words_deferred_tiles[panel.vectors - 1][size - 1](&d);
    }
  }
}

const ls_bfloat16_kernels LS_NAME(ls_bfloat16_kernels_table) = {
    .suits = ls_words_suit,
    .scratch = ls_words_scratch,
    .prepared = ls_words_prepared,
    .prepare = ls_words_prepare,
    .prepare_transposed = ls_words_prepare_transposed,
    .forward = ls_words_forward,
    .weight_gradient = ls_words_weight_gradient,
    .input_gradient = ls_words_input_gradient,
    .keep = ls_words_keep,
    .deferred_gradient = ls_words_deferred_gradient,
};
