// Placeholder: the loss kernels.
#define LS_LOSS_KERNELS {0}
