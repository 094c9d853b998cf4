// Convolution: plain loops, to be replaced by register tiles.

static int64_t ls_conv_scratch(const ls_window2d *w) {
  (void)w;
  return 0;
}

static int64_t ls_conv_prepared(const ls_window2d *w) {
  return (int64_t)w->kernel_height * w->kernel_width * w->channels * w->filters;
}

static void ls_conv_prepare(const ls_window2d *w, const float *kernel, float *prepared) {
  int64_t taps = (int64_t)w->kernel_height * w->kernel_width, channels = w->channels, filters = w->filters;
  for (int64_t t = 0; t < taps; t++)
    for (int64_t f = 0; f < filters; f++)
      for (int64_t c = 0; c < channels; c++)
        prepared[((taps - 1 - t) * filters + f) * channels + c] = kernel[(t * channels + c) * filters + f];
}

static void ls_conv_forward(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                            const float *bias, float *y, float *scratch) {
  (void)scratch;
  int64_t channels = w->channels, filters = w->filters;
  for (int64_t n = 0; n < samples; n++)
    for (int64_t i = 0; i < w->out_height; i++)
      for (int64_t j = 0; j < w->out_width; j++) {
        float *out = y + ((n * w->out_height + i) * w->out_width + j) * filters;
        for (int64_t f = 0; f < filters; f++) out[f] = bias ? bias[f] : 0;
        for (int64_t a = 0; a < w->kernel_height; a++)
          for (int64_t b = 0; b < w->kernel_width; b++) {
            int64_t row = i * w->stride_height + a - w->pad_top, column = j * w->stride_width + b - w->pad_left;
            if (row < 0 || row >= w->height || column < 0 || column >= w->width) continue;
            const float *in = x + ((n * w->height + row) * w->width + column) * channels;
            const float *k = kernel + (a * w->kernel_width + b) * channels * filters;
            for (int64_t c = 0; c < channels; c++)
              for (int64_t f = 0; f < filters; f++) out[f] += in[c] * k[c * filters + f];
          }
      }
}

static void ls_conv_weight_gradient(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                                    float *kernel_gradient, float *bias_gradient, float *scratch) {
  (void)scratch;
  int64_t channels = w->channels, filters = w->filters;
  memset(kernel_gradient, 0, (size_t)(w->kernel_height * w->kernel_width * channels * filters) * sizeof(float));
  if (bias_gradient) memset(bias_gradient, 0, (size_t)filters * sizeof(float));
  for (int64_t n = 0; n < samples; n++)
    for (int64_t i = 0; i < w->out_height; i++)
      for (int64_t j = 0; j < w->out_width; j++) {
        const float *out = dy + ((n * w->out_height + i) * w->out_width + j) * filters;
        for (int64_t f = 0; bias_gradient && f < filters; f++) bias_gradient[f] += out[f];
        for (int64_t a = 0; a < w->kernel_height; a++)
          for (int64_t b = 0; b < w->kernel_width; b++) {
            int64_t row = i * w->stride_height + a - w->pad_top, column = j * w->stride_width + b - w->pad_left;
            if (row < 0 || row >= w->height || column < 0 || column >= w->width) continue;
            const float *in = x + ((n * w->height + row) * w->width + column) * channels;
            float *k = kernel_gradient + (a * w->kernel_width + b) * channels * filters;
            for (int64_t c = 0; c < channels; c++)
              for (int64_t f = 0; f < filters; f++) k[c * filters + f] += in[c] * out[f];
          }
      }
}

static void ls_conv_input_gradient(const ls_window2d *w, int64_t samples, const float *dy, const float *prepared,
                                   float *dx, float *scratch) {
  (void)scratch;
  int64_t channels = w->channels, filters = w->filters, taps = (int64_t)w->kernel_height * w->kernel_width;
  memset(dx, 0, (size_t)(samples * w->height * w->width * channels) * sizeof(float));
  for (int64_t n = 0; n < samples; n++)
    for (int64_t i = 0; i < w->out_height; i++)
      for (int64_t j = 0; j < w->out_width; j++) {
        const float *out = dy + ((n * w->out_height + i) * w->out_width + j) * filters;
        for (int64_t a = 0; a < w->kernel_height; a++)
          for (int64_t b = 0; b < w->kernel_width; b++) {
            int64_t row = i * w->stride_height + a - w->pad_top, column = j * w->stride_width + b - w->pad_left;
            if (row < 0 || row >= w->height || column < 0 || column >= w->width) continue;
            float *in = dx + ((n * w->height + row) * w->width + column) * channels;
            const float *k = prepared + (taps - 1 - (a * w->kernel_width + b)) * channels * filters;
            for (int64_t f = 0; f < filters; f++)
              for (int64_t c = 0; c < channels; c++) in[c] += out[f] * k[f * channels + c];
          }
      }
}

#define LS_CONVOLUTION_KERNELS                                                                                    \
  {ls_conv_scratch, ls_conv_prepared, ls_conv_prepare, ls_conv_forward, ls_conv_weight_gradient, ls_conv_input_gradient}
