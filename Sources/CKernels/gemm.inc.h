// Matrix products in register tiles: the inner loops of convolutions and dense layers.
//
// A tile is a few rows of the result by one to four vectors of its columns, held in registers while the sums run.
// Every element of the result has an accumulator of its own, which adds its products one after the other: how a result is
// cut into tiles is a matter of speed and cannot change a bit. A sum may also be left in memory and taken up again.
//
// There are two kinds of sums:
//  - `ls_product`: c[r, :] += sum over k of a[r, k] * b[k, :], where a row of `a` is a few runs of contiguous floats;
//  - `ls_outer`:   c[r, :] += sum over p of a[p, r] * b[p, :], where p walks the pixels of images.

// Rows of a tile for each number of vectors: as many accumulators as fit beside one row of b and one value of a. An outer tile
// also needs a general register for each row.
#if LS_LANES == 16  // 32 registers
#define LS_TILE_VECTORS 4
#define LS_TILE_ROWS 16
static const int64_t ls_product_rows[LS_TILE_VECTORS] = {16, 14, 9, 6};
static const int64_t ls_outer_rows[LS_TILE_VECTORS] = {10, 10, 8, 6};
#else  // 16 registers
#define LS_TILE_VECTORS 2
#define LS_TILE_ROWS 10
static const int64_t ls_product_rows[LS_TILE_VECTORS] = {10, 6};
static const int64_t ls_outer_rows[LS_TILE_VECTORS] = {10, 6};
#endif
#define LS_OUTER_ROWS 10

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

// The sizes of a tile are constants wherever these functions are inlined: unrolled, the sums live in registers.
#define LS_EACH(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < (count); i++)

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

/// A range cut into as few parts as a limit allows, all equal or one apart.
typedef struct ls_split {
  int64_t parts, size, larger;  ///< the first `larger` parts have `size + 1`
} ls_split;

LS_INLINE ls_split ls_split_of(int64_t count, int64_t limit) {
  int64_t parts = (count + limit - 1) / limit;
  return parts ? (ls_split){parts, count / parts, count % parts} : (ls_split){0, 0, 0};
}

LS_INLINE int64_t ls_part_start(const ls_split *split, int64_t part) {
  return part * split->size + (part < split->larger ? part : split->larger);
}

LS_INLINE int64_t ls_part_size(const ls_split *split, int64_t part) { return split->size + (part < split->larger); }

/// The columns of a result cut into panels of as many vectors as a tile has.
typedef struct ls_panels {
  int64_t columns;
  ls_split vectors;
} ls_panels;

LS_INLINE ls_panels ls_panels_of(int64_t columns) {
  return (ls_panels){columns, ls_split_of((columns + LS_LANES - 1) / LS_LANES, LS_TILE_VECTORS)};
}

typedef struct ls_panel {
  int64_t column;   ///< its first
  int64_t columns;
  int64_t vectors;  ///< 1...LS_TILE_VECTORS
  int64_t last;     ///< columns in its last vector
} ls_panel;

LS_INLINE ls_panel ls_panel_at(const ls_panels *panels, int64_t part) {
  int64_t column = ls_part_start(&panels->vectors, part) * LS_LANES, vectors = ls_part_size(&panels->vectors, part);
  int64_t left = panels->columns - column, columns = left < vectors * LS_LANES ? left : vectors * LS_LANES;
  return (ls_panel){column, columns, vectors, columns - (vectors - 1) * LS_LANES};
}

/// Copies a matrix panel after panel, so that what a tile reads is contiguous: rows a power of two apart would fall into few sets of
/// the caches. The panel at column j begins at to + rows * j.
static void ls_pack(int64_t rows, const ls_panels *panels, const float *from, float *to) {
  for (int64_t part = 0; part < panels->vectors.parts; part++) {
    ls_panel panel = ls_panel_at(panels, part);
    for (int64_t r = 0; r < rows; r++, to += panel.columns)
      memcpy(to, from + r * panels->columns + panel.column, (size_t)panel.columns * sizeof(float));
  }
}

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

// Transposition, a square of vectors at a time.

#if LS_LANES == 16
#define LS_ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define LS_ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LS_LANES == 8
#define LS_ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define LS_ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LS_ZIP_LOW 0, 4, 1, 5
#define LS_ZIP_HIGH 2, 6, 3, 7
#endif

/// square[i][j] = old square[j][i]: log2(LS_LANES) perfect shuffles of its LS_LANES² elements.
LS_INLINE void ls_transpose_square(vf *square) {
  LS_EACH(stage, LS_LANES == 16 ? 4 : LS_LANES == 8 ? 3 : 2) {
    vf zipped[LS_LANES];
    LS_EACH(i, LS_LANES / 2) {
      zipped[2 * i] = __builtin_shufflevector(square[i], square[i + LS_LANES / 2], LS_ZIP_LOW);
      zipped[2 * i + 1] = __builtin_shufflevector(square[i], square[i + LS_LANES / 2], LS_ZIP_HIGH);
    }
    LS_EACH(i, LS_LANES) square[i] = zipped[i];
  }
}

/// to[j, i] = from[i, j] for `rows` rows and `columns` columns of `from`; rows of either are `*_row` apart.
static void ls_transpose(int64_t rows, int64_t columns, const float *from, int64_t from_row, float *to, int64_t to_row) {
  for (int64_t i = 0; i < rows; i += LS_LANES) {
    int64_t height = rows - i < LS_LANES ? rows - i : LS_LANES;
    for (int64_t j = 0; j < columns; j += LS_LANES) {
      int64_t width = columns - j < LS_LANES ? columns - j : LS_LANES;
      ls_mask read = ls_mask_of(width), write = ls_mask_of(height);
      vf square[LS_LANES];
      LS_EACH(r, LS_LANES) square[r] = r < height ? ls_load_masked(from + (i + r) * from_row + j, read) : (vf){};
      ls_transpose_square(square);
      LS_EACH(r, LS_LANES) if (r < width) ls_store_masked(to + (j + r) * to_row + i, square[r], write);
    }
  }
}

/// sums[j] = sum over the rows of values[row, j], on top of what is there where `resume` is set. Four interleaved sums for each
/// column, added pairwise, hide the latency of an addition.
static void ls_column_sums(int64_t rows, int64_t columns, const float *values, float *sums, int resume) {
  for (int64_t j = 0; j < columns; j += LS_LANES) {
    ls_mask mask = ls_mask_of(columns - j < LS_LANES ? columns - j : LS_LANES);
    vf part[4] = {};
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4)
      LS_EACH(i, 4) part[i] += ls_load_masked(values + (r + i) * columns + j, mask);
    for (int i = 0; r < rows; r++, i++) part[i] += ls_load_masked(values + r * columns + j, mask);
    vf sum = (part[0] + part[1]) + (part[2] + part[3]);
    ls_store_masked(sums + j, resume ? ls_load_masked(sums + j, mask) + sum : sum, mask);
  }
}
