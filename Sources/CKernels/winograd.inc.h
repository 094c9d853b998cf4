// Convolution with kernels of 3 by 3 and stride 1 by Winograd's tiles: 2.25 or 4 times fewer multiplications than the
// direct sum.
//
// For each position of a tile there is one matrix product, [tiles, C] · [C, F], in the register tiles of gemm.inc.h. Tiles
// are taken a block at a time, so that what a block needs between its transforms stays in the second-level cache. An
// element's sum runs over the channels of its own tile, so neither blocks nor neighbours change a bit.
#include "winograd_tiles.inc.h"

/// Tiles in a block.
#define LS_WINOGRAD_BLOCK 48
/// Channels that one pass of a product takes: with a panel of columns they stay in the first-level cache.
#define LS_WINOGRAD_DEPTH 128

/// Floats of room behind the matrix of each position: with powers of two between them, matrices would fall into a few sets of
/// the caches.
#define LS_WINOGRAD_ROOM 16

/// Floats from the matrix [rows, columns] of one position to that of the next.
LS_INLINE int64_t ls_winograd_position(int64_t rows, int64_t columns) { return rows * columns + LS_WINOGRAD_ROOM; }

/// How the outputs of a window are cut into tiles.
typedef struct ls_winograd {
  int32_t tile, span;         ///< outputs and inputs of a tile along an axis
  int64_t positions;          ///< span²
  int64_t rows, columns;      ///< tiles of a sample
  int64_t input, output;      ///< floats between two positions of V and of M
  ls_panels panels;           ///< of the filters
} ls_winograd;

static ls_winograd ls_winograd_of(const ls_window2d *w, int32_t tile) {
  int32_t span = tile + 2;
  return (ls_winograd){.tile = tile, .span = span, .positions = span * span,
                       .rows = (w->out_height + tile - 1) / tile, .columns = (w->out_width + tile - 1) / tile,
                       .input = ls_winograd_position(LS_WINOGRAD_BLOCK, w->channels),
                       .output = ls_winograd_position(LS_WINOGRAD_BLOCK, LS_TILE_VECTORS * LS_LANES),
                       .panels = ls_panels_of(w->filters)};
}

/// Cuts the tiles of all samples into blocks.
LS_INLINE ls_split ls_winograd_blocks(const ls_winograd *g, int64_t samples) {
  return ls_split_of(samples * g->rows * g->columns, LS_WINOGRAD_BLOCK);
}

/// The `size` by `size` pixels that belong to tile `index`, counted over all samples: tiles are `step` pixels apart, and the
/// first begins `pad_*` pixels outside the image.
LS_INLINE ls_patch ls_patch_of(const ls_winograd *g, int64_t index, int32_t size, int32_t step, int32_t height,
                               int32_t width, int64_t channels, int32_t pad_top, int32_t pad_left) {
  int64_t sample = index / (g->rows * g->columns), place = index % (g->rows * g->columns);
  int32_t top = (int32_t)(place / g->columns) * step - pad_top;
  int32_t left = (int32_t)(place % g->columns) * step - pad_left;
  int64_t line = width * channels;
  return (ls_patch){.at = (sample * height + top) * line + left * channels, .line = line, .pixel = channels,
                    .row = top < 0 ? -top : 0, .rows = height - top < size ? height - top : size,
                    .column = left < 0 ? -left : 0, .columns = width - left < size ? width - left : size};
}

LS_INLINE ls_patch ls_patch_of_input(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, g->span, g->tile, w->height, w->width, w->channels, w->pad_top, w->pad_left);
}

LS_INLINE ls_patch ls_patch_of_output(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, g->tile, g->tile, w->out_height, w->out_width, w->filters, 0, 0);
}

LS_INLINE ls_patch ls_patch_of_pooled(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, g->tile / 2, g->tile / 2, w->out_height / 2, w->out_width / 2, w->filters, 0, 0);
}

// MARK: Forward

/// V of `count` tiles from tile `first` on.
LS_INLINE void ls_winograd_inputs_of(int tile, const ls_winograd *g, const ls_window2d *w, int64_t first, int64_t count,
                                     const float *x, float *v) {
  for (int64_t t = first; t < first + count; t++, v += w->channels) {
    ls_patch p = ls_patch_of_input(g, w, t);
    if (ls_patch_is_whole(&p, tile + 2)) ls_winograd_input_tile(tile, 1, &p, w->channels, x, v, g->input);
    else ls_winograd_input_tile(tile, 0, &p, w->channels, x, v, g->input);
  }
}

static void ls_winograd_inputs(const ls_winograd *g, const ls_window2d *w, int64_t first, int64_t count, const float *x,
                               float *v) {
  if (g->tile == 2) ls_winograd_inputs_of(2, g, w, first, count, x, v);
  else ls_winograd_inputs_of(4, g, w, first, count, x, v);
}

/// M = V U in one panel of the filters.
static void ls_winograd_products(const ls_winograd *g, int64_t channels, int64_t vectors, int64_t tiles, const float *v,
                                 const float *u, float *m) {
  int64_t columns = vectors * LS_LANES, matrix = ls_winograd_position(channels, columns);
  for (int64_t k = 0; k < g->positions; k++, v += g->input, u += matrix, m += g->output) {
    for (int64_t c = 0; c < channels; c += LS_WINOGRAD_DEPTH) {
      ls_product p = {
          .tile = {.start = c ? m : 0, .start_row = columns, .c = m, .c_row = columns, .last = LS_LANES},
          .segments = 1, .depth = channels - c < LS_WINOGRAD_DEPTH ? channels - c : LS_WINOGRAD_DEPTH,
          .a = v + c, .a_row = channels, .b = u + c * columns, .b_row = columns};
      ls_product_run(p, tiles, vectors);
    }
  }
}

/// Where the outputs go.
typedef struct ls_winograd_outputs {
  const float *bias;
  float *y;
  uint8_t *winners;
  int pooled;
} ls_winograd_outputs;

/// The outputs of `count` tiles from tile `first` on in one panel of the filters.
LS_INLINE void ls_winograd_outputs_of(int tile, int pooled, const ls_winograd *g, const ls_window2d *w,
                                      const ls_panel *panel, int64_t first, int64_t count, const float *m,
                                      const ls_winograd_outputs *o) {
  const float *bias = o->bias ? o->bias + panel->column : 0;
  float *y = o->y + panel->column;
  int64_t filters = panel->columns, position = g->output, words = (w->filters + LS_GROUP - 1) / LS_GROUP * LS_WINNERS;
  for (int64_t t = first; t < first + count; t++, m += panel->vectors * LS_LANES) {
    ls_patch p = pooled ? ls_patch_of_pooled(g, w, t) : ls_patch_of_output(g, w, t);
    int whole = ls_patch_is_whole(&p, pooled ? tile / 2 : tile);
    if (!pooled && whole) ls_winograd_output_tile(tile, 1, &p, filters, m, position, bias, y);
    if (!pooled && !whole) ls_winograd_output_tile(tile, 0, &p, filters, m, position, bias, y);
    if (pooled && whole)
      ls_winograd_pooled_tile(tile, 1, &p, filters, m, position, bias, y, o->winners, words, panel->column);
    if (pooled && !whole)
      ls_winograd_pooled_tile(tile, 0, &p, filters, m, position, bias, y, o->winners, words, panel->column);
  }
}

static void ls_winograd_outputs_2(const ls_winograd *g, const ls_window2d *w, const ls_panel *panel, int64_t first,
                                  int64_t count, const float *m, const ls_winograd_outputs *o) {
  if (o->pooled) ls_winograd_outputs_of(2, 1, g, w, panel, first, count, m, o);
  else ls_winograd_outputs_of(2, 0, g, w, panel, first, count, m, o);
}

static void ls_winograd_outputs_4(const ls_winograd *g, const ls_window2d *w, const ls_panel *panel, int64_t first,
                                  int64_t count, const float *m, const ls_winograd_outputs *o) {
  if (o->pooled) ls_winograd_outputs_of(4, 1, g, w, panel, first, count, m, o);
  else ls_winograd_outputs_of(4, 0, g, w, panel, first, count, m, o);
}

/// Floats of U before panel `part` of the filters: for each panel, position after position, a matrix [channels, columns] with
/// whole vectors.
LS_INLINE int64_t ls_winograd_weights_before(const ls_winograd *g, int64_t part, int64_t channels) {
  int64_t columns = ls_part_start(&g->panels.vectors, part) * LS_LANES;
  return g->positions * (channels * columns + part * LS_WINOGRAD_ROOM);
}

/// All tiles of `w`, block after block.
static void ls_winograd_run(const ls_window2d *w, int32_t tile, int64_t samples, const float *x, const float *prepared,
                            const ls_winograd_outputs *outputs, float *scratch) {
  ls_winograd g = ls_winograd_of(w, tile);
  ls_split blocks = ls_winograd_blocks(&g, samples);
  float *v = scratch, *m = scratch + g.positions * g.input;
  for (int64_t block = 0; block < blocks.parts; block++) {
    int64_t first = ls_part_start(&blocks, block), count = ls_part_size(&blocks, block);
    ls_winograd_inputs(&g, w, first, count, x, v);
    for (int64_t part = 0; part < g.panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&g.panels, part);
      const float *u = prepared + ls_winograd_weights_before(&g, part, w->channels);
      ls_winograd_products(&g, w->channels, panel.vectors, count, v, u, m);
      if (tile == 2) ls_winograd_outputs_2(&g, w, &panel, first, count, m, outputs);
      else ls_winograd_outputs_4(&g, w, &panel, first, count, m, outputs);
    }
  }
}

/// The convolution whose outputs a pass computes.
static ls_window2d ls_winograd_window(const ls_window2d *w, ls_convolution_pass pass) {
  ls_window2d t = *w;
  if (pass == LS_POOLED_FORWARD) {  // what pooling reads
    t.out_height &= ~1;
    t.out_width &= ~1;
  }
  if (pass == LS_INPUT_GRADIENT) {  // of the output's gradient, with the kernel rotated and transposed
    t.height = w->out_height, t.width = w->out_width, t.channels = w->filters;
    t.out_height = w->height, t.out_width = w->width, t.filters = w->channels;
    t.pad_top = 2 - w->pad_top, t.pad_bottom = 2 - w->pad_bottom;
    t.pad_left = 2 - w->pad_left, t.pad_right = 2 - w->pad_right;
  }
  return t;
}

static void ls_winograd_forward(const ls_window2d *w, int32_t tile, int64_t samples, const float *x,
                                const float *prepared, const float *bias, float *y, float *scratch) {
  ls_winograd_run(w, tile, samples, x, prepared, &(ls_winograd_outputs){.bias = bias, .y = y}, scratch);
}

static void ls_winograd_pooled_forward(const ls_window2d *w, int32_t tile, int64_t samples, const float *x,
                                       const float *prepared, const float *bias, float *y, uint8_t *winners,
                                       float *scratch) {
  ls_window2d window = ls_winograd_window(w, LS_POOLED_FORWARD);
  ls_winograd_outputs outputs = {.bias = bias, .y = y, .winners = winners, .pooled = 1};
  ls_winograd_run(&window, tile, samples, x, prepared, &outputs, scratch);
}

static void ls_winograd_input_gradient(const ls_window2d *w, int32_t tile, int64_t samples, const float *dy,
                                       const float *prepared, float *dx, float *scratch) {
  ls_window2d window = ls_winograd_window(w, LS_INPUT_GRADIENT);
  ls_winograd_run(&window, tile, samples, dy, prepared, &(ls_winograd_outputs){.y = dx}, scratch);
}

#include "winograd_weights.inc.h"

// MARK: What pays

/// What a sample costs, in multiply-adds.
static double ls_winograd_cost(const ls_window2d *w, int32_t tile, ls_convolution_pass pass) {
  ls_winograd g = ls_winograd_of(w, tile);
  // Measured: transforming a channel or a filter costs as much as ten multiply-adds for each position of a tile, and
  // carrying U's gradient through the caches, spread over the samples of a shard, as much as one and a half tiles.
  double transforms = 10.0 * (w->channels + w->filters), products = (double)w->channels * w->filters;
  double tiles = (double)(g.rows * g.columns) + (pass == LS_WEIGHT_GRADIENT ? 1.5 : 0);
  return tiles * (double)g.positions * (products + transforms);
}

static int32_t ls_winograd_tile(const ls_window2d *w, ls_convolution_pass pass) {
  int fits = w->kernel_height == 3 && w->kernel_width == 3 && w->stride_height == 1 && w->stride_width == 1;
  int fills = w->channels >= LS_WINOGRAD_CHANNELS && w->filters >= LS_WINOGRAD_CHANNELS;
  if (!fits || !fills) return 0;
  ls_window2d window = ls_winograd_window(w, pass);
  // The direct sum of an input gradient has as many products as that of the output.
  const ls_window2d *direct = pass == LS_INPUT_GRADIENT ? w : &window;
  double least = 9.0 * direct->out_height * direct->out_width * w->channels * w->filters;
  int32_t best = 0;
  for (int32_t tile = 2; tile <= 4; tile += 2) {
    double cost = ls_winograd_cost(&window, tile, pass);
    if (cost < least) {
      least = cost;
      best = tile;
    }
  }
  return best;
}

#define LS_WINOGRAD_KERNELS                                                                              \
  {ls_winograd_tile,    ls_winograd_scratch,        ls_winograd_prepared,        ls_winograd_prepare,    \
   ls_winograd_forward, ls_winograd_pooled_forward, ls_winograd_weight_gradient, ls_winograd_input_gradient}
