// The gradients of a pooled convolution from lists of the pixels that have one.
//
// Weight gradient: for each filter a list of (place of the window in the image, gradient). A filter's sums, KH rows of
// KW * C floats, stay in registers while its list runs: no products with zero. Images of many channels are cut into
// blocks of channels, so that the strip of image that the lists of all filters run over stays in the first-level cache.
//
// Input gradient: for each pooled pixel the lists of the filters that won at its four places. With 3 by 3 kernels and
// wide registers the 4 by 4 patch that the window's shares fall into stays in registers, for a vector of channels.

/// Rows and vectors of a filter's sums in registers, at most.
#define LS_SPARSE_ROWS 5
#if LS_LANES == 16
#define LS_SPARSE_VECTORS 6
#define LS_SPARSE_SUMS 25
#else
#define LS_SPARSE_VECTORS 4
#define LS_SPARSE_SUMS 12
#endif
/// Floats of a strip of image that stay in the first-level cache.
#define LS_STRIP_FLOATS 6144

/// A gradient and where it acts.
typedef struct ls_nonzero {
  int32_t at;
  float value;
} ls_nonzero;

/// How the weight gradient goes over an image.
typedef struct ls_sparse {
  int64_t channels, blocks;  ///< of a block; number of blocks
  int64_t row, vectors;      ///< floats in a row of a filter's sums, vectors that hold them
  int64_t line;              ///< floats in a row of the block's image
  int64_t rows;              ///< pooled rows of a strip
  int64_t entries;           ///< room in a filter's list
  int copies;                ///< whether a strip is copied first, for a border or a block of channels
} ls_sparse;

/// Zero blocks where a filter has too much for the registers or too little for vectors.
static ls_sparse ls_sparse_of(const ls_window2d *w) {
  ls_sparse s = {};
  ls_pooling pool = ls_pooling_of(w);
  int64_t kh = w->kernel_height, kw = w->kernel_width;
  if (kh > LS_SPARSE_ROWS || pool.height == 0 || pool.width == 0) return s;
  int64_t vectors = LS_SPARSE_SUMS / kh < LS_SPARSE_VECTORS ? LS_SPARSE_SUMS / kh : LS_SPARSE_VECTORS;
  int64_t channels = vectors * LS_LANES / kw;
  if (channels >= w->channels) channels = w->channels;
  else channels = channels / LS_LANES * LS_LANES;
  if (channels * kw < LS_LANES) return s;
  s.channels = channels;
  s.blocks = (w->channels + channels - 1) / channels;
  s.row = kw * channels;
  s.vectors = (s.row + LS_LANES - 1) / LS_LANES;
  int64_t width = w->width + w->pad_left + w->pad_right;
  s.line = width * channels;
  // Places in an image are 32-bit numbers.
  if (s.line > INT32_MAX / 8) return (ls_sparse){};
  s.copies = s.blocks > 1 || (w->pad_top | w->pad_bottom | w->pad_left | w->pad_right) != 0;
  int64_t rows = (LS_STRIP_FLOATS / s.line - (kh - 1)) / 2;
  s.rows = rows < 1 ? 1 : rows < pool.height ? rows : pool.height;
  s.entries = s.rows * pool.width + 1;
  return s;
}

LS_INLINE int64_t ls_rounded(int64_t floats) { return (floats + 15) / 16 * 16; }

/// Floats of a filter's sums for one block.
LS_INLINE int64_t ls_sparse_sums(const ls_window2d *w, const ls_sparse *s) {
  return w->kernel_height * s->vectors * LS_LANES;
}

LS_INLINE int64_t ls_sparse_strip(const ls_window2d *w, const ls_sparse *s) {
  return s->copies ? ls_rounded((2 * s->rows + w->kernel_height - 1) * s->line) : 0;
}

/// Sums of all blocks and filters, a strip of image, the lists and their lengths.
static int64_t ls_sparse_scratch(const ls_window2d *w) {
  ls_sparse s = ls_sparse_of(w);
  if (!s.blocks) return 0;
  int64_t groups = (w->filters + LS_GROUP - 1) / LS_GROUP * LS_GROUP;
  return s.blocks * w->filters * ls_sparse_sums(w, &s) + ls_sparse_strip(w, &s) + 2 * groups * s.entries + groups;
}

/// Appends the winners of one window of a group of filters to their lists. Every entry is written, and counted only
/// where the winner is positive: a branch would be mispredicted half the time.
LS_INLINE void ls_sparse_append(const ls_sparse *s, int32_t corner, int64_t filters, const float *dy, ls_winners won,
                                ls_nonzero *lists, int32_t *counts) {
  const vi down = (vi){} + (int32_t)s->line, right = (vi){} + (int32_t)s->channels, one = (vi){} + 1;
  LS_EACH(part, LS_GROUP / LS_LANES) {
    const int64_t first = part * LS_LANES;
    if (first >= filters) break;
    const int64_t size = ls_lanes_left(first, filters);
    vi at = corner + (ls_lanes_of(won.row >> first) & down) + (ls_lanes_of(won.column >> first) & right);
    vi value = (vi)ls_take(dy + first, size), before;
    memcpy(&before, counts + first, sizeof before);
    vi after = before + (ls_lanes_of(won.positive >> first) & one);
    memcpy(counts + first, &after, sizeof after);
    ls_nonzero entries[LS_LANES];
    int32_t count[LS_LANES];
    vi low = __builtin_shufflevector(at, value, LS_ZIP_LOW), high = __builtin_shufflevector(at, value, LS_ZIP_HIGH);
    memcpy(entries, &low, sizeof low);
    memcpy(entries + LS_LANES / 2, &high, sizeof high);
    memcpy(count, &before, sizeof count);
    for (int64_t k = 0; k < size; k++)
      memcpy(lists + (first + k) * s->entries + count[k], entries + k, sizeof *lists);
  }
}

/// Lists the winners of `rows` pooled rows for each filter.
static void ls_sparse_list(const ls_window2d *w, const ls_pooling *p, const ls_sparse *s, int64_t rows, const float *dy,
                           const uint8_t *winners, ls_nonzero *lists, int32_t *counts) {
  memset(counts, 0, (size_t)(p->groups * LS_GROUP) * sizeof *counts);
  for (int64_t i = 0; i < rows; i++) {
    int32_t corner = (int32_t)(2 * i * s->line);
    for (int64_t j = 0; j < p->width; j++, corner += 2 * (int32_t)s->channels, dy += w->filters)
      for (int64_t f = 0; f < w->filters; f += LS_GROUP, winners += LS_WINNERS)
        ls_sparse_append(s, corner, w->filters - f, dy + f, ls_winners_at(winners), lists + f * s->entries, counts + f);
  }
}

/// sums += value * window, for every entry of a filter's list.
LS_INLINE void ls_sparse_tile(const ls_nonzero *list, int64_t count, const float *image, int64_t line, int64_t last,
                              float *sums, int rows, int vectors) {
  vf acc[LS_SPARSE_ROWS][LS_SPARSE_VECTORS];
  ls_mask mask = ls_mask_of(last);
  LS_EACH(r, rows) LS_EACH(v, vectors) acc[r][v] = ls_load(sums + (r * vectors + v) * LS_LANES);
  for (int64_t i = 0; i < count; i++) {
    const float *window = image + list[i].at;
    vf value = ls_splat(list[i].value);
    LS_EACH(r, rows) {
      LS_EACH(v, vectors - 1) acc[r][v] = ls_fma(value, ls_load(window + r * line + v * LS_LANES), acc[r][v]);
      vf end = ls_load_masked(window + r * line + (vectors - 1) * LS_LANES, mask);
      acc[r][vectors - 1] = ls_fma(value, end, acc[r][vectors - 1]);
    }
  }
  LS_EACH(r, rows) LS_EACH(v, vectors) ls_store(sums + (r * vectors + v) * LS_LANES, acc[r][v]);
}

// Rows and vectors as constants, and a table of them.

#define LS_SPARSE_UP_TO_2(X, rows) X(rows, 1) X(rows, 2)
#define LS_SPARSE_UP_TO_4(X, rows) LS_SPARSE_UP_TO_2(X, rows) X(rows, 3) X(rows, 4)
#if LS_LANES == 16
#define LS_SPARSE_UP_TO_5(X, rows) LS_SPARSE_UP_TO_4(X, rows) X(rows, 5)
#define LS_SPARSE_UP_TO_6(X, rows) LS_SPARSE_UP_TO_5(X, rows) X(rows, 6)
#define LS_SPARSE_SIZES(X) \
  LS_SPARSE_UP_TO_6(X, 1) LS_SPARSE_UP_TO_6(X, 2) LS_SPARSE_UP_TO_6(X, 3) LS_SPARSE_UP_TO_6(X, 4) LS_SPARSE_UP_TO_5(X, 5)
#else
#define LS_SPARSE_SIZES(X) \
  LS_SPARSE_UP_TO_4(X, 1) LS_SPARSE_UP_TO_4(X, 2) LS_SPARSE_UP_TO_4(X, 3) X(4, 1) X(4, 2) X(4, 3) LS_SPARSE_UP_TO_2(X, 5)
#endif
#define LS_SPARSE_TILE(rows, vectors)                                                                               \
  static void ls_sparse_##rows##x##vectors(const ls_nonzero *list, int64_t count, const float *image, int64_t line, \
                                           int64_t last, float *sums) {                                             \
    ls_sparse_tile(list, count, image, line, last, sums, rows, vectors);                                            \
  }
LS_SPARSE_SIZES(LS_SPARSE_TILE)
#define LS_SPARSE_ENTRY(rows, vectors) [rows - 1][vectors - 1] = ls_sparse_##rows##x##vectors,
typedef void (*ls_sparse_function)(const ls_nonzero *, int64_t, const float *, int64_t, int64_t, float *);
static const ls_sparse_function ls_sparse_tiles[LS_SPARSE_ROWS][LS_SPARSE_VECTORS] = {LS_SPARSE_SIZES(LS_SPARSE_ENTRY)};

/// Copies `rows` rows of a block of channels, with the border's zeros; `first` counts rows from the border's first.
static void ls_sparse_copy(const ls_window2d *w, const ls_sparse *s, int64_t block, int64_t first, int64_t rows,
                           const float *image, float *strip) {
  int64_t c = block * s->channels, channels = w->channels - c < s->channels ? w->channels - c : s->channels;
  memset(strip, 0, (size_t)(rows * s->line) * sizeof(float));
  for (int64_t r = 0; r < rows; r++) {
    int64_t i = first + r - w->pad_top;
    if (i < 0 || i >= w->height) continue;
    const float *from = image + i * w->width * w->channels + c;
    float *to = strip + r * s->line + w->pad_left * s->channels;
    for (int64_t j = 0; j < w->width; j++)
      memcpy(to + j * s->channels, from + j * w->channels, (size_t)channels * sizeof(float));
  }
}

/// Adds one sample to the sums.
static void ls_sparse_sample(const ls_window2d *w, const ls_pooling *p, const ls_sparse *s, const float *image,
                             const float *dy, const uint8_t *winners, float *sums, float *strip, ls_nonzero *lists,
                             int32_t *counts) {
  const int64_t size = ls_sparse_sums(w, s), last = s->row - (s->vectors - 1) * LS_LANES;
  const ls_sparse_function tile = ls_sparse_tiles[w->kernel_height - 1][s->vectors - 1];
  for (int64_t i = 0; i < p->height; i += s->rows) {
    int64_t rows = p->height - i < s->rows ? p->height - i : s->rows;
    ls_sparse_list(w, p, s, rows, dy + i * p->width * w->filters, winners + i * p->winners_line, lists, counts);
    for (int64_t block = 0; block < s->blocks; block++) {
      const float *from = image + 2 * i * s->line;
      if (s->copies) {
        ls_sparse_copy(w, s, block, 2 * i, 2 * rows + w->kernel_height - 1, image, strip);
        from = strip;
      }
      float *filter = sums + block * w->filters * size;
      for (int64_t f = 0; f < w->filters; f++, filter += size)
        tile(lists + f * s->entries, counts[f], from, s->line, last, filter);
    }
  }
}

/// The sums, [blocks, F, KH, row], as a kernel's gradient [KH, KW, C, F].
static void ls_sparse_finish(const ls_window2d *w, const ls_sparse *s, const float *sums, float *kernel_gradient) {
  const int64_t size = ls_sparse_sums(w, s), width = s->vectors * LS_LANES;
  for (int64_t block = 0; block < s->blocks; block++, sums += w->filters * size) {
    int64_t c = block * s->channels, channels = w->channels - c < s->channels ? w->channels - c : s->channels;
    for (int64_t a = 0; a < w->kernel_height; a++)
      for (int64_t b = 0; b < w->kernel_width; b++)
        ls_transpose(w->filters, channels, sums + a * width + b * s->channels, size,
                     kernel_gradient + ((a * w->kernel_width + b) * w->channels + c) * w->filters, w->filters);
  }
}

static void ls_sparse_weight_gradient(const ls_window2d *w, const ls_sparse *s, int64_t samples, const float *x,
                                      const float *dy, const uint8_t *winners, float *kernel_gradient, float *scratch) {
  ls_pooling p = ls_pooling_of(w);
  float *sums = scratch, *strip = sums + s->blocks * w->filters * ls_sparse_sums(w, s);
  ls_nonzero *lists = (ls_nonzero *)(strip + ls_sparse_strip(w, s));
  int32_t *counts = (int32_t *)(lists + p.groups * LS_GROUP * s->entries);
  memset(sums, 0, (size_t)(strip - sums) * sizeof(float));
  for (int64_t n = 0; n < samples; n++)
    ls_sparse_sample(w, &p, s, x + n * w->height * w->width * w->channels, dy + n * p.y_sample,
                     winners + n * p.winners_sample, sums, strip, lists, counts);
  ls_sparse_finish(w, s, sums, kernel_gradient);
}

// MARK: Input gradient

/// Filters whose transposed kernels, for a vector of channels, stay in the first-level cache.
#define LS_PATCH_FILTERS 64

/// Whether the patch of a window fits the registers.
LS_INLINE int ls_is_patch(const ls_window2d *w) {
  return LS_LANES == 16 && w->kernel_height == 3 && w->kernel_width == 3;
}

/// Rows and columns of the image with its border, at least what windows touch.
LS_INLINE int64_t ls_canvas_rows(const ls_window2d *w) { return w->height + w->pad_top + w->pad_bottom; }
LS_INLINE int64_t ls_canvas_columns(const ls_window2d *w) { return w->width + w->pad_left + w->pad_right; }

/// Vectors of channels.
LS_INLINE int64_t ls_channel_vectors(const ls_window2d *w) { return (w->channels + LS_LANES - 1) / LS_LANES; }

static int64_t ls_sparse_prepared(const ls_window2d *w) {
  int64_t channels = ls_is_patch(w) ? ls_channel_vectors(w) * LS_LANES : w->channels;
  return (int64_t)w->filters * w->kernel_height * w->kernel_width * channels;
}

/// The kernel [KH, KW, C, F] as [vectors of C, F, KH, KW, lanes] for patches, else as [F, KH, KW, C].
static void ls_sparse_prepare(const ls_window2d *w, const float *kernel, float *prepared) {
  int64_t taps = (int64_t)w->kernel_height * w->kernel_width;
  if (!ls_is_patch(w)) {
    ls_transpose(taps * w->channels, w->filters, kernel, w->filters, prepared, taps * w->channels);
    return;
  }
  memset(prepared, 0, (size_t)ls_sparse_prepared(w) * sizeof(float));
  for (int64_t c = 0; c < w->channels; c += LS_LANES, prepared += w->filters * taps * LS_LANES)
    for (int64_t tap = 0; tap < taps; tap++)
      ls_transpose(ls_lanes_left(c, w->channels), w->filters, kernel + (tap * w->channels + c) * w->filters, w->filters,
                   prepared + tap * LS_LANES, taps * LS_LANES);
}

#if LS_LANES == 16
/// The winners of one sample, for blocks of LS_PATCH_FILTERS filters, window by window and place by place.
typedef struct ls_places {
  int32_t *at;     ///< offset of the filter's kernel in its block
  float *value;    ///< the gradient
  int32_t *ends;   ///< [blocks, windows, 4]: behind each place's last entry
} ls_places;

LS_INLINE ls_places ls_places_in(const ls_window2d *w, const ls_pooling *p, float *scratch) {
  int64_t room = ls_rounded(p->y_sample + LS_LANES);
  return (ls_places){(int32_t *)scratch, scratch + room, (int32_t *)(scratch + 2 * room)};
}

static void ls_places_list(const ls_window2d *w, const ls_pooling *p, const float *dy, const uint8_t *winners,
                           ls_places lists) {
  const int64_t windows = p->height * p->width;
  const vi kernels = ls_lane_numbers() * (9 * LS_LANES);
  int32_t *ends = lists.ends;
  int64_t n = 0;
  for (int64_t first = 0; first < w->filters; first += LS_PATCH_FILTERS) {
    int64_t end = w->filters - first < LS_PATCH_FILTERS ? w->filters : first + LS_PATCH_FILTERS;
    for (int64_t i = 0; i < windows; i++) {
      const uint8_t *words = winners + i * p->groups * LS_WINNERS;
      LS_EACH(place, 4) {
        for (int64_t f = first; f < end; f += LS_GROUP) {
          ls_winners won = ls_winners_at(words + f / LS_GROUP * LS_WINNERS);
          uint32_t column = place & 1 ? won.column : (uint32_t)~won.column, row = place & 2 ? won.row : (uint32_t)~won.row;
          __mmask16 mask = (__mmask16)(won.positive & column & row);
          __m512 values = _mm512_maskz_loadu_ps(mask, dy + i * w->filters + f);
          _mm512_storeu_ps(lists.value + n, _mm512_maskz_compress_ps(mask, values));
          __m512i at = (__m512i)(kernels + (int32_t)((f - first) * 9 * LS_LANES));
          _mm512_storeu_si512(lists.at + n, _mm512_maskz_compress_epi32(mask, at));
          n += __builtin_popcount(mask);
        }
        *ends++ = (int32_t)n;
      }
    }
  }
}

/// The shares of one place's winners, added to the patch.
LS_INLINE int32_t ls_patch_add(const ls_places *lists, int32_t n, int32_t end, const float *kernels, int place,
                               vf *patch) {
  for (; n < end; n++) {
    const float *kernel = kernels + lists->at[n];
    vf value = ls_splat(lists->value[n]);
    LS_EACH(a, 3) LS_EACH(b, 3) {
      int at = (place / 2 + a) * 4 + place % 2 + b;
      patch[at] = ls_fma(value, ls_load(kernel + (a * 3 + b) * LS_LANES), patch[at]);
    }
  }
  return n;
}

/// One vector of channels of one sample's input gradient, with its border: [rows, columns, lanes].
static void ls_patch_canvas(const ls_window2d *w, const ls_pooling *p, ls_places lists, const float *kernels,
                            float *canvas) {
  const int64_t line = ls_canvas_columns(w) * LS_LANES;
  memset(canvas, 0, (size_t)(ls_canvas_rows(w) * line) * sizeof(float));
  const int32_t *ends = lists.ends;
  int32_t n = 0;
  for (int64_t first = 0; first < w->filters; first += LS_PATCH_FILTERS, kernels += LS_PATCH_FILTERS * 9 * LS_LANES) {
    for (int64_t i = 0; i < p->height; i++) {
      float *corner = canvas + 2 * i * line;
      for (int64_t j = 0; j < p->width; j++, corner += 2 * LS_LANES, ends += 4) {
        vf patch[16];
        LS_EACH(a, 4) LS_EACH(b, 4) patch[a * 4 + b] = ls_load(corner + a * line + b * LS_LANES);
        n = ls_patch_add(&lists, n, ends[0], kernels, 0, patch);
        n = ls_patch_add(&lists, n, ends[1], kernels, 1, patch);
        n = ls_patch_add(&lists, n, ends[2], kernels, 2, patch);
        n = ls_patch_add(&lists, n, ends[3], kernels, 3, patch);
        LS_EACH(a, 4) LS_EACH(b, 4) ls_store(corner + a * line + b * LS_LANES, patch[a * 4 + b]);
      }
    }
  }
}

static int64_t ls_patch_scratch(const ls_window2d *w) {
  ls_pooling p = ls_pooling_of(w);
  int64_t blocks = (w->filters + LS_PATCH_FILTERS - 1) / LS_PATCH_FILTERS;
  return 2 * ls_rounded(p.y_sample + LS_LANES) + ls_rounded(blocks * p.height * p.width * 4) +
         ls_canvas_rows(w) * ls_canvas_columns(w) * LS_LANES;
}

static void ls_patch_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winners,
                                    const float *prepared, float *dx, float *scratch) {
  ls_pooling p = ls_pooling_of(w);
  ls_places lists = ls_places_in(w, &p, scratch);
  const int64_t columns = ls_canvas_columns(w), vectors = ls_channel_vectors(w);
  float *canvas = scratch + ls_patch_scratch(w) - ls_canvas_rows(w) * columns * LS_LANES;
  for (int64_t n = 0; n < samples; n++, dy += p.y_sample, winners += p.winners_sample) {
    ls_places_list(w, &p, dy, winners, lists);
    for (int64_t v = 0; v < vectors; v++) {
      ls_patch_canvas(w, &p, lists, prepared + v * w->filters * 9 * LS_LANES, canvas);
      int64_t c = v * LS_LANES, lanes = ls_lanes_left(c, w->channels);
      const float *from = canvas + (w->pad_top * columns + w->pad_left) * LS_LANES;
      for (int64_t i = 0; i < w->height; i++, from += columns * LS_LANES)
        for (int64_t j = 0; j < w->width; j++)
          ls_put(dx + ((n * w->height + i) * w->width + j) * w->channels + c, ls_load(from + j * LS_LANES), lanes);
    }
  }
}
#else
static int64_t ls_patch_scratch(const ls_window2d *w) { return 0; }
static void ls_patch_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winners,
                                    const float *prepared, float *dx, float *scratch) {}
#endif

/// to += value * from.
LS_INLINE void ls_add_scaled(int64_t count, float value, const float *from, float *to) {
  vf factor = ls_splat(value);
  int64_t i = 0;
  for (; i + LS_LANES <= count; i += LS_LANES) ls_store(to + i, ls_fma(factor, ls_load(from + i), ls_load(to + i)));
  if (i == count) return;
  ls_mask mask = ls_mask_of(count - i);
  ls_store_masked(to + i, ls_fma(factor, ls_load_masked(from + i, mask), ls_load_masked(to + i, mask)), mask);
}

/// The shares of one window's winners go to the image with its border, winner by winner.
static void ls_scatter_window(const ls_window2d *w, const ls_pooling *p, const float *dy, const uint8_t *winners,
                              const float *prepared, float *corner) {
  const int64_t row = (int64_t)w->kernel_width * w->channels, line = ls_canvas_columns(w) * w->channels;
  for (int64_t g = 0; g < p->groups; g++) {
    ls_winners won = ls_winners_at(winners + g * LS_WINNERS);
    for (uint32_t left = won.positive; left; left &= left - 1) {
      int bit = __builtin_ctz(left);
      int64_t f = g * LS_GROUP + bit;
      const float *kernel = prepared + f * w->kernel_height * row;
      float *to = corner + (won.row >> bit & 1) * line + (won.column >> bit & 1) * w->channels;
      for (int64_t a = 0; a < w->kernel_height; a++) ls_add_scaled(row, dy[f], kernel + a * row, to + a * line);
    }
  }
}

static void ls_scatter_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winners,
                                      const float *prepared, float *dx, float *scratch) {
  ls_pooling p = ls_pooling_of(w);
  const int64_t line = ls_canvas_columns(w) * w->channels, width = (int64_t)w->width * w->channels;
  const int copies = (w->pad_top | w->pad_bottom | w->pad_left | w->pad_right) != 0;
  for (int64_t n = 0; n < samples; n++, dx += w->height * width) {
    float *canvas = copies ? scratch : dx;
    memset(canvas, 0, (size_t)(ls_canvas_rows(w) * line) * sizeof(float));
    for (int64_t i = 0; i < p.height; i++)
      for (int64_t j = 0; j < p.width; j++, dy += w->filters, winners += p.groups * LS_WINNERS)
        ls_scatter_window(w, &p, dy, winners, prepared, canvas + 2 * i * line + 2 * j * w->channels);
    if (!copies) continue;
    const float *from = canvas + w->pad_top * line + (int64_t)w->pad_left * w->channels;
    for (int64_t i = 0; i < w->height; i++) memcpy(dx + i * width, from + i * line, (size_t)width * sizeof(float));
  }
}

// MARK: Both passes

static int32_t ls_pooled_suits(const ls_window2d *w) { return !(w->filters <= LS_GROUP / 2 && ls_planes_suit(w)); }

static int64_t ls_pooled_prepared(const ls_window2d *w) { return ls_sparse_prepared(w); }

static void ls_pooled_prepare(const ls_window2d *w, const float *kernel, float *prepared) {
  ls_sparse_prepare(w, kernel, prepared);
}

static int64_t ls_pooled_unpooled(const ls_window2d *w) {
  return ls_geometry_of(w).canvas + 4 * (int64_t)(w->out_width / 2) * w->filters;
}

static int64_t ls_pooled_scratch(const ls_window2d *w) {
  int64_t canvas = ls_canvas_rows(w) * ls_canvas_columns(w) * w->channels;
  int64_t sizes[] = {ls_pooled_forward_scratch(w), ls_sparse_scratch(w), ls_pooled_unpooled(w),
                     ls_is_patch(w) ? ls_patch_scratch(w) : canvas};
  int64_t most = 0;
  for (int i = 0; i < 4; i++) most = sizes[i] > most ? sizes[i] : most;
  return most;
}

// First layers have windows too short for vectors, so vectors hold filters: every float of a window has its sums in
// registers, and a filter's gradient is masked to its winner's place.

/// Whether that fits the registers: 3 by 3 on one channel, the commonest first layer.
LS_INLINE int ls_is_masked(const ls_window2d *w) {
  return w->kernel_height == 3 && w->kernel_width == 3 && w->channels == 1;
}

#if LS_LANES == 16
#define LS_MASKED_VECTORS 2
#else
#define LS_MASKED_VECTORS 1
#endif

/// A panel's sums over one sample, taken up from `gradient` where `resume` is set.
LS_INLINE void ls_masked_tile(const ls_window2d *w, const ls_pooling *p, const float *image, int64_t line,
                              const float *dy, const uint8_t *winners, const ls_panel *panel, float *gradient,
                              int resume, int vectors) {
  vf sums[9][LS_MASKED_VECTORS];
  ls_mask mask = ls_mask_of(panel->last);
  gradient += panel->column;
  LS_EACH(k, 9) {
    LS_EACH(v, vectors) sums[k][v] = (vf){};
    if (resume) ls_tile_load(gradient + k * w->filters, vectors, mask, sums[k]);
  }
  for (int64_t i = 0; i < p->height; i++) {
    for (int64_t j = 0; j < p->width; j++) {
      const int64_t at = i * p->width + j;
      const float *corner = image + 2 * i * line + 2 * j;
      vf g[LS_MASKED_VECTORS], places[4][LS_MASKED_VECTORS];
      ls_tile_load(dy + at * w->filters + panel->column, vectors, mask, g);
      LS_EACH(v, vectors) {
        int64_t c = panel->column + v * LS_LANES;
        ls_winners won = ls_winners_at(winners + (at * p->groups + c / LS_GROUP) * LS_WINNERS);
        int shift = (int)(c % LS_GROUP);
        LS_EACH(place, 4) {
          uint32_t column = place & 1 ? won.column : ~(uint32_t)won.column, low = place & 2 ? won.row : ~(uint32_t)won.row;
          places[place][v] = ls_select(ls_lanes_of((won.positive & column & low) >> shift), g[v], (vf){});
        }
      }
      LS_EACH(place, 4) LS_EACH(tap, 9) {
        vf value = ls_splat(corner[(place / 2 + tap / 3) * line + place % 2 + tap % 3]);
        LS_EACH(v, vectors) sums[tap][v] = ls_fma(value, places[place][v], sums[tap][v]);
      }
    }
  }
  LS_EACH(k, 9) ls_tile_store(gradient + k * w->filters, vectors, mask, sums[k]);
}

static void ls_masked_sample(const ls_window2d *w, const ls_pooling *p, const float *image, int64_t line,
                             const float *dy, const uint8_t *winners, float *gradient, int resume) {
  ls_panels panels = {w->filters, ls_split_of((w->filters + LS_LANES - 1) / LS_LANES, LS_MASKED_VECTORS)};
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    if (panel.vectors == 1) ls_masked_tile(w, p, image, line, dy, winners, &panel, gradient, resume, 1);
    else ls_masked_tile(w, p, image, line, dy, winners, &panel, gradient, resume, LS_MASKED_VECTORS);
  }
}

/// Without lists: the windows masked or, row after row, unpooled and put through the tiles of the plain convolution.
static void ls_unpooled_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                        const uint8_t *winners, float *kernel_gradient, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_pooling p = ls_pooling_of(w);
  float *canvas = scratch, *strip = scratch + g.canvas;
  ls_window2d rows = *w;
  rows.out_height = 2;
  rows.out_width = (int32_t)p.columns;
  g.y_line = p.columns * w->filters;
  if (samples == 0) memset(kernel_gradient, 0, (size_t)(w->kernel_height * g.window_row * w->filters) * sizeof(float));
  if (g.canvas) memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    const float *image = x + n * g.x_sample;
    if (g.canvas) {
      ls_canvas_fill(w, &g, 1, image, canvas);
      image = canvas;
    }
    if (ls_is_masked(w)) {
      ls_masked_sample(w, &p, image, g.line, dy, winners, kernel_gradient, n > 0);
      dy += p.y_sample;
      winners += p.winners_sample;
      continue;
    }
    for (int64_t i = 0; i < p.height; i++, dy += p.width * w->filters, winners += p.winners_line) {
      ls_unpool_rows(w, &p, dy, winners, strip, strip + g.y_line);
      ls_convolution_weight_pass(&rows, &g, 1, image + 2 * i * g.line, 0, strip, kernel_gradient, n + i > 0);
    }
  }
}

static void ls_pooled_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                      const uint8_t *winners, float *kernel_gradient, float *bias_gradient,
                                      float *scratch) {
  ls_pooling p = ls_pooling_of(w);
  ls_sparse s = ls_sparse_of(w);
  if (bias_gradient) ls_pooled_bias_gradient(w, &p, samples, dy, winners, bias_gradient);
  if (s.blocks) ls_sparse_weight_gradient(w, &s, samples, x, dy, winners, kernel_gradient, scratch);
  else ls_unpooled_weight_gradient(w, samples, x, dy, winners, kernel_gradient, scratch);
}

static void ls_pooled_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winners,
                                     const float *prepared, float *dx, float *scratch) {
  if (ls_is_patch(w)) ls_patch_input_gradient(w, samples, dy, winners, prepared, dx, scratch);
  else ls_scatter_input_gradient(w, samples, dy, winners, prepared, dx, scratch);
}

#define LS_POOLED_KERNELS                                                                     \
  {ls_pooled_suits,   ls_pooled_scratch,         ls_pooled_prepared,      ls_pooled_prepare, \
   ls_pooled_forward, ls_pooled_weight_gradient, ls_pooled_input_gradient}
