// Placeholder: the update kernels.
#define LS_UPDATE_KERNELS {0}
