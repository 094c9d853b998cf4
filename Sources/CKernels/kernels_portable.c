// The kernels for portable.
#define LS_ISA_SUFFIX portable
#define LS_ISA_CODE LS_ISA_PORTABLE
#define LS_LANES 4
#include "kernels.inc.h"
