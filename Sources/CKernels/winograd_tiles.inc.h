// Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016):
// `tile` outputs of a filter of three taps from `span` = `tile` + 2 inputs with `span` products,
//
//     y = Aᵀ (G g ⊙ Bᵀ d),
//
// read off polynomials at `span` - 1 points and at infinity. Along two axes each matrix is applied to columns and then to
// rows: a tile of 2 by 2 outputs takes 16 products for 36, one of 4 by 4 takes 36 for 144.
//
// Tiles of 2 take the points 0, 1, -1: their matrices have no rounded factor, and the error is below the direct sum's.
// Tiles of 4 take 0, ±√½, ±√2. With the textbook's 0, ±1, ±2 the error is twice as large: where the points come as
// reciprocals, neither the input's nor the output's side grows. (`WinogradErrorTests` holds the figures.)
#include "math.inc.h"

/// Inputs of the larger tile along an axis.
#define LS_WINOGRAD_SPAN 6
#define LS_SQRT_HALF 0.70710678118654752f
#define LS_SQRT_2 1.41421356237309505f

// MARK: One axis

/// v = Bᵀ d.
LS_INLINE void ls_winograd_input_axis(int tile, const vf *d, vf *v) {
  if (tile == 2) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[3] - d[1];
    return;
  }
  // At ±p the other pair's polynomial, x² - q², is left: times x for the even part and p times the odd one.
  const vf half = ls_splat(LS_SQRT_HALF), two = ls_splat(LS_SQRT_2), sum = ls_splat(-2.5f);
  vf even = ls_fma(ls_splat(-2.0f), d[2], d[4]), odd = ls_fma(ls_splat(-2.0f), d[1], d[3]);
  v[0] = ls_fma(sum, d[2], d[0] + d[4]);
  v[1] = ls_fma(half, odd, even);
  v[2] = ls_fma(-half, odd, even);
  even = ls_fma(ls_splat(-0.5f), d[2], d[4]);
  odd = ls_fma(ls_splat(-0.5f), d[1], d[3]);
  v[3] = ls_fma(two, odd, even);
  v[4] = ls_fma(-two, odd, even);
  v[5] = ls_fma(sum, d[3], d[1] + d[5]);
}

/// u = G g.
LS_INLINE void ls_winograd_weight_axis(int tile, const vf *g, vf *u) {
  if (tile == 2) {
    vf even = 0.5f * (g[0] + g[2]), odd = 0.5f * g[1];
    u[0] = g[0];
    u[1] = even + odd;
    u[2] = even - odd;
    u[3] = g[2];
    return;
  }
  vf even = (-2.0f / 3) * ls_fma(ls_splat(0.5f), g[2], g[0]), odd = (-2.0f / 3 * LS_SQRT_HALF) * g[1];
  u[0] = g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  even = (1.0f / 6) * ls_fma(ls_splat(2.0f), g[2], g[0]);
  odd = (1.0f / 6 * LS_SQRT_2) * g[1];
  u[3] = even + odd;
  u[4] = even - odd;
  u[5] = g[2];
}

/// y = Aᵀ m.
LS_INLINE void ls_winograd_output_axis(int tile, const vf *m, vf *y) {
  vf even = m[1] + m[2], odd = m[1] - m[2];
  if (tile == 2) {
    y[0] = m[0] + even;
    y[1] = odd + m[3];
    return;
  }
  vf even2 = m[3] + m[4], odd2 = LS_SQRT_2 * (m[3] - m[4]);
  odd = LS_SQRT_HALF * odd;
  y[0] = m[0] + (even + even2);
  y[1] = odd + odd2;
  y[2] = ls_fma(ls_splat(2.0f), even2, 0.5f * even);
  y[3] = ls_fma(ls_splat(2.0f), odd2, ls_fma(ls_splat(0.5f), odd, m[5]));
}

/// m = A y, what turns the gradient of `y` into that of `m`.
LS_INLINE void ls_winograd_output_gradient_axis(int tile, const vf *y, vf *m) {
  m[0] = y[0];
  if (tile == 2) {
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = y[1];
    return;
  }
  vf even = ls_fma(ls_splat(0.5f), y[2], y[0]), odd = LS_SQRT_HALF * ls_fma(ls_splat(0.5f), y[3], y[1]);
  m[1] = even + odd;
  m[2] = even - odd;
  even = ls_fma(ls_splat(2.0f), y[2], y[0]);
  odd = LS_SQRT_2 * ls_fma(ls_splat(2.0f), y[3], y[1]);
  m[3] = even + odd;
  m[4] = even - odd;
  m[5] = y[3];
}

/// g = Gᵀ u, what turns the gradient of `u` into that of `g`.
LS_INLINE void ls_winograd_weight_gradient_axis(int tile, const vf *u, vf *g) {
  vf even = u[1] + u[2], odd = u[1] - u[2];
  if (tile == 2) {
    g[0] = ls_fma(ls_splat(0.5f), even, u[0]);
    g[1] = 0.5f * odd;
    g[2] = ls_fma(ls_splat(0.5f), even, u[3]);
    return;
  }
  even = (-2.0f / 3) * even;
  vf even2 = (1.0f / 6) * (u[3] + u[4]);
  g[0] = u[0] + (even + even2);
  g[1] = ls_fma(ls_splat(-2.0f / 3 * LS_SQRT_HALF), odd, (1.0f / 6 * LS_SQRT_2) * (u[3] - u[4]));
  g[2] = ls_fma(ls_splat(2.0f), even2, ls_fma(ls_splat(0.5f), even, u[5]));
}

// MARK: Two axes

/// A square of vectors, of which a transform uses its part at the top left.
typedef vf ls_square[LS_WINOGRAD_SPAN][LS_WINOGRAD_SPAN];

/// The transform of one axis, for tiles of this size.
typedef void ls_winograd_axis(int tile, const vf *from, vf *to);

/// Rows and columns of such a part, or of a tile.
typedef struct ls_extent {
  int rows, columns;
} ls_extent;

/// The inputs of a tile: its positions.
LS_INLINE ls_extent ls_span_of(ls_extent tile) { return (ls_extent){tile.rows + 2, tile.columns + 2}; }

/// Runs `axis` over the columns of `size` elements, then over the rows, of which `result` come out.
LS_INLINE void ls_both_axes(ls_winograd_axis *axis, ls_extent tile, ls_extent size, ls_extent result,
                            ls_square square) {
  LS_EACH(j, size.columns) {
    vf from[LS_WINOGRAD_SPAN], to[LS_WINOGRAD_SPAN];
    LS_EACH(i, size.rows) from[i] = square[i][j];
    axis(tile.rows, from, to);
    LS_EACH(i, result.rows) square[i][j] = to[i];
  }
  LS_EACH(i, result.rows) {
    vf to[LS_WINOGRAD_SPAN];
    axis(tile.columns, square[i], to);
    LS_EACH(j, result.columns) square[i][j] = to[j];
  }
}

/// Writes element (i, j) to position i * columns + j; the positions' matrices are `position` floats apart.
LS_INLINE void ls_positions_store(ls_extent size, ls_square square, float *to, int64_t position) {
  LS_EACH(i, size.rows) LS_EACH(j, size.columns) ls_store(to + (i * size.columns + j) * position, square[i][j]);
}

LS_INLINE void ls_positions_load(ls_extent size, const float *from, int64_t position, ls_square square) {
  LS_EACH(i, size.rows) LS_EACH(j, size.columns)
    square[i][j] = ls_load(from + (i * size.columns + j) * position);
}

// MARK: Tiles of an image

/// Where a tile's pixels lie in an image, and which of them exist: rows row ..< rows and columns column ..< columns.
typedef struct ls_patch {
  int64_t at;  ///< offset of pixel (0, 0), which need not exist
  int64_t line, pixel;
  int32_t row, rows, column, columns;
} ls_patch;

LS_INLINE int ls_patch_is_whole(const ls_patch *p, ls_extent size) {
  return p->row == 0 && p->rows == size.rows && p->column == 0 && p->columns == size.columns;
}

LS_INLINE int ls_patch_has(const ls_patch *p, int whole, int i, int j) {
  return whole || (i >= p->row && i < p->rows && j >= p->column && j < p->columns);
}

/// Loads `size` pixels from channel `c` on, zeros for those that do not exist.
LS_INLINE void ls_patch_load(const ls_patch *p, ls_extent size, int whole, const float *x, int64_t c,
                             ls_square square) {
  LS_EACH(i, size.rows) LS_EACH(j, size.columns)
    square[i][j] = ls_patch_has(p, whole, i, j) ? ls_load(x + (p->at + i * p->line + j * p->pixel + c)) : (vf){};
}

// `whole`, a constant like `tile`, says that all pixels exist.

/// V = Bᵀ d B of one tile: `channels` (>= LS_LANES) floats for each position.
LS_INLINE void ls_winograd_input_tile(ls_extent tile, int whole, const ls_patch *p, int64_t channels, const float *x,
                                      float *v, int64_t position) {
  const ls_extent span = ls_span_of(tile);
  for (int64_t next = 0; next < channels; next += LS_LANES) {
    int64_t c = ls_first_channel(next, channels);
    ls_square square;
    ls_patch_load(p, span, whole, x, c, square);
    ls_both_axes(ls_winograd_input_axis, tile, span, span, square);
    ls_positions_store(span, square, v + c, position);
  }
}

/// y = Aᵀ M A + bias of one tile. A row of `m` has whole vectors, of which `filters` floats count.
LS_INLINE void ls_winograd_output_tile(ls_extent tile, int whole, const ls_patch *p, int64_t filters, const float *m,
                                       int64_t position, const float *bias, float *y) {
  const ls_extent span = ls_span_of(tile);
  for (int64_t f = 0; f < filters; f += LS_LANES) {
    int64_t lanes = ls_lanes_left(f, filters);
    ls_square square;
    ls_positions_load(span, m + f, position, square);
    ls_both_axes(ls_winograd_output_axis, tile, span, tile, square);
    vf offset = bias ? ls_take(bias + f, lanes) : (vf){};
    LS_EACH(i, tile.rows) LS_EACH(j, tile.columns) {
      if (ls_patch_has(p, whole, i, j))
        ls_put(y + p->at + i * p->line + j * p->pixel + f, square[i][j] + offset, lanes);
    }
  }
}

/// The same, with ReLU and max-pooling of windows of 2 by 2: `p` and `y` are of the pooled image, and `winners` (may be null)
/// of its first pixel and filter, `words` bytes a pixel. The panel begins with bit `shift` of its group.
LS_INLINE void ls_winograd_pooled_tile(ls_extent tile, int whole, const ls_patch *p, int64_t filters, const float *m,
                                       int64_t position, const float *bias, float *y, uint8_t *winners, int64_t words,
                                       int64_t shift) {
  const ls_extent span = ls_span_of(tile);
  for (int64_t f = 0; f < filters; f += LS_LANES, shift += LS_LANES) {
    int64_t lanes = ls_lanes_left(f, filters), bit = shift % LS_GROUP;
    ls_square square;
    ls_positions_load(span, m + f, position, square);
    ls_both_axes(ls_winograd_output_axis, tile, span, tile, square);
    vf offset = bias ? ls_take(bias + f, lanes) : (vf){};
    LS_EACH(i, tile.rows / 2) LS_EACH(j, tile.columns / 2) {
      if (!ls_patch_has(p, whole, i, j)) continue;
      int64_t at = p->at + i * p->line + j * p->pixel;
      uint8_t *word = winners ? winners + at / p->pixel * words + shift / LS_GROUP * LS_WINNERS : 0;
      // Narrow vectors put their bits beside those of the ones before them.
      ls_winners won = {};
      if (winners && bit) won = ls_winners_at(word);
      ls_quarter q = {{square[2 * i][2 * j] + offset, square[2 * i][2 * j + 1] + offset},
                      {square[2 * i + 1][2 * j] + offset, square[2 * i + 1][2 * j + 1] + offset}};
      vf most = ls_pool_nans(&q, (int)bit, &won);
      ls_put(y + at + f, most, lanes);
      if (winners) memcpy(word, &won, LS_WINNERS);
    }
  }
}

/// The gradient of M, A dy Aᵀ, of one tile: `filters` (>= LS_LANES) floats for each position, and behind the last position
/// the sums of dy.
LS_INLINE void ls_winograd_gradient_tile(ls_extent tile, int whole, const ls_patch *p, int64_t filters, const float *dy,
                                         float *m, int64_t position) {
  const ls_extent span = ls_span_of(tile);
  for (int64_t next = 0; next < filters; next += LS_LANES) {
    int64_t f = ls_first_channel(next, filters);
    ls_square square;
    ls_patch_load(p, tile, whole, dy, f, square);
    vf sum = {};
    LS_EACH(i, tile.rows) LS_EACH(j, tile.columns) sum += square[i][j];
    ls_store(m + span.rows * span.columns * position + f, sum);
    ls_both_axes(ls_winograd_output_gradient_axis, tile, tile, span, square);
    ls_positions_store(span, square, m + f, position);
  }
}
