// Products of bfloat16 numbers with FP32 sums, by `vdpbf16ps`. Compiled for AVX-512 with AVX512-BF16 only.
//
// A bfloat16 number is the upper half of a float. Floats are rounded to the nearest, ties to even; denormal ones become
// zeros. Two of them make a word, which is moved around as one float: the sum runs over words, and one instruction adds
// both products of a word, the upper first, each rounded as a fused multiply-add that takes and makes zeros for
// denormals.

/// The words of neighbours among `floats` floats in a row, 1 <= `floats` <= 2 LS_LANES; zeros behind.
LS_INLINE vf ls_words_of_row(const float *p, int64_t floats) {
  vf low = ls_load_part(p, floats < LS_LANES ? floats : LS_LANES);
  vf high = floats > LS_LANES ? ls_load_part(p + LS_LANES, floats - LS_LANES) : (vf){};
  return (vf)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

typedef uint16_t ls_halves __attribute__((vector_size(LS_LANES * 4)));

/// The words of two rows of floats one below the other.
LS_INLINE vf ls_words_of_rows(vf upper, vf lower) {
  ls_halves halves = (ls_halves)_mm512_cvtne2ps_pbh((__m512)lower, (__m512)upper);
  return (vf)__builtin_shufflevector(halves, halves, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9,
                                     25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// sum + both products of words of a and b.
LS_INLINE vf ls_dot(vf a, vf b, vf sum) {
  return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

/// One word in every lane.
LS_INLINE vf ls_splat_word(const float *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return (vf)_mm512_set1_epi32(word);
}

/// Bit i tells whether word i of `n` <= 2 LS_LANES has a bit set.
LS_INLINE uint32_t ls_word_bits(const float *p, int64_t n) {
  __m512i low = (__m512i)ls_load_part(p, n < LS_LANES ? n : LS_LANES);
  __m512i high = n > LS_LANES ? (__m512i)ls_load_part(p + LS_LANES, n - LS_LANES) : _mm512_setzero_si512();
  return _mm512_test_epi32_mask(low, low) | (uint32_t)_mm512_test_epi32_mask(high, high) << LS_LANES;
}

/// c[r, :] += sum over k of a[r, k] * b[k, :] in words; as `ls_product`, with one run.
typedef struct ls_dots {
  ls_tile tile;
  int64_t depth;  ///< words
  const float *a;
  int64_t a_row;
  const float *b;
  int64_t b_row;
} ls_dots;

LS_INLINE void ls_dots_tile(const ls_dots *p, int rows, int vectors) {
  ls_mask mask = ls_mask_of(p->tile.last);
  ls_sums sums;
  ls_tile_begin(&p->tile, rows, vectors, mask, sums);
  int64_t depth = p->depth, a_row = p->a_row, b_row = p->b_row;
  const float *a = p->a, *b = p->b;
  for (int64_t k = 0; k < depth; k++, b += b_row) {
    vf row[LS_TILE_VECTORS];
    ls_tile_load(b, vectors, mask, row);
    LS_EACH(r, rows) {
      vf value = ls_splat_word(a + r * a_row + k);
      LS_EACH(v, vectors) sums[r][v] = ls_dot(value, row[v], sums[r][v]);
    }
  }
  ls_tile_end(&p->tile, rows, vectors, mask, sums);
}

#define LS_DOTS_TILE(rows, vectors) \
  static void ls_dots_##rows##x##vectors(const ls_dots *p) { ls_dots_tile(p, rows, vectors); }
LS_PRODUCT_SIZES(LS_DOTS_TILE)
#define LS_DOTS_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_dots_##rows##x##vectors,
static void (*const ls_dots_tiles[LS_TILE_VECTORS][LS_TILE_ROWS])(const ls_dots *) = {
    LS_PRODUCT_SIZES(LS_DOTS_ENTRY)};

/// Runs `p` for `rows` rows of the result, tile after tile. `p` holds the first row's addresses.
static void ls_dots_run(ls_dots p, int64_t rows, int64_t vectors) {
  ls_split split = ls_split_of(rows, ls_product_rows[vectors - 1]);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t size = ls_part_size(&split, part);
    ls_dots_tiles[vectors - 1][size - 1](&p);
    p.a += size * p.a_row;
    if (p.tile.start) p.tile.start += size * p.tile.start_row;
    p.tile.c += size * p.tile.c_row;
  }
}
