// Convolution as an implicit GEMM. A row of the matrix is a pixel: what it needs of one kernel row are kernel_width *
// channels contiguous floats of the NHWC image, and the kernel, HWIO, is the other matrix as it lies. Nothing is
// unfolded.

/// Floats that a loop should find again in the second-level cache (512 KiB).
#define LS_CACHE_FLOATS (128 * 1024)

/// What the kernels derive from a window: counts of floats.
typedef struct ls_geometry {
  int64_t window_row;  ///< what a pixel needs of one row of the image
  int64_t x_sample;
  int64_t y_line, y_sample;
  int64_t line;    ///< a row of the canvas: the image, or its copy with a border of zeros
  int64_t canvas;  ///< such a copy, 0 where there is no border
  int64_t group;   ///< images that the weight gradient takes at a time
} ls_geometry;

static ls_geometry ls_geometry_of(const ls_window2d *w) {
  ls_geometry g = {.window_row = (int64_t)w->kernel_width * w->channels,
                   .x_sample = (int64_t)w->height * w->width * w->channels,
                   .y_line = (int64_t)w->out_width * w->filters,
                   .line = (int64_t)(w->width + w->pad_left + w->pad_right) * w->channels};
  g.y_sample = w->out_height * g.y_line;
  int32_t border = w->pad_top | w->pad_bottom | w->pad_left | w->pad_right;
  if (border) g.canvas = g.line * (w->height + w->pad_top + w->pad_bottom);
  int64_t fit = LS_CACHE_FLOATS / ((border ? g.canvas : g.x_sample) + g.y_sample);
  g.group = fit < 1 ? 1 : fit;
  return g;
}

/// Puts samples into the middle of as many canvases, whose borders are already zero.
static void ls_canvas_fill(const ls_window2d *w, const ls_geometry *g, int64_t samples, const float *x, float *canvas) {
  int64_t row = (int64_t)w->width * w->channels;
  float *to = canvas + w->pad_top * g->line + (int64_t)w->pad_left * w->channels;
  for (int64_t n = 0; n < samples; n++, to += g->canvas)
    for (int64_t i = 0; i < w->height; i++, x += row) memcpy(to + i * g->line, x, (size_t)row * sizeof(float));
}

/// Floats at the start of `forward`'s scratch for the kernel laid out panel after panel; 0 where one panel holds all
/// filters.
static int64_t ls_packed_size(const ls_window2d *w, const ls_geometry *g, const ls_panels *panels) {
  int64_t size = w->kernel_height * g->window_row * w->filters;
  return panels->vectors.parts > 1 ? (size + LS_LANES - 1) / LS_LANES * LS_LANES : 0;
}

/// Whether the weight gradient is computed transposed: filters that fill one register at most make tiles that load a
/// value for every product.
LS_INLINE int ls_convolution_transposes(const ls_window2d *w, const ls_geometry *g) {
  int64_t lanes = ls_whole_registers(g->window_row);
  return w->filters <= LS_LANES && lanes > LS_LANES && 4 * g->window_row >= 3 * lanes;
}

static int64_t ls_convolution_scratch(const ls_window2d *w) {
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  int64_t forward = ls_packed_size(w, &g, &panels) + g.canvas, weights = g.group * g.canvas;
  if (ls_convolution_transposes(w, &g)) weights += w->kernel_height * g.window_row * w->filters;
  int64_t input = w->out_width * g.window_row + LS_LANES / 2, most = forward > weights ? forward : weights;
  if (ls_planes_suit(w)) most = ls_planes_scratch(w);
  return most > input ? most : input;
}

static void ls_convolution_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                                   const float *bias, float *y, float *scratch) {
  if (ls_planes_suit(w)) {
    ls_planes_convolution(w, samples, x, kernel, bias, y, scratch);
    return;
  }
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  int64_t packed = ls_packed_size(w, &g, &panels), taps = w->kernel_height * g.window_row;
  if (packed) ls_pack(taps, &panels, kernel, scratch);
  float *canvas = scratch + packed;
  if (g.canvas) memset(canvas, 0, (size_t)g.canvas * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    const float *image = x + n * g.x_sample;
    if (g.canvas) {
      ls_canvas_fill(w, &g, 1, image, canvas);
      image = canvas;
    }
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      // As many rows of the kernel at a time as the cache holds; the sums wait in the output.
      int64_t matrix = g.window_row * panel.columns, rows = LS_CACHE_FLOATS / matrix;
      ls_split passes = ls_split_of(w->kernel_height, rows < 1 ? 1 : rows);
      for (int64_t pass = 0; pass < passes.parts; pass++) {
        int64_t a = ls_part_start(&passes, pass);
        ls_product p = {
            .tile = {.start_row = a ? w->filters : 0, .c_row = w->filters, .last = panel.last},
            .segments = ls_part_size(&passes, pass), .depth = g.window_row,
            .a_row = (int64_t)w->stride_width * w->channels, .a_segment = g.line,
            .b = (packed ? scratch + taps * panel.column : kernel) + a * matrix, .b_row = panel.columns,
            .b_segment = matrix};
        for (int64_t i = 0; i < w->out_height; i++) {
          p.tile.c = y + n * g.y_sample + i * g.y_line + panel.column;
          p.tile.start = a ? p.tile.c : bias ? bias + panel.column : 0;
          p.a = image + (i * w->stride_height + a) * g.line;
          ls_product_run(p, w->out_width, panel.vectors);
        }
      }
    }
  }
}

/// One pass of the weight gradient over `images` images `x_image` apart: element k of the flattened window [KH, KW,
/// C] is a row of the result.
static void ls_convolution_weight_pass(const ls_window2d *w, const ls_geometry *g, int64_t images, const float *x,
                                       int64_t x_image, const float *dy, float *kernel_gradient, int resume) {
  ls_panels panels = ls_panels_of(w->filters);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split rows = ls_split_of(w->kernel_height * g->window_row, ls_outer_rows[panel.vectors - 1]);
    for (int64_t tile = 0; tile < rows.parts; tile++) {
      int64_t first = ls_part_start(&rows, tile), size = ls_part_size(&rows, tile);
      float *c = kernel_gradient + first * w->filters + panel.column;
      ls_outer p = {
          .tile = {.start = resume ? c : 0, .start_row = w->filters, .c = c, .c_row = w->filters, .last = panel.last},
          .images = images, .lines = w->out_height, .pixels = w->out_width,
          .a_image = x_image, .a_line = w->stride_height * g->line, .a_pixel = (int64_t)w->stride_width * w->channels,
          .b = dy + panel.column, .b_image = g->y_sample, .b_line = g->y_line, .b_pixel = w->filters};
      for (int64_t r = 0; r < size; r++)
        p.a[r] = x + (first + r) / g->window_row * g->line + (first + r) % g->window_row;
      ls_outer_tiles[panel.vectors - 1][size - 1](&p);
    }
  }
}

/// The same, transposed: [KH, F, KW, C]. The rows of a tile are filters, its columns what a pixel needs of one row of
/// the image.
static void ls_convolution_transposed_pass(const ls_window2d *w, const ls_geometry *g, int64_t images, const float *x,
                                           int64_t x_image, const float *dy, float *transposed, int resume) {
  ls_panels panels = ls_panels_of(g->window_row);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split rows = ls_split_of(w->filters, ls_outer_rows[panel.vectors - 1]);
    for (int64_t a = 0; a < w->kernel_height; a++) {
      for (int64_t tile = 0; tile < rows.parts; tile++) {
        int64_t first = ls_part_start(&rows, tile), size = ls_part_size(&rows, tile);
        float *c = transposed + (a * w->filters + first) * g->window_row + panel.column;
        ls_outer p = {
            .tile = {.start = resume ? c : 0, .start_row = g->window_row, .c = c, .c_row = g->window_row,
                     .last = panel.last},
            .images = images, .lines = w->out_height, .pixels = w->out_width,
            .a_image = g->y_sample, .a_line = g->y_line, .a_pixel = w->filters,
            .b = x + a * g->line + panel.column, .b_image = x_image, .b_line = w->stride_height * g->line,
            .b_pixel = (int64_t)w->stride_width * w->channels};
        for (int64_t r = 0; r < size; r++) p.a[r] = dy + first + r;
        ls_outer_tiles[panel.vectors - 1][size - 1](&p);
      }
    }
  }
}

/// Every tile walks over all images and gradients of a pass, so a pass takes what the cache holds; the sums wait in
/// the result.
static void ls_convolution_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                           float *kernel_gradient, float *bias_gradient, float *scratch) {
  if (ls_planes_suit(w)) {
    ls_planes_weight_gradient(w, samples, x, dy, kernel_gradient, bias_gradient, scratch);
    return;
  }
  ls_geometry g = ls_geometry_of(w);
  int64_t pixels = (int64_t)w->out_height * w->out_width, matrix = w->filters * g.window_row, n = 0;
  float *transposed = ls_convolution_transposes(w, &g) ? scratch : 0;
  if (transposed) scratch += w->kernel_height * matrix;
  if (g.canvas) memset(scratch, 0, (size_t)((samples < g.group ? samples : g.group) * g.canvas) * sizeof(float));
  do {
    int64_t images = samples - n < g.group ? samples - n : g.group;
    const float *first = x + n * g.x_sample, *gradient = dy + n * g.y_sample;
    if (g.canvas) {
      ls_canvas_fill(w, &g, images, first, scratch);
      first = scratch;
    }
    int64_t image = g.canvas ? g.canvas : g.x_sample;
    if (transposed) ls_convolution_transposed_pass(w, &g, images, first, image, gradient, transposed, n > 0);
    else ls_convolution_weight_pass(w, &g, images, first, image, gradient, kernel_gradient, n > 0);
    if (bias_gradient) ls_column_sums(images * pixels, w->filters, gradient, bias_gradient, n > 0);
    n += g.group;
  } while (n < samples);
  for (int64_t a = 0; transposed && a < w->kernel_height; a++)
    ls_transpose(w->filters, g.window_row, transposed + a * matrix, g.window_row, kernel_gradient + a * matrix,
                 w->filters);
}

/// Where windows meet one row (or column) of the image: place `tap` of the window at output row `at`, place tap +
/// stride at at - 1, and so on.
typedef struct ls_meetings {
  int64_t tap, at, count;
} ls_meetings;

/// The place, counted from the border's first, is quotient * stride + phase.
LS_INLINE ls_meetings ls_meetings_of(int64_t phase, int64_t quotient, int64_t stride, int64_t kernel, int64_t out) {
  int64_t tap = phase, at = quotient;
  if (at >= out) {
    tap += (at - out + 1) * stride;
    at = out - 1;
  }
  int64_t taps = tap < kernel ? (kernel - 1 - tap) / stride + 1 : 0;
  return (ls_meetings){tap, at, taps < at + 1 ? taps : at + 1};
}

/// to[c] = from[c] + from[c - step] + ... for `count` terms.
LS_INLINE void ls_add_shares(int64_t channels, int64_t count, const float *from, int64_t step, float *to) {
  int64_t c = 0;
  for (; c + LS_LANES <= channels; c += LS_LANES) {
    vf sum = ls_load(from + c);
    for (int64_t m = 1; m < count; m++) sum += ls_load(from + c - m * step);
    ls_store(to + c, sum);
  }
  if (c == channels) return;
  ls_mask mask = ls_mask_of(channels - c);
  vf sum = ls_load_masked(from + c, mask);
  for (int64_t m = 1; m < count; m++) sum += ls_load_masked(from + c - m * step, mask);
  ls_store_masked(to + c, sum, mask);
}

/// The same for channels that fill at most half a register, in halves: what a pixel has too much, the next overwrites.
LS_INLINE void ls_add_half_shares(int64_t count, const float *from, int64_t step, float *to) {
  vh sum = ls_load_half(from);
  for (int64_t m = 1; m < count; m++) sum += ls_load_half(from - m * step);
  ls_store_half(to, sum);
}

/// Writes one row of the input's gradient: each pixel adds up the shares that the windows over it have for it.
LS_INLINE void ls_convolution_gather_of(const ls_window2d *w, int64_t stride, const float *shares, float *row) {
  int64_t channels = w->channels, window = w->kernel_width * channels, step = window - stride * channels;
  // Pixels behind which there is room for half a register.
  int64_t roomy = channels > LS_LANES / 2 ? 0 : w->width - (LS_LANES / 2 - 1) / channels;
  int64_t phase = w->pad_left % stride, quotient = w->pad_left / stride;
  for (int64_t j = 0; j < w->width; j++, row += channels) {
    ls_meetings meet = ls_meetings_of(phase, quotient, stride, w->kernel_width, w->out_width);
    const float *from = shares + meet.at * window + meet.tap * channels;
    // The counts of common kernels as constants: their loops unroll.
    if (j < roomy && meet.count > 0) {
      switch (meet.count) {
        case 1: ls_add_half_shares(1, from, step, row); break;
        case 2: ls_add_half_shares(2, from, step, row); break;
        case 3: ls_add_half_shares(3, from, step, row); break;
        case 5: ls_add_half_shares(5, from, step, row); break;
        default: ls_add_half_shares(meet.count, from, step, row);
      }
    } else {
      switch (meet.count) {
        case 0: memset(row, 0, (size_t)channels * sizeof(float)); break;
        case 1: ls_add_shares(channels, 1, from, step, row); break;
        case 2: ls_add_shares(channels, 2, from, step, row); break;
        case 3: ls_add_shares(channels, 3, from, step, row); break;
        case 5: ls_add_shares(channels, 5, from, step, row); break;
        default: ls_add_shares(channels, meet.count, from, step, row);
      }
    }
    if (++phase == stride) {
      phase = 0;
      quotient++;
    }
  }
}

static void ls_convolution_gather(const ls_window2d *w, const float *shares, float *row) {
  if (w->stride_width == 1) ls_convolution_gather_of(w, 1, shares, row);  // no division for each pixel
  else ls_convolution_gather_of(w, w->stride_width, shares, row);
}

static int64_t ls_convolution_prepared(const ls_window2d *w) {
  return (int64_t)w->kernel_height * w->kernel_width * w->channels * w->filters;
}

/// The kernel's rows transposed, panel after panel: of [KH, F, KW, C], as many of the last columns at a time as a
/// tile has.
static void ls_convolution_prepare(const ls_window2d *w, const float *kernel, float *prepared) {
  int64_t window = ls_geometry_of(w).window_row;
  ls_panels panels = ls_panels_of(window);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    for (int64_t a = 0; a < w->kernel_height; a++, prepared += w->filters * panel.columns)
      ls_transpose(panel.columns, w->filters, kernel + (a * window + panel.column) * w->filters, w->filters, prepared,
                   panel.columns);
  }
}

/// The transpose of `forward`: an output pixel's gradient times a transposed row of the kernel is its share for the
/// KW * C floats that the pixel had needed. For a row of the image these products sum over the rows of the window
/// that meet it; what the pixels then have in common is added up. No border, no dilation for a stride, and hardly a
/// product in vain.
static void ls_convolution_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const float *prepared,
                                          float *dx, float *scratch) {
  ls_geometry g = ls_geometry_of(w);
  ls_panels panels = ls_panels_of(g.window_row);
  int64_t line = (int64_t)w->width * w->channels;
  for (int64_t n = 0; n < samples; n++) {
    for (int64_t i = 0; i < w->height; i++) {
      float *row = dx + n * g.x_sample + i * line;
      ls_meetings meet = ls_meetings_of((i + w->pad_top) % w->stride_height, (i + w->pad_top) / w->stride_height,
                                        w->stride_height, w->kernel_height, w->out_height);
      if (meet.count == 0) {
        memset(row, 0, (size_t)line * sizeof(float));
        continue;
      }
      for (int64_t part = 0; part < panels.vectors.parts; part++) {
        ls_panel panel = ls_panel_at(&panels, part);
        int64_t matrix = w->filters * panel.columns;
        ls_product p = {
            .tile = {.c = scratch + panel.column, .c_row = g.window_row, .last = panel.last},
            .segments = meet.count, .depth = w->filters,
            .a = dy + n * g.y_sample + meet.at * g.y_line, .a_row = w->filters, .a_segment = -g.y_line,
            .b = prepared + w->kernel_height * w->filters * panel.column + meet.tap * matrix, .b_row = panel.columns,
            .b_segment = w->stride_height * matrix};
        ls_product_run(p, w->out_width, panel.vectors);
      }
      ls_convolution_gather(w, scratch, row);
    }
  }
}

#define LS_CONVOLUTION_KERNELS                                                                                         \
  {ls_convolution_scratch, ls_convolution_prepared,        ls_convolution_prepare,                                     \
   ls_convolution_forward, ls_convolution_weight_gradient, ls_convolution_input_gradient}
