// All kernels of one instruction set, and their table.
#include "vectors.h"
#include "matrix.inc.h"
#include "gemm.inc.h"

#include "planes.inc.h"
#include "convolution.inc.h"
#include "elementwise.inc.h"
#include "loss.inc.h"
#include "peak.inc.h"
#include "pooling.inc.h"
#include "pooled.inc.h"
#include "sparse_weights.inc.h"
#include "sparse_inputs.inc.h"
#include "short_windows.inc.h"
#include "pooled_backward.inc.h"
#include "averaged.inc.h"
#include "update.inc.h"
#include "winograd.inc.h"

#include "deferred.inc.h"
#include "skip.inc.h"
#include "narrow.inc.h"
#include "dense.inc.h"

const ls_kernels LS_NAME(ls_kernels_table) = {
    .isa = LS_ISA_CODE,
    .convolution = LS_CONVOLUTION_KERNELS,
    .dense = LS_DENSE_KERNELS,
    .pooling = LS_POOLING_KERNELS,
    .elementwise = LS_ELEMENTWISE_KERNELS,
    .loss = LS_LOSS_KERNELS,
    .update = LS_UPDATE_KERNELS,
    .pooled = LS_POOLED_KERNELS,
    .averaged = LS_AVERAGED_KERNELS,
    .peak = ls_peak,
    .winograd = LS_WINOGRAD_KERNELS,
};
