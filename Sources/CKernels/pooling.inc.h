// Placeholder: the pooling kernels.
#define LS_POOLING_KERNELS {0}
