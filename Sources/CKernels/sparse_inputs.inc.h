// The input gradient of a pooled convolution: every positive winner adds its share to the pixels of its window. With 3 by
// 3 kernels and wide registers the 4 by 4 patch that a window of pooling reaches stays in registers, for a vector of
// channels; else the shares are added in memory, winner by winner.

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
          __mmask16 mask = (__mmask16)ls_won_at(won, place);
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
