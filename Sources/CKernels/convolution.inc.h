// Placeholder: the convolution kernels.
#define LS_CONVOLUTION_KERNELS {0}
