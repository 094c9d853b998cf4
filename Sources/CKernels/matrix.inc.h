// What the matrix products need around their tiles: cutting ranges, laying matrices out, summing columns.

/// A loop that is unrolled whole, so that arrays indexed by it can live in registers.
#define LS_EACH(i, count) _Pragma("clang loop unroll(full)") for (int i = 0; i < (count); i++)

/// Vectors in a row of a tile, at most.
#if LS_LANES == 16
#define LS_TILE_VECTORS 4
#else
#define LS_TILE_VECTORS 2
#endif

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

/// Copies a matrix panel after panel, so that what a tile reads is contiguous: rows a power of two apart would fall
/// into few sets of the caches. The panel at column j begins at to + rows * j.
static void ls_pack(int64_t rows, const ls_panels *panels, const float *from, float *to) {
  for (int64_t part = 0; part < panels->vectors.parts; part++) {
    ls_panel panel = ls_panel_at(panels, part);
    for (int64_t r = 0; r < rows; r++, to += panel.columns)
      memcpy(to, from + r * panels->columns + panel.column, (size_t)panel.columns * sizeof(float));
  }
}

// Transposition, a square of vectors at a time.

#if LS_LANES == 16
#define LS_ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define LS_ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define LS_EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define LS_ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#elif LS_LANES == 8
#define LS_ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define LS_ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define LS_EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define LS_ODD 1, 3, 5, 7, 9, 11, 13, 15
#else
#define LS_ZIP_LOW 0, 4, 1, 5
#define LS_ZIP_HIGH 2, 6, 3, 7
#define LS_EVEN 0, 2, 4, 6
#define LS_ODD 1, 3, 5, 7
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
static void ls_transpose(int64_t rows, int64_t columns, const float *from, int64_t from_row, float *to,
                         int64_t to_row) {
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

/// sums[j] = sum over the rows of values[row, j], on top of what is there where `resume` is set. Four interleaved
/// sums for each column, added pairwise, hide the latency of an addition.
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
