// Max and average pooling over NHWC images, a register of channels at a time.
//
// A NaN wins a maximum over every number, and the first NaN over later ones, so that a fault is seen; else the first of equals wins.
#include "math.inc.h"

// MARK: Windows

/// The cells [begin, end) of a window along one axis that lie in the image, and the image's coordinate of cell 0.
typedef struct ls_span {
  int32_t origin, begin, end;
} ls_span;

LS_INLINE ls_span ls_window_span(int32_t place, int32_t stride, int32_t pad, int32_t kernel, int32_t size) {
  int32_t origin = place * stride - pad;
  int32_t begin = origin < 0 ? -origin : 0;
  int32_t end = origin + kernel > size ? size - origin : kernel;
  return (ls_span){origin, begin, end};
}

LS_INLINE ls_span ls_rows_of(const ls_window2d *w, int32_t i) {
  return ls_window_span(i, w->stride_height, w->pad_top, w->kernel_height, w->height);
}

LS_INLINE ls_span ls_columns_of(const ls_window2d *w, int32_t j) {
  return ls_window_span(j, w->stride_width, w->pad_left, w->kernel_width, w->width);
}

/// Offset in a sample of cell (a, b) of the window.
LS_INLINE int64_t ls_cell(const ls_window2d *w, ls_span rows, ls_span columns, int32_t a, int32_t b) {
  return ((int64_t)(rows.origin + a) * w->width + columns.origin + b) * w->channels;
}

/// The commonest pooling: windows of 2 by 2 side by side, without padding.
LS_INLINE int ls_is_quarter(const ls_window2d *w) {
  return w->kernel_height == 2 && w->kernel_width == 2 && w->stride_height == 2 && w->stride_width == 2 &&
         w->pad_top == 0 && w->pad_bottom == 0 && w->pad_left == 0 && w->pad_right == 0;
}

/// Elements of one input sample.
LS_INLINE int64_t ls_input_count(const ls_window2d *w) { return (int64_t)w->height * w->width * w->channels; }

/// Where the register that should begin at channel c begins: the last one is moved back so that it is full, where there are enough
/// channels. Some are then computed twice, alike; only for kernels that write and do not add.
LS_INLINE int64_t ls_first_channel(int64_t c, int64_t channels) {
  return c + LS_LANES <= channels || channels < LS_LANES ? c : channels - LS_LANES;
}

// MARK: Winners

LS_INLINE void ls_put_places(uint8_t *p, vi places, int64_t lanes) {
  vb bytes = __builtin_convertvector(places, vb);
  if (lanes == LS_LANES) {
    memcpy(p, &bytes, sizeof bytes);
  } else {
    for (int64_t i = 0; i < lanes; i++) p[i] = bytes[i];
  }
}

LS_INLINE vi ls_take_places(const uint8_t *p, int64_t lanes) {
  vb bytes = {};
  if (lanes == LS_LANES) {
    memcpy(&bytes, p, sizeof bytes);
  } else {
    for (int64_t i = 0; i < lanes; i++) bytes[i] = p[i];
  }
  return __builtin_convertvector(bytes, vi);
}

/// Of two values the larger, and a mask of the lanes that the second won: the first of equals and a NaN win.
LS_INLINE vf ls_duel(vf a, vf b, vi *second) {
  // "Not less or equal" is also true where b is a NaN.
  *second = ~(b <= a) & (a == a);
  return ls_select(*second, b, a);
}

/// The best value so far of each channel, and its place in the window.
typedef struct ls_leader {
  vf value;
  vi place;
} ls_leader;

LS_INLINE ls_leader ls_challenge(ls_leader leader, vf x, int32_t place) {
  vi wins;
  vf value = ls_duel(leader.value, x, &wins);
  return (ls_leader){value, (wins & place) | (~wins & leader.place)};
}

// MARK: Maximum

/// One output pixel of windows of 2 by 2: `above` and `below` are where its two rows begin. (A third faster than the general
/// function with constant spans.)
LS_INLINE void ls_max_quarter(int64_t channels, const float *above, const float *below, float *y, uint8_t *winner) {
  for (int64_t next = 0; next < channels; next += LS_LANES) {
    int64_t c = ls_first_channel(next, channels), lanes = ls_lanes_left(c, channels);
    ls_leader leader = {ls_take(above + c, lanes), (vi){}};
    leader = ls_challenge(leader, ls_take(above + channels + c, lanes), 1);
    leader = ls_challenge(leader, ls_take(below + c, lanes), 2);
    leader = ls_challenge(leader, ls_take(below + channels + c, lanes), 3);
    ls_put(y + c, leader.value, lanes);
    if (winner) ls_put_places(winner + c, leader.place, lanes);
  }
}

/// One output pixel of any window.
LS_INLINE void ls_max_window(const ls_window2d *w, ls_span rows, ls_span columns, const float *x, float *y,
                             uint8_t *winner) {
  const int64_t channels = w->channels;
  for (int64_t next = 0; next < channels; next += LS_LANES) {
    int64_t c = ls_first_channel(next, channels), lanes = ls_lanes_left(c, channels);
    ls_leader leader = {ls_take(x + ls_cell(w, rows, columns, rows.begin, columns.begin) + c, lanes),
                        (vi){} + (rows.begin * w->kernel_width + columns.begin)};
    // The first cell meets itself, which changes nothing.
    for (int32_t a = rows.begin; a < rows.end; a++)
      for (int32_t b = columns.begin; b < columns.end; b++)
        leader = ls_challenge(leader, ls_take(x + ls_cell(w, rows, columns, a, b) + c, lanes), a * w->kernel_width + b);
    ls_put(y + c, leader.value, lanes);
    if (winner) ls_put_places(winner + c, leader.place, lanes);
  }
}

LS_INLINE void ls_max_forward_of(int has_winner, const ls_window2d *w, int64_t samples, const float *x, float *y,
                                 uint8_t *winner) {
  const int64_t channels = w->channels, row = w->width * channels;
  const int quarter = ls_is_quarter(w);
  for (int64_t n = 0; n < samples; n++, x += w->height * row)
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++, y += channels) {
        uint8_t *places = has_winner ? winner : 0;
        if (quarter) {
          const float *corner = x + 2 * i * row + 2 * j * channels;
          ls_max_quarter(channels, corner, corner + row, y, places);
        } else {
          ls_max_window(w, ls_rows_of(w, i), ls_columns_of(w, j), x, y, places);
        }
        if (has_winner) winner += channels;
      }
}

static void ls_max_forward(const ls_window2d *w, int64_t samples, const float *x, float *y, uint8_t *winner) {
  if (winner) ls_max_forward_of(1, w, samples, x, y, winner);
  else ls_max_forward_of(0, w, samples, x, y, winner);
}

/// Every cell of a window of 2 by 2 is written: the gradient to the winner, 0 to the others.
LS_INLINE void ls_max_quarter_backward(int64_t channels, const float *dy, const uint8_t *winner, float *above,
                                       float *below) {
  const vf zero = {};
  for (int64_t next = 0; next < channels; next += LS_LANES) {
    int64_t c = ls_first_channel(next, channels), lanes = ls_lanes_left(c, channels);
    vi place = ls_take_places(winner + c, lanes);
    vf g = ls_take(dy + c, lanes);
    ls_put(above + c, ls_select(place == 0, g, zero), lanes);
    ls_put(above + channels + c, ls_select(place == 1, g, zero), lanes);
    ls_put(below + c, ls_select(place == 2, g, zero), lanes);
    ls_put(below + channels + c, ls_select(place == 3, g, zero), lanes);
  }
}

static void ls_max_backward_quarters(const ls_window2d *w, const float *dy, const uint8_t *winner, float *dx) {
  const int64_t channels = w->channels, row = w->width * channels, covered = 2 * w->out_width * channels;
  for (int32_t i = 0; i < w->out_height; i++, dx += 2 * row) {
    for (int32_t j = 0; j < w->out_width; j++, dy += channels, winner += channels)
      ls_max_quarter_backward(channels, dy, winner, dx + 2 * j * channels, dx + row + 2 * j * channels);
    // An odd image has a last column and a last row that no window covers.
    memset(dx + covered, 0, (size_t)(row - covered) * sizeof *dx);
    memset(dx + row + covered, 0, (size_t)(row - covered) * sizeof *dx);
  }
  memset(dx, 0, (size_t)((w->height - 2 * w->out_height) * row) * sizeof *dx);
}

/// Windows may overlap: a cell's gradients are added in the order of the output pixels.
static void ls_max_backward_windows(const ls_window2d *w, const float *dy, const uint8_t *winner, float *dx) {
  const int64_t channels = w->channels;
  memset(dx, 0, (size_t)ls_input_count(w) * sizeof *dx);
  for (int32_t i = 0; i < w->out_height; i++)
    for (int32_t j = 0; j < w->out_width; j++, dy += channels, winner += channels) {
      ls_span rows = ls_rows_of(w, i), columns = ls_columns_of(w, j);
      for (int64_t c = 0; c < channels; c += LS_LANES) {
        int64_t lanes = ls_lanes_left(c, channels);
        vi place = ls_take_places(winner + c, lanes);
        vf g = ls_take(dy + c, lanes);
        for (int32_t a = rows.begin; a < rows.end; a++)
          for (int32_t b = columns.begin; b < columns.end; b++) {
            float *cell = dx + ls_cell(w, rows, columns, a, b) + c;
            vi won = place == a * w->kernel_width + b;
            ls_put(cell, ls_take(cell, lanes) + ls_select(won, g, (vf){}), lanes);
          }
      }
    }
}

static void ls_max_backward(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winner, float *dx) {
  const int64_t in = ls_input_count(w), out = (int64_t)w->out_height * w->out_width * w->channels;
  for (int64_t n = 0; n < samples; n++) {
    if (ls_is_quarter(w)) ls_max_backward_quarters(w, dy + n * out, winner + n * out, dx + n * in);
    else ls_max_backward_windows(w, dy + n * out, winner + n * out, dx + n * in);
  }
}

// MARK: Average

LS_INLINE float ls_cells(ls_span rows, ls_span columns) {
  return (float)((rows.end - rows.begin) * (columns.end - columns.begin));
}

/// One output pixel.
LS_INLINE void ls_average_window(const ls_window2d *w, ls_span rows, ls_span columns, const float *x, float *y) {
  const int64_t channels = w->channels;
  for (int64_t next = 0; next < channels; next += LS_LANES) {
    int64_t c = ls_first_channel(next, channels), lanes = ls_lanes_left(c, channels);
    vf sum = {};
    for (int32_t a = rows.begin; a < rows.end; a++)
      for (int32_t b = columns.begin; b < columns.end; b++)
        sum += ls_take(x + ls_cell(w, rows, columns, a, b) + c, lanes);
    ls_put(y + c, sum / ls_cells(rows, columns), lanes);
  }
}

/// One sample, in windows of 2 by 2.
static void ls_average_quarters(const ls_window2d *w, const float *x, float *y) {
  const int64_t channels = w->channels, row = w->width * channels;
  for (int32_t i = 0; i < w->out_height; i++, x += 2 * row) {
    const float *above = x;
    for (int32_t j = 0; j < w->out_width; j++, above += 2 * channels, y += channels) {
      for (int64_t c = 0; c < channels; c += LS_LANES) {
        ls_mask mask = ls_mask_of(ls_lanes_left(c, channels));
        const float *below = above + row;
        vf sum = ls_load_masked(above + c, mask) + ls_load_masked(above + channels + c, mask);
        sum = sum + ls_load_masked(below + c, mask) + ls_load_masked(below + channels + c, mask);
        ls_store_masked(y + c, sum * 0.25f, mask);
      }
    }
  }
}

static void ls_average_forward(const ls_window2d *w, int64_t samples, const float *x, float *y) {
  const int64_t channels = w->channels, in = ls_input_count(w), out = w->out_height * w->out_width * channels;
  for (int64_t n = 0; n < samples; n++, x += in, y += out) {
    if (ls_is_quarter(w)) {
      ls_average_quarters(w, x, y);
      continue;
    }
    float *to = y;
    for (int32_t i = 0; i < w->out_height; i++)
      for (int32_t j = 0; j < w->out_width; j++, to += channels)
        ls_average_window(w, ls_rows_of(w, i), ls_columns_of(w, j), x, to);
  }
}

/// Every cell of a window of 2 by 2 gets a quarter.
static void ls_average_backward_quarters(const ls_window2d *w, const float *dy, float *dx) {
  const int64_t channels = w->channels, row = w->width * channels, covered = 2 * w->out_width * channels;
  for (int32_t i = 0; i < w->out_height; i++, dx += 2 * row) {
    float *above = dx;
    for (int32_t j = 0; j < w->out_width; j++, above += 2 * channels, dy += channels) {
      for (int64_t c = 0; c < channels; c += LS_LANES) {
        ls_mask mask = ls_mask_of(ls_lanes_left(c, channels));
        vf share = ls_load_masked(dy + c, mask) * 0.25f;
        ls_store_masked(above + c, share, mask);
        ls_store_masked(above + channels + c, share, mask);
        ls_store_masked(above + row + c, share, mask);
        ls_store_masked(above + row + channels + c, share, mask);
      }
    }
    // An odd image has a last column and a last row that no window covers.
    memset(dx + covered, 0, (size_t)(row - covered) * sizeof *dx);
    memset(dx + row + covered, 0, (size_t)(row - covered) * sizeof *dx);
  }
  memset(dx, 0, (size_t)((w->height - 2 * w->out_height) * row) * sizeof *dx);
}

/// Windows may overlap: a cell's shares are added in the order of the output pixels.
static void ls_average_backward_windows(const ls_window2d *w, const float *dy, float *dx) {
  const int64_t channels = w->channels;
  memset(dx, 0, (size_t)ls_input_count(w) * sizeof *dx);
  for (int32_t i = 0; i < w->out_height; i++)
    for (int32_t j = 0; j < w->out_width; j++, dy += channels) {
      ls_span rows = ls_rows_of(w, i), columns = ls_columns_of(w, j);
      for (int64_t c = 0; c < channels; c += LS_LANES) {
        int64_t lanes = ls_lanes_left(c, channels);
        vf share = ls_take(dy + c, lanes) / ls_cells(rows, columns);
        for (int32_t a = rows.begin; a < rows.end; a++)
          for (int32_t b = columns.begin; b < columns.end; b++) {
            float *cell = dx + ls_cell(w, rows, columns, a, b) + c;
            ls_put(cell, ls_take(cell, lanes) + share, lanes);
          }
      }
    }
}

static void ls_average_backward(const ls_window2d *w, int64_t samples, const float *dy, float *dx) {
  const int64_t in = ls_input_count(w), out = (int64_t)w->out_height * w->out_width * w->channels;
  for (int64_t n = 0; n < samples; n++) {
    if (ls_is_quarter(w)) ls_average_backward_quarters(w, dy + n * out, dx + n * in);
    else ls_average_backward_windows(w, dy + n * out, dx + n * in);
  }
}

#define LS_POOLING_KERNELS                     \
  {                                            \
      .max_forward = ls_max_forward,           \
      .max_backward = ls_max_backward,         \
      .average_forward = ls_average_forward,   \
      .average_backward = ls_average_backward, \
  }
