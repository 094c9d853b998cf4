// The weight gradient of a pooled convolution from lists of the pixels that have a gradient: for each filter the places
// of its positive winners in the image, with their gradients. A filter's sums, KH rows of KW * C floats, stay in
// registers while its list runs, and nothing is multiplied by zero. Images of many channels are cut into blocks of
// channels, so that the strip of image that the lists of all filters run over stays in the first-level cache.

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
