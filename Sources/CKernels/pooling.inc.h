// Max and average pooling over NHWC images.
//
// A NaN wins over every number and the first NaN over later ones, so that a fault is seen; else the first of equals wins.
#include "math.inc.h"

/// The part of a window that lies in the image: cells [begin, end) of the kernel's axis.
typedef struct ls_span {
  int32_t origin, begin, end;
} ls_span;

LS_INLINE ls_span ls_window_span(int32_t place, int32_t stride, int32_t pad, int32_t kernel, int32_t size) {
  int32_t origin = place * stride - pad;
  int32_t begin = origin < 0 ? -origin : 0;
  int32_t end = origin + kernel > size ? size - origin : kernel;
  return (ls_span){origin, begin, end};
}

static void ls_max_forward(const ls_window2d *w, int64_t samples, const float *x, float *y, uint8_t *winner) {
  int64_t channels = w->channels, row = w->width * channels;
  int64_t out = 0;
  for (int64_t n = 0; n < samples; n++, x += w->height * row)
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++, out += channels) {
        ls_span v = ls_window_span(i, w->stride_height, w->pad_top, w->kernel_height, w->height);
        ls_span h = ls_window_span(j, w->stride_width, w->pad_left, w->kernel_width, w->width);
        for (int64_t c = 0; c < channels; c++) {
          int32_t place = v.begin * w->kernel_width + h.begin;
          float best = x[(v.origin + v.begin) * row + (h.origin + h.begin) * channels + c];
          for (int32_t a = v.begin; a < v.end; a++)
            for (int32_t b = h.begin; b < h.end; b++) {
              float value = x[(v.origin + a) * row + (h.origin + b) * channels + c];
              if (!(value <= best) && best == best) {
                best = value;
                place = a * w->kernel_width + b;
              }
            }
          y[out + c] = best;
          if (winner) winner[out + c] = (uint8_t)place;
        }
      }
}

static void ls_max_backward(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winner, float *dx) {
  int64_t channels = w->channels, row = w->width * channels;
  int64_t out = 0;
  for (int64_t n = 0; n < samples; n++, dx += w->height * row) {
    memset(dx, 0, (size_t)(w->height * row) * sizeof *dx);
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++)
        for (int64_t c = 0; c < channels; c++, out++) {
          int32_t a = winner[out] / w->kernel_width, b = winner[out] % w->kernel_width;
          dx[(i * w->stride_height - w->pad_top + a) * row + (j * w->stride_width - w->pad_left + b) * channels + c] += dy[out];
        }
  }
}

static void ls_average_forward(const ls_window2d *w, int64_t samples, const float *x, float *y) {
  int64_t channels = w->channels, row = w->width * channels;
  for (int64_t n = 0; n < samples; n++, x += w->height * row)
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++, y += channels) {
        ls_span v = ls_window_span(i, w->stride_height, w->pad_top, w->kernel_height, w->height);
        ls_span h = ls_window_span(j, w->stride_width, w->pad_left, w->kernel_width, w->width);
        float cells = (float)((v.end - v.begin) * (h.end - h.begin));
        for (int64_t c = 0; c < channels; c++) {
          float sum = 0;
          for (int32_t a = v.begin; a < v.end; a++)
            for (int32_t b = h.begin; b < h.end; b++)
              sum += x[(v.origin + a) * row + (h.origin + b) * channels + c];
          y[c] = sum / cells;
        }
      }
}

static void ls_average_backward(const ls_window2d *w, int64_t samples, const float *dy, float *dx) {
  int64_t channels = w->channels, row = w->width * channels;
  for (int64_t n = 0; n < samples; n++, dx += w->height * row) {
    memset(dx, 0, (size_t)(w->height * row) * sizeof *dx);
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++, dy += channels) {
        ls_span v = ls_window_span(i, w->stride_height, w->pad_top, w->kernel_height, w->height);
        ls_span h = ls_window_span(j, w->stride_width, w->pad_left, w->kernel_width, w->width);
        float cells = (float)((v.end - v.begin) * (h.end - h.begin));
        for (int32_t a = v.begin; a < v.end; a++)
          for (int32_t b = h.begin; b < h.end; b++)
            for (int64_t c = 0; c < channels; c++)
              dx[(v.origin + a) * row + (h.origin + b) * channels + c] += dy[c] / cells;
      }
  }
}

#define LS_POOLING_KERNELS                        \
  {                                               \
      .max_forward = ls_max_forward,              \
      .max_backward = ls_max_backward,            \
      .average_forward = ls_average_forward,      \
      .average_backward = ls_average_backward,    \
  }
