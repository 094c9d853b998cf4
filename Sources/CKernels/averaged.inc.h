// Convolution, an activation and 2 by 2 average pooling in one, where the convolution lays its result out in planes
// (planes.inc.h): the planes are activated and pooled as they are, and only the pooled image is brought into the order
// of the channels. The activated planes are kept for the backward pass.
//
// Every number is what the kernels one by one would give, to the bit.

static int32_t ls_averaged_suits(const ls_window2d *w) {
  return ls_planes_suit(w) && w->out_height >= 2 && w->out_width >= 2;
}

LS_INLINE int64_t ls_averaged_planes(const ls_window2d *w) { return w->filters * ls_planes_of(w).pixels; }

static int64_t ls_averaged_kept(const ls_window2d *w) { return ls_averaged_planes(w) * (int64_t)sizeof(float); }

LS_INLINE int64_t ls_averaged_count(const ls_window2d *w) {
  return (int64_t)(w->out_height / 2) * (w->out_width / 2) * w->filters;
}

static int64_t ls_averaged_scratch(const ls_window2d *w) {
  int64_t planes = ls_planes_scratch(w);
  int64_t input = ls_averaged_planes(w) + ls_geometry_of(w).y_sample + ls_convolution_scratch(w);
  return planes > input ? planes : input;
}

/// y [out_height / 2, out_width / 2, filters]: means of 2 by 2 pixels of the planes.
static void ls_averaged_pool(const ls_window2d *w, const ls_planes *g, const float *planes, float *y) {
  const int64_t filters = w->filters, width = w->out_width / 2;
  const float *end = y + ls_averaged_count(w);
  for (int64_t i = 0; i < w->out_height / 2; i++, planes += 2 * g->line, y += width * filters) {
    for (int64_t j = 0; j < width; j += LS_LANES) {
      int64_t count = ls_lanes_left(j, width);
      ls_mask first = ls_mask_of(ls_lanes_left(0, 2 * count));
      ls_mask second = ls_mask_of(2 * count > LS_LANES ? 2 * count - LS_LANES : 0);
      vf square[LS_SLOT] = {};
      LS_EACH(f, LS_SLOT) if (f < filters) {
        const float *above = planes + f * g->pixels + 2 * j, *below = above + g->line;
        vf a = ls_load_masked(above, first), b = ls_load_masked(above + LS_LANES, second);
        vf c = ls_load_masked(below, first), d = ls_load_masked(below + LS_LANES, second);
        vf sum = __builtin_shufflevector(a, b, LS_EVEN) + __builtin_shufflevector(a, b, LS_ODD);
        sum = sum + __builtin_shufflevector(c, d, LS_EVEN) + __builtin_shufflevector(c, d, LS_ODD);
        square[f] = sum * 0.25f;
      }
      ls_slots_put(square, filters, count, y + j * filters, end);
    }
  }
}

/// The reverse: a quarter of a pooled pixel's gradient goes to each of its four. Other pixels stay as they are.
static void ls_averaged_spread(const ls_window2d *w, const ls_planes *g, const float *dy, float *planes) {
  const int64_t filters = w->filters, width = w->out_width / 2;
  const float *end = dy + ls_averaged_count(w);
  for (int64_t i = 0; i < w->out_height / 2; i++, planes += 2 * g->line, dy += width * filters) {
    for (int64_t j = 0; j < width; j += LS_LANES) {
      int64_t count = ls_lanes_left(j, width);
      ls_mask first = ls_mask_of(ls_lanes_left(0, 2 * count));
      ls_mask second = ls_mask_of(2 * count > LS_LANES ? 2 * count - LS_LANES : 0);
      vf square[LS_SLOT];
      ls_slots_take(square, filters, count, dy + j * filters, end);
      LS_EACH(f, LS_SLOT) if (f < filters) {
        float *above = planes + f * g->pixels + 2 * j, *below = above + g->line;
        vf share = square[f] * 0.25f;
        vf left = __builtin_shufflevector(share, share, LS_ZIP_LOW);
        vf right = __builtin_shufflevector(share, share, LS_ZIP_HIGH);
        ls_store_masked(above, left, first);
        ls_store_masked(above + LS_LANES, right, second);
        ls_store_masked(below, left, first);
        ls_store_masked(below + LS_LANES, right, second);
      }
    }
  }
}

static void ls_averaged_forward(const ls_window2d *w, ls_activation kind, float slope, int64_t samples, const float *x,
                                const float *kernel, const float *bias, float *y, void *kept, float *scratch) {
  ls_planes g = ls_planes_of(w);
  float *canvas = scratch, *planes = canvas + g.canvas;
  memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    if (kept) planes = (float *)kept + n * w->filters * g.pixels;
    ls_planes_fill(w, &g, x + n * w->height * w->width, canvas);
    ls_planes_forward(w, &g, canvas, kernel, bias, planes);
    ls_activation_forward(kind, slope, w->filters * g.pixels, planes, planes);
    ls_averaged_pool(w, &g, planes, y + n * ls_averaged_count(w));
  }
}

/// The planes' gradient of one sample, into planes that are zero but for what an earlier sample left there.
LS_INLINE void ls_averaged_backward(const ls_window2d *w, const ls_planes *g, ls_activation kind, float slope,
                                    const float *dy, const float *kept, float *planes) {
  ls_averaged_spread(w, g, dy, planes);
  ls_activation_backward(kind, slope, w->filters * g->pixels, kept, planes, planes);
}

static void ls_averaged_weight_gradient(const ls_window2d *w, ls_activation kind, float slope, int64_t samples,
                                        const float *x, const float *dy, const void *kept, float *kernel_gradient,
                                        float *bias_gradient, float *scratch) {
  ls_planes g = ls_planes_of(w);
  int64_t count = ls_averaged_count(w), size = ls_averaged_planes(w);
  const float *activated = kept;
  float *canvas = scratch, *planes = canvas + g.canvas, *sums = planes + size;
  memset(scratch, 0, (size_t)ls_planes_scratch(w) * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    ls_planes_fill(w, &g, x + n * w->height * w->width, canvas);
    ls_averaged_backward(w, &g, kind, slope, dy + n * count, activated + n * size, planes);
    ls_planes_backward(w, &g, canvas, planes, sums);
  }
  ls_planes_finish(w, &g, sums, kernel_gradient, bias_gradient);
}

static void ls_averaged_input_gradient(const ls_window2d *w, ls_activation kind, float slope, int64_t samples,
                                       const float *dy, const void *kept, const float *prepared, float *dx,
                                       float *scratch) {
  ls_planes g = ls_planes_of(w);
  int64_t count = ls_averaged_count(w), size = ls_averaged_planes(w);
  const float *activated = kept;
  float *planes = scratch, *image = planes + size, *rest = image + ls_geometry_of(w).y_sample;
  memset(planes, 0, (size_t)size * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    ls_averaged_backward(w, &g, kind, slope, dy + n * count, activated + n * size, planes);
    ls_planes_interleave(w, &g, planes, image);
    ls_convolution_input_gradient(w, 1, image, prepared, dx + n * w->height * w->width, rest);
  }
}

#define LS_AVERAGED_KERNELS                                           \
  {ls_averaged_suits,   ls_averaged_kept,            ls_averaged_scratch, \
   ls_averaged_forward, ls_averaged_weight_gradient, ls_averaged_input_gradient}
