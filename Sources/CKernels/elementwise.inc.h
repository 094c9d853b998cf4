// Placeholder: the elementwise kernels.
#define LS_ELEMENTWISE_KERNELS {0}
