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

/// Some tiles side by side along one axis of the outputs.
typedef struct ls_winograd_strip {
  int32_t tile, first, count;  ///< outputs of a tile, where the first one begins, tiles
} ls_winograd_strip;

/// An axis is cut into tiles of `tile` outputs, or of 4 and, where one or two outputs are left over, a last one of 2. For 10 by 10
/// outputs that makes 256 products of 324: measured, 15 % less time, for a preparation that takes 2.8 times as long.
LS_INLINE ls_winograd_strip ls_winograd_strip_of(int32_t size, int32_t tile, int last) {
  int32_t over = size % tile, has_last = tile == 4 && (over == 1 || over == 2);
  if (last) return (ls_winograd_strip){2, size - over, has_last};
  return (ls_winograd_strip){tile, 0, has_last ? size / tile : (size + tile - 1) / tile};
}

/// Tiles of one size among the outputs of a window.
typedef struct ls_winograd {
  ls_winograd_strip vertical, horizontal;
  ls_extent tile;
  int64_t tiles;              ///< of a sample
  int64_t positions;          ///< inputs of a tile
  int64_t input, output;      ///< floats between two positions of V and of M
  ls_panels panels;           ///< of the filters
} ls_winograd;

/// The tiles of a window come in up to four sizes: bit 0 of `kind` says that they are the last of their row, bit 1 of their column.
#define LS_WINOGRAD_KINDS 4

static ls_winograd ls_winograd_from(const ls_window2d *w, ls_winograd_strip vertical, ls_winograd_strip horizontal) {
  return (ls_winograd){.vertical = vertical, .horizontal = horizontal, .tile = {vertical.tile, horizontal.tile},
                       .tiles = (int64_t)vertical.count * horizontal.count,
                       .positions = (vertical.tile + 2) * (horizontal.tile + 2),
                       .input = ls_winograd_position(LS_WINOGRAD_BLOCK, w->channels),
                       .output = ls_winograd_position(LS_WINOGRAD_BLOCK, LS_TILE_VECTORS * LS_LANES),
                       .panels = ls_panels_of(w->filters)};
}

static ls_winograd ls_winograd_of_kind(const ls_window2d *w, int32_t tile, int kind) {
  return ls_winograd_from(w, ls_winograd_strip_of(w->out_height, tile, kind & 2),
                          ls_winograd_strip_of(w->out_width, tile, kind & 1));
}

/// All tiles of one size, what hangs over included: for the weight gradient, which carries one U through the samples.
static ls_winograd ls_winograd_of(const ls_window2d *w, int32_t tile) {
  return ls_winograd_from(w, (ls_winograd_strip){tile, 0, (w->out_height + tile - 1) / tile},
                          (ls_winograd_strip){tile, 0, (w->out_width + tile - 1) / tile});
}

/// Calls `function` with the tile's size as a constant.
#define LS_WITH_TILE(tile, function, ...)                                                  \
  do {                                                                                     \
    if ((tile).rows == 2 && (tile).columns == 2) function((ls_extent){2, 2}, __VA_ARGS__); \
    else if ((tile).rows == 2) function((ls_extent){2, 4}, __VA_ARGS__);                   \
    else if ((tile).columns == 2) function((ls_extent){4, 2}, __VA_ARGS__);                \
    else function((ls_extent){4, 4}, __VA_ARGS__);                                         \
  } while (0)

/// Cuts the tiles of all samples into blocks.
LS_INLINE ls_split ls_winograd_blocks(const ls_winograd *g, int64_t samples) {
  return ls_split_of(samples * g->tiles, LS_WINOGRAD_BLOCK);
}

/// The `size` pixels that belong to tile `index`, counted over all samples, in an image of which `scale` outputs share a pixel and
/// whose first tile would begin `pad_*` pixels outside.
LS_INLINE ls_patch ls_patch_of(const ls_winograd *g, int64_t index, ls_extent size, int32_t scale, int32_t height,
                               int32_t width, int64_t channels, int32_t pad_top, int32_t pad_left) {
  int64_t sample = index / g->tiles, place = index % g->tiles, columns = g->horizontal.count;
  int32_t top = (g->vertical.first + (int32_t)(place / columns) * g->vertical.tile) / scale - pad_top;
  int32_t left = (g->horizontal.first + (int32_t)(place % columns) * g->horizontal.tile) / scale - pad_left;
  int64_t line = width * channels;
  return (ls_patch){.at = (sample * height + top) * line + left * channels, .line = line, .pixel = channels,
                    .row = top < 0 ? -top : 0, .rows = height - top < size.rows ? height - top : size.rows,
                    .column = left < 0 ? -left : 0,
                    .columns = width - left < size.columns ? width - left : size.columns};
}

LS_INLINE ls_patch ls_patch_of_input(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, ls_span_of(g->tile), 1, w->height, w->width, w->channels, w->pad_top, w->pad_left);
}

LS_INLINE ls_patch ls_patch_of_output(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, g->tile, 1, w->out_height, w->out_width, w->filters, 0, 0);
}

LS_INLINE ls_extent ls_pooled_extent(ls_extent tile) { return (ls_extent){tile.rows / 2, tile.columns / 2}; }

LS_INLINE ls_patch ls_patch_of_pooled(const ls_winograd *g, const ls_window2d *w, int64_t index) {
  return ls_patch_of(g, index, ls_pooled_extent(g->tile), 2, w->out_height / 2, w->out_width / 2, w->filters, 0, 0);
}

// MARK: Forward

/// V of `count` tiles from tile `first` on.
LS_INLINE void ls_winograd_inputs_of(ls_extent tile, const ls_winograd *g, const ls_window2d *w, int64_t first, int64_t count,
                                     const float *x, float *v) {
  for (int64_t t = first; t < first + count; t++, v += w->channels) {
    ls_patch p = ls_patch_of_input(g, w, t);
    if (ls_patch_is_whole(&p, ls_span_of(tile))) ls_winograd_input_tile(tile, 1, &p, w->channels, x, v, g->input);
    else ls_winograd_input_tile(tile, 0, &p, w->channels, x, v, g->input);
  }
}

static void ls_winograd_inputs(const ls_winograd *g, const ls_window2d *w, int64_t first, int64_t count, const float *x,
                               float *v) {
  LS_WITH_TILE(g->tile, ls_winograd_inputs_of, g, w, first, count, x, v);
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
LS_INLINE void ls_winograd_outputs_of(ls_extent tile, int pooled, const ls_winograd *g, const ls_window2d *w,
                                      const ls_panel *panel, int64_t first, int64_t count, const float *m,
                                      const ls_winograd_outputs *o) {
  const float *bias = o->bias ? o->bias + panel->column : 0;
  float *y = o->y + panel->column;
  int64_t filters = panel->columns, position = g->output, words = (w->filters + LS_GROUP - 1) / LS_GROUP * LS_WINNERS;
  for (int64_t t = first; t < first + count; t++, m += panel->vectors * LS_LANES) {
    ls_patch p = pooled ? ls_patch_of_pooled(g, w, t) : ls_patch_of_output(g, w, t);
    int whole = ls_patch_is_whole(&p, pooled ? ls_pooled_extent(tile) : tile);
    if (!pooled && whole) ls_winograd_output_tile(tile, 1, &p, filters, m, position, bias, y);
    if (!pooled && !whole) ls_winograd_output_tile(tile, 0, &p, filters, m, position, bias, y);
    if (pooled && whole)
      ls_winograd_pooled_tile(tile, 1, &p, filters, m, position, bias, y, o->winners, words, panel->column);
    if (pooled && !whole)
      ls_winograd_pooled_tile(tile, 0, &p, filters, m, position, bias, y, o->winners, words, panel->column);
  }
}

static void ls_winograd_plain_outputs(const ls_winograd *g, const ls_window2d *w, const ls_panel *panel, int64_t first,
                                      int64_t count, const float *m, const ls_winograd_outputs *o) {
  LS_WITH_TILE(g->tile, ls_winograd_outputs_of, 0, g, w, panel, first, count, m, o);
}

static void ls_winograd_pooled_outputs(const ls_winograd *g, const ls_window2d *w, const ls_panel *panel, int64_t first,
                                       int64_t count, const float *m, const ls_winograd_outputs *o) {
  LS_WITH_TILE(g->tile, ls_winograd_outputs_of, 1, g, w, panel, first, count, m, o);
}

/// Floats of U before panel `part` of the filters: for each panel, position after position, a matrix [channels, columns] with
/// whole vectors.
LS_INLINE int64_t ls_winograd_weights_before(const ls_winograd *g, int64_t part, int64_t channels) {
  int64_t columns = ls_part_start(&g->panels.vectors, part) * LS_LANES;
  return g->positions * (channels * columns + part * LS_WINOGRAD_ROOM);
}

/// Floats of U for all panels; none where there are no tiles.
LS_INLINE int64_t ls_winograd_weights_count(const ls_winograd *g, int64_t channels) {
  return g->tiles ? ls_winograd_weights_before(g, g->panels.vectors.parts, channels) : 0;
}

/// The tiles of one kind, block after block.
static void ls_winograd_run_kind(const ls_winograd *g, const ls_window2d *w, int64_t samples, const float *x,
                                 const float *prepared, const ls_winograd_outputs *outputs, float *scratch) {
  ls_split blocks = ls_winograd_blocks(g, samples);
  float *v = scratch, *m = scratch + g->positions * g->input;
  for (int64_t block = 0; block < blocks.parts; block++) {
    int64_t first = ls_part_start(&blocks, block), count = ls_part_size(&blocks, block);
    ls_winograd_inputs(g, w, first, count, x, v);
    for (int64_t part = 0; part < g->panels.vectors.parts; part++) {
      ls_panel panel = ls_panel_at(&g->panels, part);
      const float *u = prepared + ls_winograd_weights_before(g, part, w->channels);
      ls_winograd_products(g, w->channels, panel.vectors, count, v, u, m);
      if (outputs->pooled) ls_winograd_pooled_outputs(g, w, &panel, first, count, m, outputs);
      else ls_winograd_plain_outputs(g, w, &panel, first, count, m, outputs);
    }
  }
}

static void ls_winograd_run(const ls_window2d *w, int32_t tile, int64_t samples, const float *x, const float *prepared,
                            const ls_winograd_outputs *outputs, float *scratch) {
  for (int kind = 0; kind < LS_WINOGRAD_KINDS; kind++) {
    ls_winograd g = ls_winograd_of_kind(w, tile, kind);
    ls_winograd_run_kind(&g, w, samples, x, prepared, outputs, scratch);
    prepared += ls_winograd_weights_count(&g, w->channels);
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
  // Measured: transforming a channel or a filter costs as much as ten multiply-adds for each position of a tile, and
  // carrying U's gradient through the caches, spread over the samples of a shard, as much as one and a half tiles.
  double transforms = 10.0 * (w->channels + w->filters), products = (double)w->channels * w->filters, positions = 0;
  if (pass == LS_WEIGHT_GRADIENT) {
    ls_winograd g = ls_winograd_of(w, tile);
    positions = ((double)g.tiles + 1.5) * (double)g.positions;
  }
  for (int kind = 0; kind < LS_WINOGRAD_KINDS && pass != LS_WEIGHT_GRADIENT; kind++) {
    ls_winograd g = ls_winograd_of_kind(w, tile, kind);
    positions += (double)(g.tiles * g.positions);
  }
  return positions * (products + transforms);
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
