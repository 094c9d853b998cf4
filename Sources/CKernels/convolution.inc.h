// Convolution as an implicit GEMM. A row of the matrix is a pixel: what it needs of one kernel row are kernel_width * channels
// contiguous floats of the NHWC image, and the kernel, HWIO, is the other matrix as it lies. Nothing is unfolded.

/// The image that the window slides over: the sample itself, or its copy with a border of zeros.
typedef struct ls_canvas {
  int64_t line;  ///< floats in a row of pixels
  int64_t size;  ///< floats of scratch that a copy takes, 0 where there is no border
} ls_canvas;

static ls_canvas ls_canvas_of(const ls_window2d *w) {
  int64_t line = (int64_t)(w->width + w->pad_left + w->pad_right) * w->channels;
  int32_t border = w->pad_top | w->pad_bottom | w->pad_left | w->pad_right;
  return (ls_canvas){line, border ? line * (w->height + w->pad_top + w->pad_bottom) : 0};
}

/// Copies a sample into the middle of the canvas.
static void ls_canvas_fill(const ls_window2d *w, const ls_canvas *canvas, const float *x, float *scratch) {
  int64_t row = (int64_t)w->width * w->channels;
  float *to = scratch + w->pad_top * canvas->line + (int64_t)w->pad_left * w->channels;
  for (int64_t i = 0; i < w->height; i++) memcpy(to + i * canvas->line, x + i * row, (size_t)row * sizeof(float));
}

static int64_t ls_convolution_scratch(const ls_window2d *w) { return ls_canvas_of(w).size; }

static int64_t ls_convolution_prepared(const ls_window2d *w) {
  return (int64_t)w->kernel_height * w->kernel_width * w->channels * w->filters;
}

/// The kernel with its last two axes exchanged: [KH, KW, F, C].
static void ls_convolution_prepare(const ls_window2d *w, const float *kernel, float *prepared) {
  int64_t taps = (int64_t)w->kernel_height * w->kernel_width, matrix = (int64_t)w->channels * w->filters;
  for (int64_t t = 0; t < taps; t++)
    ls_transpose(w->channels, w->filters, kernel + t * matrix, w->filters, prepared + t * matrix, w->channels);
}

static void ls_convolution_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                                   const float *bias, float *y, float *scratch) {
  ls_canvas canvas = ls_canvas_of(w);
  ls_panels panels = ls_panels_of(w->filters);
  int64_t x_sample = (int64_t)w->height * w->width * w->channels, y_line = (int64_t)w->out_width * w->filters;
  int64_t depth = (int64_t)w->kernel_width * w->channels;
  if (canvas.size && samples) memset(scratch, 0, (size_t)canvas.size * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    const float *image = x + n * x_sample;
    if (canvas.size) {
      ls_canvas_fill(w, &canvas, image, scratch);
      image = scratch;
    }
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      ls_product p = {
          .tile = {.start = bias ? bias + panel.column : 0, .c_row = w->filters, .last = panel.last},
          .segments = w->kernel_height, .depth = depth,
          .a_row = (int64_t)w->stride_width * w->channels, .a_segment = canvas.line,
          .b = kernel + panel.column, .b_row = w->filters, .b_segment = depth * w->filters};
      for (int64_t i = 0; i < w->out_height; i++) {
        p.a = image + i * w->stride_height * canvas.line;
        p.tile.c = y + (n * w->out_height + i) * y_line + panel.column;
        ls_product_run(p, w->out_width, panel.vectors);
      }
    }
  }
}

/// One pass of the weight gradient over `images` images: element k of the flattened window [KH, KW, C] is a row of the result.
static void ls_convolution_weight_pass(const ls_window2d *w, int64_t images, const float *x, const float *dy,
                                       int64_t line, float *kernel_gradient, int32_t resume) {
  int64_t run = (int64_t)w->kernel_width * w->channels, y_line = (int64_t)w->out_width * w->filters;
  ls_panels panels = ls_panels_of(w->filters);
  for (int64_t part = 0; part < panels.vectors.parts; part++) {
    ls_panel panel = ls_panel_at(&panels, part);
    ls_split rows = ls_split_of(w->kernel_height * run, ls_outer_rows[panel.vectors - 1]);
    for (int64_t tile = 0; tile < rows.parts; tile++) {
      int64_t first = ls_part_start(&rows, tile), size = ls_part_size(&rows, tile);
      float *c = kernel_gradient + first * w->filters + panel.column;
      ls_outer p = {
          .tile = {.start = resume ? c : 0, .start_row = w->filters, .c = c, .c_row = w->filters, .last = panel.last},
          .images = images, .lines = w->out_height, .pixels = w->out_width,
          .a_image = (int64_t)w->height * w->width * w->channels, .a_line = w->stride_height * line,
          .a_pixel = (int64_t)w->stride_width * w->channels,
          .b = dy + panel.column, .b_image = w->out_height * y_line, .b_line = y_line, .b_pixel = w->filters};
      for (int64_t r = 0; r < size; r++) p.a[r] = x + (first + r) / run * line + (first + r) % run;
      ls_outer_tiles[panel.vectors - 1][size - 1](&p);
    }
  }
}

static void ls_convolution_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                           float *kernel_gradient, float *bias_gradient, float *scratch) {
  ls_canvas canvas = ls_canvas_of(w);
  int64_t x_sample = (int64_t)w->height * w->width * w->channels;
  int64_t pixels = (int64_t)w->out_height * w->out_width;
  if (canvas.size && samples) {
    // The scratch holds one bordered sample, so the sums wait in memory while the next is copied.
    memset(scratch, 0, (size_t)canvas.size * sizeof(float));
    for (int64_t n = 0; n < samples; n++) {
      ls_canvas_fill(w, &canvas, x + n * x_sample, scratch);
      ls_convolution_weight_pass(w, 1, scratch, dy + n * pixels * w->filters, canvas.line, kernel_gradient, n > 0);
    }
  } else {
    ls_convolution_weight_pass(w, samples, x, dy, canvas.line, kernel_gradient, 0);
  }
  if (bias_gradient) ls_column_sums(samples * pixels, w->filters, dy, bias_gradient);
}

/// The positions q in 0..<count with 0 <= q * stride + offset < size: a window's column b reaches the image there.
typedef struct ls_range {
  int64_t first, count;
} ls_range;

static ls_range ls_range_inside(int64_t count, int64_t stride, int64_t offset, int64_t size) {
  int64_t first = offset >= 0 ? 0 : (stride - 1 - offset) / stride;
  int64_t end = offset >= size ? 0 : (size - 1 - offset) / stride + 1;
  if (end > count) end = count;
  return (ls_range){first, end > first ? end - first : 0};
}

/// For row i of the image and column b of the window, the output pixels that reach the row are a few runs of `filters` floats, one
/// for each row of the window that fits: no border, no dilation, and no product with a zero that is not data.
static void ls_convolution_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const float *prepared,
                                          float *dx, float *scratch) {
  (void)scratch;
  ls_panels panels = ls_panels_of(w->channels);
  int64_t dx_line = (int64_t)w->width * w->channels, dy_line = (int64_t)w->out_width * w->filters;
  int64_t matrix = (int64_t)w->filters * w->channels;
  memset(dx, 0, (size_t)(samples * w->height * dx_line) * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    for (int64_t part = 0; part < panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&panels, part);
      for (int64_t i = 0; i < w->height; i++) {
        float *row = dx + (n * w->height + i) * dx_line + panel.column;
        // Window rows a, a + stride, ... meet this row of the image at output rows q, q - 1, ...
        int64_t a = (i + w->pad_top) % w->stride_height, q = (i + w->pad_top) / w->stride_height;
        if (q >= w->out_height) {
          a += (q - w->out_height + 1) * w->stride_height;
          q = w->out_height - 1;
        }
        if (a >= w->kernel_height) continue;
        int64_t fit = (w->kernel_height - 1 - a) / w->stride_height + 1;
        for (int64_t b = 0; b < w->kernel_width; b++) {
          ls_range columns = ls_range_inside(w->out_width, w->stride_width, b - w->pad_left, w->width);
          float *c = row + (columns.first * w->stride_width + b - w->pad_left) * w->channels;
          ls_product p = {
              .tile = {.start = c, .start_row = w->stride_width * (int64_t)w->channels, .c = c,
                       .c_row = w->stride_width * (int64_t)w->channels, .last = panel.last},
              .segments = fit < q + 1 ? fit : q + 1, .depth = w->filters,
              .a = dy + (n * w->out_height + q) * dy_line + columns.first * w->filters,
              .a_row = w->filters, .a_segment = -dy_line,
              .b = prepared + (a * w->kernel_width + b) * matrix + panel.column, .b_row = w->channels,
              .b_segment = w->stride_height * w->kernel_width * matrix};
          ls_product_run(p, columns.count, panel.vectors);
        }
      }
    }
  }
}

#define LS_CONVOLUTION_KERNELS                                                                                         \
  {ls_convolution_scratch, ls_convolution_prepared,        ls_convolution_prepare,                                     \
   ls_convolution_forward, ls_convolution_weight_gradient, ls_convolution_input_gradient}
