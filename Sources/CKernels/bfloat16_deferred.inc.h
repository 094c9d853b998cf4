// A dense layer's weight gradient over a whole minibatch in bfloat16: deferred.inc.h on the words that `ls_words_keep`
// kept.

/// One tile of the gradient: within a shard the sums of `ls_dots_tile`, across the shards those of `ls_tree_sum`. A bit
/// is that of a word.
LS_INLINE void ls_words_deferred_tile(const ls_deferred *d, int rows, int vectors) {
  ls_mask mask = ls_mask_of(d->tile.last);
  ls_waiting waiting;
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
    ls_deferred_push(shards, rows, vectors, waiting, sums);
  }
  ls_deferred_total(shards, rows, vectors, waiting, sums);
  ls_tile_end(&d->tile, rows, vectors, mask, sums);
}

#define LS_WORDS_DEFERRED_TILE(rows, vectors) \
  static void ls_words_deferred_##rows##x##vectors(const ls_deferred *d) { ls_words_deferred_tile(d, rows, vectors); }
LS_OUTER_SIZES(LS_WORDS_DEFERRED_TILE)
#define LS_WORDS_DEFERRED_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_words_deferred_##rows##x##vectors,
static const ls_deferred_function ls_words_deferred_tiles[LS_TILE_VECTORS][LS_OUTER_ROWS] = {
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
  const ls_deferred_tiles tiles = {ls_outer_rows, ls_words_deferred_tiles};
  ls_deferred_run(capacity, samples, shard, (shard + 1) / 2, inputs, units, kept, first_row, rows, gradient,
                  ls_words_deferred_bits, tiles, tiles);
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
