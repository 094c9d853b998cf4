// The backward passes of a pooled convolution: which way suits its window, and what they share.

/// The bias's gradient: of each filter the sum over its positive windows, in four interleaved sums. `dy` and `winners`
/// are `samples` samples.
static void ls_pooled_bias_gradient(const ls_window2d *w, const ls_pooling *p, int64_t samples, const float *dy,
                                    const uint8_t *winners, float *bias_gradient) {
  int64_t windows = samples * p->height * p->width, stride = p->groups * LS_WINNERS;
  for (int64_t c = 0; c < w->filters; c += LS_LANES) {
    int64_t lanes = ls_lanes_left(c, w->filters);
    const uint8_t *words = winners + c / LS_GROUP * LS_WINNERS;
    int shift = (int)(c % LS_GROUP);
    vf sums[4] = {};
    for (int64_t i = 0; i < windows; i += 4) {
      LS_EACH(k, 4) if (i + k < windows) {
        vi positive = ls_lanes_of(ls_winners_at(words + (i + k) * stride).positive >> shift);
        sums[k] += ls_select(positive, ls_take(dy + (i + k) * w->filters + c, lanes), (vf){});
      }
    }
    ls_put(bias_gradient + c, (sums[0] + sums[1]) + (sums[2] + sums[3]), lanes);
  }
}

static int32_t ls_pooled_suits(const ls_window2d *w) { return !(w->filters <= LS_GROUP / 2 && ls_planes_suit(w)); }

static int64_t ls_pooled_scratch(const ls_window2d *w) {
  int64_t canvas = ls_canvas_rows(w) * ls_canvas_columns(w) * w->channels;
  int64_t sizes[] = {ls_pooled_forward_scratch(w), ls_sparse_scratch(w), ls_unpooled_scratch(w),
                     ls_is_patch(w) ? ls_patch_scratch(w) : canvas};
  int64_t most = 0;
  for (int i = 0; i < 4; i++) most = sizes[i] > most ? sizes[i] : most;
  return most;
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
  {ls_pooled_suits,   ls_pooled_scratch,         ls_sparse_prepared,      ls_sparse_prepare, \
   ls_pooled_forward, ls_pooled_weight_gradient, ls_pooled_input_gradient}
