// Matrix products in register tiles: the inner loops of convolutions and dense layers.
//
// A tile is a few rows of the result by one to four vectors of its columns, held in registers while the sums run.
// Every element of the result has an accumulator of its own, which adds its products one after the other: how a
// result is cut into tiles is a matter of speed and cannot change a bit. A sum may also be left in memory and taken
// up again.
//
// There are two kinds of sums:
//  - `ls_product`: c[r, :] += sum over k of a[r, k] * b[k, :], where a row of `a` is a few runs of contiguous floats;
//  - `ls_outer`:   c[r, :] += sum over p of a[p, r] * b[p, :], where p walks the pixels of images.

// Rows of a tile for each number of vectors: as many accumulators as fit beside one row of b and one value of a. An
// outer tile also needs a general register for each row.
#define LS_OUTER_ROWS 10
#if LS_LANES == 16  // 32 registers
#define LS_TILE_ROWS 16
static const int64_t ls_product_rows[LS_TILE_VECTORS] = {16, 14, 9, 6};
static const int64_t ls_outer_rows[LS_TILE_VECTORS] = {10, 10, 8, 6};
#else  // 16 registers
#define LS_TILE_ROWS 10
static const int64_t ls_product_rows[LS_TILE_VECTORS] = {10, 6};
static const int64_t ls_outer_rows[LS_TILE_VECTORS] = {10, 6};
#endif

/// Where the sums of a tile begin and end.
typedef struct ls_tile {
  const float *start;  ///< first values: `start_row` apart (0: the same for every row, a bias), or null for zeros
  int64_t start_row;
  float *c;  ///< the result; may be `start`
  int64_t c_row;
  int64_t last;  ///< columns in the last vector, 1...LS_LANES
} ls_tile;

typedef struct ls_product {
  ls_tile tile;
  int64_t segments, depth;  ///< runs in a row of `a`, floats in a run
  const float *a;
  int64_t a_row, a_segment;
  const float *b;
  int64_t b_row, b_segment;
} ls_product;

typedef struct ls_outer {
  ls_tile tile;
  int64_t images, lines, pixels;  ///< the sum runs over images of lines of pixels
  const float *a[LS_OUTER_ROWS];  ///< for each row of the tile, its value at the first pixel
  int64_t a_image, a_line, a_pixel;
  const float *b;
  int64_t b_image, b_line, b_pixel;
} ls_outer;

typedef vf ls_sums[LS_TILE_ROWS][LS_TILE_VECTORS];

// The sizes of a tile are constants wherever the next functions are inlined: with the loops unrolled, the sums live
// in registers.

/// One row of a tile: full vectors, and the last one masked.
LS_INLINE void ls_tile_load(const float *from, int vectors, ls_mask mask, vf *row) {
  LS_EACH(v, vectors - 1) row[v] = ls_load(from + v * LS_LANES);
  row[vectors - 1] = ls_load_masked(from + (vectors - 1) * LS_LANES, mask);
}

LS_INLINE void ls_tile_store(float *to, int vectors, ls_mask mask, const vf *row) {
  LS_EACH(v, vectors - 1) ls_store(to + v * LS_LANES, row[v]);
  ls_store_masked(to + (vectors - 1) * LS_LANES, row[vectors - 1], mask);
}

LS_INLINE void ls_tile_begin(const ls_tile *t, int rows, int vectors, ls_mask mask, ls_sums sums) {
  if (t->start) {
    LS_EACH(r, rows) ls_tile_load(t->start + r * t->start_row, vectors, mask, sums[r]);
  } else {
    LS_EACH(r, rows) LS_EACH(v, vectors) sums[r][v] = (vf){};
  }
}

LS_INLINE void ls_tile_end(const ls_tile *t, int rows, int vectors, ls_mask mask, ls_sums sums) {
  LS_EACH(r, rows) ls_tile_store(t->c + r * t->c_row, vectors, mask, sums[r]);
}

LS_INLINE void ls_product_tile(const ls_product *p, int rows, int vectors) {
  ls_mask mask = ls_mask_of(p->tile.last);
  ls_sums sums;
  ls_tile_begin(&p->tile, rows, vectors, mask, sums);
  int64_t depth = p->depth, a_row = p->a_row, b_row = p->b_row;
  for (int64_t s = 0; s < p->segments; s++) {
    const float *a = p->a + s * p->a_segment, *b = p->b + s * p->b_segment;
    for (int64_t k = 0; k < depth; k++, b += b_row) {
      vf row[LS_TILE_VECTORS];
      ls_tile_load(b, vectors, mask, row);
      LS_EACH(r, rows) {
        vf value = ls_splat(a[r * a_row + k]);
        LS_EACH(v, vectors) sums[r][v] = ls_fma(value, row[v], sums[r][v]);
      }
    }
  }
  ls_tile_end(&p->tile, rows, vectors, mask, sums);
}

LS_INLINE void ls_outer_tile(const ls_outer *p, int rows, int vectors) {
  ls_mask mask = ls_mask_of(p->tile.last);
  ls_sums sums;
  ls_tile_begin(&p->tile, rows, vectors, mask, sums);
  const float *a[LS_OUTER_ROWS];
  LS_EACH(r, rows) a[r] = p->a[r];
  int64_t a_pixel = p->a_pixel, b_pixel = p->b_pixel;
  for (int64_t n = 0; n < p->images; n++) {
    for (int64_t i = 0; i < p->lines; i++) {
      int64_t at = n * p->a_image + i * p->a_line, end = at + p->pixels * a_pixel;
      const float *b = p->b + n * p->b_image + i * p->b_line;
      for (; at < end; at += a_pixel, b += b_pixel) {
        vf row[LS_TILE_VECTORS];
        ls_tile_load(b, vectors, mask, row);
        LS_EACH(r, rows) {
          vf value = ls_splat(a[r][at]);
          LS_EACH(v, vectors) sums[r][v] = ls_fma(value, row[v], sums[r][v]);
        }
      }
    }
  }
  ls_tile_end(&p->tile, rows, vectors, mask, sums);
}

// One function for each size of a tile, and a table of them.

#define LS_UP_TO_6(X, vectors) X(1, vectors) X(2, vectors) X(3, vectors) X(4, vectors) X(5, vectors) X(6, vectors)
#define LS_UP_TO_8(X, vectors) LS_UP_TO_6(X, vectors) X(7, vectors) X(8, vectors)
#define LS_UP_TO_9(X, vectors) LS_UP_TO_8(X, vectors) X(9, vectors)
#define LS_UP_TO_10(X, vectors) LS_UP_TO_9(X, vectors) X(10, vectors)
#define LS_UP_TO_14(X, vectors) LS_UP_TO_10(X, vectors) X(11, vectors) X(12, vectors) X(13, vectors) X(14, vectors)
#define LS_UP_TO_16(X, vectors) LS_UP_TO_14(X, vectors) X(15, vectors) X(16, vectors)
#if LS_LANES == 16
#define LS_PRODUCT_SIZES(X) LS_UP_TO_16(X, 1) LS_UP_TO_14(X, 2) LS_UP_TO_9(X, 3) LS_UP_TO_6(X, 4)
#define LS_OUTER_SIZES(X) LS_UP_TO_10(X, 1) LS_UP_TO_10(X, 2) LS_UP_TO_8(X, 3) LS_UP_TO_6(X, 4)
#else
#define LS_PRODUCT_SIZES(X) LS_UP_TO_10(X, 1) LS_UP_TO_6(X, 2)
#define LS_OUTER_SIZES(X) LS_UP_TO_10(X, 1) LS_UP_TO_6(X, 2)
#endif

#define LS_PRODUCT_TILE(rows, vectors) \
  static void ls_product_##rows##x##vectors(const ls_product *p) { ls_product_tile(p, rows, vectors); }
#define LS_OUTER_TILE(rows, vectors) \
  static void ls_outer_##rows##x##vectors(const ls_outer *p) { ls_outer_tile(p, rows, vectors); }
LS_PRODUCT_SIZES(LS_PRODUCT_TILE)
LS_OUTER_SIZES(LS_OUTER_TILE)

#define LS_PRODUCT_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_product_##rows##x##vectors,
#define LS_OUTER_ENTRY(rows, vectors) [vectors - 1][rows - 1] = ls_outer_##rows##x##vectors,
static void (*const ls_product_tiles[LS_TILE_VECTORS][LS_TILE_ROWS])(const ls_product *) = {
    LS_PRODUCT_SIZES(LS_PRODUCT_ENTRY)};
static void (*const ls_outer_tiles[LS_TILE_VECTORS][LS_OUTER_ROWS])(const ls_outer *) = {
    LS_OUTER_SIZES(LS_OUTER_ENTRY)};

/// Runs `p` for `rows` rows of the result, tile after tile. `p` holds the first row's addresses.
static void ls_product_run(ls_product p, int64_t rows, int64_t vectors) {
  ls_split split = ls_split_of(rows, ls_product_rows[vectors - 1]);
  for (int64_t part = 0; part < split.parts; part++) {
    int64_t size = ls_part_size(&split, part);
    ls_product_tiles[vectors - 1][size - 1](&p);
    p.a += size * p.a_row;
    if (p.tile.start) p.tile.start += size * p.tile.start_row;
    p.tile.c += size * p.tile.c_row;
  }
}
