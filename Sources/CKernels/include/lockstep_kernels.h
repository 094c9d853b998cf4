/// The only C of Lockstep: the arithmetic of one shard on one core.
///
/// Every kernel is written once, in clang vector extensions, and compiled once per instruction set (see
/// `kernels_avx512.c`, `kernels_avx2.c`, `kernels_portable.c`). `ls_kernels_for` hands out the table of one
/// instruction set; nothing else is exported.
///
/// Rules that every kernel keeps:
///  - Exactness: the result depends on the arguments and the instruction set alone. The order of every sum is
///    fixed by the shapes, and a sample's values never depend on how many samples come with it. No libm.
///  - No allocation, no locks, no globals, no errno. Scratch memory is an argument; `*_scratch` tells its size.
///  - Layout: images NHWC, convolution kernels HWIO, dense weights [in, out], all contiguous FP32.
///  - Pointers need 4-byte alignment only; 64-byte alignment is faster. `restrict` holds for all outputs
///    unless a comment says that in place is allowed.
///  - Sizes were checked by the caller: no kernel sees a negative or overflowing one. Of zero samples all sums are zero.
#ifndef LOCKSTEP_KERNELS_H
#define LOCKSTEP_KERNELS_H

#include <stdint.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// Instruction sets, slowest first. The numbers are written to checkpoints by name, never by value.
typedef enum ls_isa : int32_t { LS_ISA_PORTABLE = 0, LS_ISA_AVX2 = 1, LS_ISA_AVX512 = 2 } ls_isa;

/// A two-dimensional convolution or pooling window over NHWC images. All fields are per sample.
///
/// out_height = (height + pad_top + pad_bottom - kernel_height) / stride_height + 1, and likewise the width.
typedef struct ls_window2d {
  int32_t height, width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_height, stride_width;
  int32_t pad_top, pad_bottom, pad_left, pad_right;
  int32_t out_height, out_width;
  int32_t filters;  ///< output channels of a convolution; equals `channels` for pooling
} ls_window2d;

/// Elementwise activations. `slope` is used by leakyRelu alone.
typedef enum ls_activation : int32_t {
  LS_RELU = 0,
  LS_LEAKY_RELU = 1,  ///< x > 0 ? x : slope * x
  LS_GELU = 2,        ///< x * Phi(x), the exact form with erf (Hendrycks and Gimpel 2016)
  LS_SILU = 3,        ///< x * sigmoid(x) (Elfwing et al. 2017)
  LS_TANH = 4,
  LS_SIGMOID = 5,
} ls_activation;

/// The position of a block of random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
/// as 1, 2, 3", SC 2011) with this key and counter words 1 to 3; word 0 counts the blocks of four numbers.
typedef struct ls_random {
  uint32_t key[2];
  uint32_t counter[3];
} ls_random;

/// Convolution as an implicit GEMM straight on NHWC data, no im2col: for one kernel row the values that a pixel
/// needs are kernel_width * channels contiguous floats, and the next pixel's start stride * channels later.
typedef struct ls_convolution_kernels {
  /// Floats of scratch that the three kernels below need (their maximum) for one sample at a time.
  int64_t (*scratch)(const ls_window2d *w);
  /// Floats that `prepare` writes.
  int64_t (*prepared)(const ls_window2d *w);
  /// Lays `kernel` out for `input_gradient`: once a step for each worker.
  void (*prepare)(const ls_window2d *w, const float *kernel, float *prepared);
  /// y[n,i,j,f] = bias[f] + sum over (a,b,c) of x[n, i*s+a-pad, j*s+b-pad, c] * kernel[a,b,c,f]. `bias` may be null.
  void (*forward)(const ls_window2d *w, int64_t samples, const float *x, const float *kernel,
                  const float *_Nullable bias, float *y, float *scratch);
  /// Writes (does not add to) kernel_gradient [KH,KW,C,F] and bias_gradient [F] (may be null): sums over samples and pixels.
  void (*weight_gradient)(const ls_window2d *w, int64_t samples, const float *x, const float *dy,
                          float *kernel_gradient, float *_Nullable bias_gradient, float *scratch);
  /// Writes dx [samples,H,W,C] from dy [samples,OH,OW,F] and what `prepare` wrote.
  void (*input_gradient)(const ls_window2d *w, int64_t samples, const float *dy, const float *prepared, float *dx,
                         float *scratch);
} ls_convolution_kernels;

/// What is computed of a convolution.
typedef enum ls_convolution_pass : int32_t {
  LS_FORWARD = 0,
  LS_WEIGHT_GRADIENT = 1,
  LS_INPUT_GRADIENT = 2,
  LS_POOLED_FORWARD = 3,  ///< forward with ReLU and 2 by 2 max-pooling
} ls_convolution_pass;

/// Channels and filters that Winograd's kernels need at least.
#define LS_WINOGRAD_CHANNELS 16

/// The same convolution by Winograd's minimal filtering (Lavin and Gray 2016), for kernels of 3 by 3 with stride 1, padding of at
/// most 2 and at least LS_WINOGRAD_CHANNELS channels and filters. `tile` is the side of an output tile, 2 or 4: 2.25 or 4 times fewer
/// multiplications. Where one or two rows or columns are left over by tiles of 4, the last tiles have two (but not those of the
/// weight gradient). Sums are rounded otherwise than the direct ones, and a NaN or an infinity spoils the outputs of its whole tile.
typedef struct ls_winograd_kernels {
  /// The tile that is fastest for this pass: 2, 4, or 0 where the direct sum is, or where the window is another one.
  int32_t (*tile)(const ls_window2d *w, ls_convolution_pass pass);
  /// Floats of scratch that this pass needs.
  int64_t (*scratch)(const ls_window2d *w, int32_t tile, ls_convolution_pass pass);
  /// Floats that `prepare` writes; 0 for the weight gradient.
  int64_t (*prepared)(const ls_window2d *w, int32_t tile, ls_convolution_pass pass);
  /// Transforms `kernel` for a pass: once a step for each worker.
  void (*prepare)(const ls_window2d *w, int32_t tile, ls_convolution_pass pass, const float *kernel, float *prepared);
  /// As in ls_convolution_kernels, from the prepared kernel.
  void (*forward)(const ls_window2d *w, int32_t tile, int64_t samples, const float *x, const float *prepared,
                  const float *_Nullable bias, float *y, float *scratch);
  /// As `forward` in ls_pooled_kernels, from the prepared kernel.
  void (*pooled_forward)(const ls_window2d *w, int32_t tile, int64_t samples, const float *x, const float *prepared,
                         const float *_Nullable bias, float *y, uint8_t *_Nullable winners, float *scratch);
  /// As in ls_convolution_kernels.
  void (*weight_gradient)(const ls_window2d *w, int32_t tile, int64_t samples, const float *x, const float *dy,
                          float *kernel_gradient, float *_Nullable bias_gradient, float *scratch);
  /// As in ls_convolution_kernels, from the kernel prepared for it.
  void (*input_gradient)(const ls_window2d *w, int32_t tile, int64_t samples, const float *dy, const float *prepared,
                         float *dx, float *scratch);
} ls_winograd_kernels;

/// Fully connected layer, y = x W + b with W [inputs, units].
///
/// `forward` and `deferred_gradient` skip products with inputs that are zero where that is faster. It changes no bit of finite
/// numbers but the sign of a zero, and is decided by the inputs alone.
typedef struct ls_dense_kernels {
  /// Floats that `prepare` writes: those of the weights for layers with few units, else 0.
  int64_t (*prepared)(int64_t inputs, int64_t units);
  /// Lays the weights out for `forward` and `input_gradient`, where `prepared` is not 0: once a step for each worker.
  void (*prepare)(int64_t inputs, int64_t units, const float *weights, float *prepared);
  /// `bias` may be null, and `prepared` where it has no floats.
  void (*forward)(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                  const float *_Nullable prepared, const float *_Nullable bias, float *y);
  /// Writes weight_gradient = x^T dy and bias_gradient = column sums of dy (may be null).
  void (*weight_gradient)(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                          float *weight_gradient, float *_Nullable bias_gradient);
  /// Writes dx = dy W^T.
  void (*input_gradient)(int64_t samples, int64_t inputs, int64_t units, const float *dy, const float *weights,
                         const float *_Nullable prepared, float *dx);
  /// Writes bias_gradient [units] = column sums of dy, with the bits of `weight_gradient`'s.
  void (*bias_gradient)(int64_t samples, int64_t units, const float *dy, float *bias_gradient);
  /// Keeps a shard's x and dy for `deferred_gradient`: its samples are those from `first` on of the minibatch, and `kept` has room
  /// for `capacity` samples, (inputs + units) floats each, in a layout of its own. Shards may be kept at once.
  void (*keep)(int64_t capacity, int64_t first, int64_t samples, int64_t inputs, int64_t units, const float *x,
               const float *dy, float *kept);
  /// Writes gradient [rows, units]: the rows from `first_row` on of x^T dy over the whole minibatch, whose shards have `shard`
  /// samples (the last may have less). The bits are those of `weight_gradient` on each shard and `tree_sum` over them.
  void (*deferred_gradient)(int64_t capacity, int64_t samples, int64_t shard, int64_t inputs, int64_t units,
                            const float *kept, int64_t first_row, int64_t rows, float *gradient);
} ls_dense_kernels;

/// The same fully connected layer with products of bfloat16 numbers and FP32 sums: x, dy and W are rounded to bfloat16, to nearest,
/// ties to even, and denormal numbers to zero; sums are rounded after each product, and denormal ones become zeros. Bias and
/// bias gradient stay FP32. Only for AVX-512 with AVX512-BF16.
///
/// As in `ls_dense_kernels`, zeros are skipped where that is faster, which shows in the sign of a zero at most.
typedef struct ls_bfloat16_kernels {
  /// Whether these kernels are the faster ones: not where units leave a quarter of a vector's lanes empty.
  int32_t (*suits)(int64_t inputs, int64_t units);
  /// Floats of scratch that the kernels below need, for any number of samples.
  int64_t (*scratch)(int64_t inputs, int64_t units);
  /// Floats that `prepare` writes for a matrix of `rows` rows (and `prepare_transposed` for its transpose).
  int64_t (*prepared)(int64_t rows, int64_t columns);
  /// Lays W out for `forward`: once a step for each worker.
  void (*prepare)(int64_t inputs, int64_t units, const float *weights, float *prepared);
  /// Lays W^T [units, inputs] out for `input_gradient`: once a step for each worker.
  void (*prepare_transposed)(int64_t inputs, int64_t units, const float *weights, float *prepared);
  /// y = x W + b from what `prepare` wrote. `bias` may be null.
  void (*forward)(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *prepared,
                  const float *_Nullable bias, float *y, float *scratch);
  /// Writes weight_gradient = x^T dy and bias_gradient = column sums of dy (may be null).
  void (*weight_gradient)(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                          float *weight_gradient, float *_Nullable bias_gradient, float *scratch);
  /// Writes dx = dy W^T from what `prepare_transposed` wrote.
  void (*input_gradient)(int64_t samples, int64_t inputs, int64_t units, const float *dy, const float *prepared,
                         float *dx, float *scratch);
  /// As in `ls_dense_kernels`, in a layout of its own.
  void (*keep)(int64_t capacity, int64_t first, int64_t samples, int64_t inputs, int64_t units, const float *x,
               const float *dy, float *kept);
  /// As in `ls_dense_kernels`.
  void (*deferred_gradient)(int64_t capacity, int64_t samples, int64_t shard, int64_t inputs, int64_t units,
                            const float *kept, int64_t first_row, int64_t rows, float *gradient);
} ls_bfloat16_kernels;

/// Pooling. Padding cells never win a maximum and never count in an average.
typedef struct ls_pooling_kernels {
  /// `winner` [samples,OH,OW,C] gets the winner's place in the window, row by row (kernel_height * kernel_width <= 256); the
  /// first of equals wins. A NaN wins over every number, and the first NaN over later ones. Pass null where no backward pass follows.
  void (*max_forward)(const ls_window2d *w, int64_t samples, const float *x, float *y, uint8_t *_Nullable winner);
  void (*max_backward)(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winner, float *dx);
  void (*average_forward)(const ls_window2d *w, int64_t samples, const float *x, float *y);
  void (*average_backward)(const ls_window2d *w, int64_t samples, const float *dy, float *dx);
} ls_pooling_kernels;

/// Elementwise work.
typedef struct ls_elementwise_kernels {
  /// y = f(x); y may be x. A NaN stays one, also in relu.
  void (*activation_forward)(ls_activation kind, float slope, int64_t count, const float *x, float *y);
  /// dx = dy * f'; `value` is the layer's OUTPUT for relu, leakyRelu (slope > 0), tanh and sigmoid, its INPUT for gelu and silu.
  /// dx may be dy. relu's gradient is 0 where the output is not positive or a NaN, whatever dy is.
  void (*activation_backward)(ls_activation kind, float slope, int64_t count, const float *value, const float *dy,
                              float *dx);
  /// Inverted dropout (Srivastava et al. 2014): element i is kept when its random word >= threshold, and then scaled; else 0.
  /// Element i of the row uses word i % 4 of block i / 4 of `random`. Bit i % 8 of kept[i / 8] tells whether it was kept, for the
  /// backward pass: reading bits is several times as fast as drawing again. y may be x. One call a sample.
  void (*dropout)(const ls_random *random, uint32_t threshold, float scale, int64_t count, const float *x, float *y,
                  uint8_t *kept);
  /// dx = dy * scale where `kept` says so, else 0. dx may be dy. One call a sample.
  void (*dropout_backward)(float scale, int64_t count, const uint8_t *kept, const float *dy, float *dx);
  /// y[i] = (bytes[i] * scale[c]) + offset[c] with c = i % channels: unsigned bytes to normalised floats.
  void (*normalise)(int64_t count, int64_t channels, const uint8_t *bytes, const float *scale, const float *offset, float *y);
} ls_elementwise_kernels;

/// Losses of classification. Each writes the loss of every sample (not scaled) and the gradient times `scale` (1 / batch size).
typedef struct ls_loss_kernels {
  /// losses[n] = -sum_k t[k] log softmax(logits[n])[k], t = (1 - smoothing) onehot + smoothing / classes;
  /// gradient = (softmax - t) * scale. The maximum is subtracted first (stable). `gradient` may be null, and may be `logits`.
  void (*softmax_cross_entropy)(int64_t samples, int64_t classes, const float *logits, const int32_t *labels,
                                float smoothing, float scale, float *losses, float *_Nullable gradient);
  /// losses[n] = mean over k of (y[n,k] - onehot[k])^2; gradient = 2 (y - onehot) / classes * scale.
  void (*mean_squared_error)(int64_t samples, int64_t classes, const float *outputs, const int32_t *labels,
                             float scale, float *losses, float *_Nullable gradient);
  /// probabilities = softmax(logits) row by row; may be in place.
  void (*softmax)(int64_t samples, int64_t classes, const float *logits, float *probabilities);
  /// ranks[n] = number of classes that beat the label (larger, or equal with a smaller index): 0 means correct. A row with a NaN: classes.
  void (*label_rank)(int64_t samples, int64_t classes, const float *logits, const int32_t *labels, int32_t *ranks);
} ls_loss_kernels;

/// The reduce phase: everything works on a slice of the flat parameter vector. No product is fused with a sum here, so these give
/// the same bits on every instruction set, and so do their equations written out in Swift (`NaiveUpdate`).
typedef struct ls_update_kernels {
  /// total[i] = sum of gradients[s * stride + i] over `shards` along the fixed binary tree: neighbours first, aligned runs of
  /// 1, 2, 4, ... shards; a run without a right neighbour moves up unchanged. 1 <= shards < 2^32.
  void (*tree_sum)(int64_t shards, int64_t stride, int64_t count, const float *gradients, float *total);
  /// Sum of squares in FP64, in an order fixed by count alone.
  double (*sum_of_squares)(int64_t count, const float *values);
  /// The largest |values[i]|, 0 for none; infinity where one is infinite or a NaN.
  float (*largest_magnitude)(int64_t count, const float *values);
  /// values *= factor.
  void (*scale)(int64_t count, float factor, float *values);
  /// Decoupled weight decay first (p -= rate * decay * p), then with momentum > 0: v = momentum * v - rate * g and
  /// p += v, or with Nesterov p += momentum * v - rate * g; with momentum 0: p -= rate * g, `velocity` null. (Keras 3's form.)
  void (*sgd)(int64_t count, float rate, float decay, float momentum, int32_t nesterov, const float *gradient,
              float *parameters, float *_Nullable velocity);
  /// Adam (Kingma and Ba 2015, the form at the end of section 2), after decoupled decay (AdamW, Loshchilov and Hutter 2019):
  /// m += (g - m)(1 - beta1); v += (g*g - v)(1 - beta2); p -= corrected_rate * m / (sqrt(v) + epsilon), where the caller computes
  /// corrected_rate = rate * sqrt(1 - beta2^t) / (1 - beta1^t).
  void (*adam)(int64_t count, float rate, float corrected_rate, float decay, float beta1, float beta2, float epsilon,
               const float *gradient, float *parameters, float *momentum, float *velocity);
  /// RMSprop (Tieleman and Hinton 2012): v = rho v + (1 - rho) g*g; p -= rate * g / sqrt(v + epsilon), after decoupled decay.
  void (*rms_prop)(int64_t count, float rate, float decay, float rho, float epsilon, const float *gradient,
                   float *parameters, float *velocity);
} ls_update_kernels;

/// Convolution (stride 1), ReLU and 2 by 2 max-pooling (stride 2, no padding) in one: the convolution's own image is never
/// written. `w` is the convolution's window; PH = out_height / 2 and PW = out_width / 2, rounded down, and what pooling does not
/// read is not computed.
typedef struct ls_pooled_kernels {
  /// Whether these kernels are the fast ones for `w`: not for a one-channel image with few filters, whose convolution alone is faster.
  int32_t (*suits)(const ls_window2d *w);
  /// Floats of scratch that the kernels below need (their maximum).
  int64_t (*scratch)(const ls_window2d *w);
  /// Floats that `prepare` writes.
  int64_t (*prepared)(const ls_window2d *w);
  /// Lays `kernel` out for `input_gradient`: once a step for each worker.
  void (*prepare)(const ls_window2d *w, const float *kernel, float *prepared);
  /// y [samples,PH,PW,F] = max over the window of relu(x * kernel + bias); NaNs and equals as in `max_forward`. `bias` may be null.
  /// `winners` [samples, PH * PW * ceil(F / 16) * 6 bytes] gets for each 16 filters three 16-bit words, filter 0 in bit 0: whether
  /// the winner is in the right column, in the lower row, and positive. Pass null where no backward pass follows.
  void (*forward)(const ls_window2d *w, int64_t samples, const float *x, const float *kernel, const float *_Nullable bias, float *y,
                  uint8_t *_Nullable winners, float *scratch);
  /// Writes kernel_gradient [KH,KW,C,F] and bias_gradient [F] (may be null) from dy [samples,PH,PW,F]: sums over the positive
  /// winners of all samples.
  void (*weight_gradient)(const ls_window2d *w, int64_t samples, const float *x, const float *dy, const uint8_t *winners,
                          float *kernel_gradient, float *_Nullable bias_gradient, float *scratch);
  /// Writes dx [samples,H,W,C] from dy, the winners and what `prepare` wrote.
  void (*input_gradient)(const ls_window2d *w, int64_t samples, const float *dy, const uint8_t *winners, const float *prepared,
                         float *dx, float *scratch);
} ls_pooled_kernels;

/// Convolution (stride 1), an activation whose derivative follows from its output, and 2 by 2 average pooling (stride 2, no
/// padding) in one. `w` is the convolution's window; PH = out_height / 2 and PW = out_width / 2, rounded down. Every number is that
/// of the kernels one by one.
typedef struct ls_averaged_kernels {
  /// Whether the kernels below take this window: one channel and few filters. Where not, none of them may be called.
  int32_t (*suits)(const ls_window2d *w);
  /// Bytes that `forward` keeps of a sample for the backward pass: the activated image, in a layout of its own.
  int64_t (*kept)(const ls_window2d *w);
  /// Floats of scratch that the kernels below need (their maximum).
  int64_t (*scratch)(const ls_window2d *w);
  /// y [samples,PH,PW,F] = mean over the window of f(x * kernel + bias). `bias` may be null; `kept` where no backward pass follows.
  void (*forward)(const ls_window2d *w, ls_activation kind, float slope, int64_t samples, const float *x, const float *kernel,
                  const float *_Nullable bias, float *y, void *_Nullable kept, float *scratch);
  /// Writes kernel_gradient [KH,KW,C,F] and bias_gradient [F] (may be null) from dy [samples,PH,PW,F].
  void (*weight_gradient)(const ls_window2d *w, ls_activation kind, float slope, int64_t samples, const float *x, const float *dy,
                          const void *kept, float *kernel_gradient, float *_Nullable bias_gradient, float *scratch);
  /// Writes dx [samples,H,W,C] from dy and what the convolution's `prepare` wrote.
  void (*input_gradient)(const ls_window2d *w, ls_activation kind, float slope, int64_t samples, const float *dy, const void *kept,
                         const float *prepared, float *dx, float *scratch);
} ls_averaged_kernels;

/// All kernels of one instruction set.
typedef struct ls_kernels {
  ls_isa isa;
  ls_convolution_kernels convolution;
  ls_dense_kernels dense;
  ls_pooling_kernels pooling;
  ls_elementwise_kernels elementwise;
  ls_loss_kernels loss;
  ls_update_kernels update;
  ls_pooled_kernels pooled;
  ls_averaged_kernels averaged;
  /// Runs multiply-adds in registers and nothing else, to measure what this core could do at most. Reads sink[0] and sink[1], writes
  /// sink[0]; returns the floating-point operations done.
  int64_t (*peak)(int64_t rounds, float *sink);
  ls_winograd_kernels winograd;
} ls_kernels;

/// The table of `isa`, or null where this processor (or this build) cannot run it. Portable is never null.
const ls_kernels *_Nullable ls_kernels_for(ls_isa isa);

/// The bfloat16 kernels beside the table of `isa`, or null where this processor, this build or `isa` has none.
const ls_bfloat16_kernels *_Nullable ls_bfloat16_kernels_for(ls_isa isa);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
