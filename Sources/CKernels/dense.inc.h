// Placeholder: the dense kernels.
#define LS_DENSE_KERNELS {0}
