// The ceiling that the other kernels are measured against.

/// Independent sums that hide the latency of a multiply-add (4 cycles, two a cycle on today's processors).
#define LS_PEAK_SUMS 12

static int64_t ls_peak(int64_t rounds, float *sink) {
  vf sums[LS_PEAK_SUMS];
  vf factor = ls_splat(sink[0]), addend = ls_splat(sink[1]);
  for (int i = 0; i < LS_PEAK_SUMS; i++) sums[i] = ls_splat((float)i);
  for (int64_t round = 0; round < rounds; round++)
    LS_EACH(i, LS_PEAK_SUMS) sums[i] = ls_fma(sums[i], factor, addend);
  vf total = sums[0];
  for (int i = 1; i < LS_PEAK_SUMS; i++) total += sums[i];
  sink[0] = total[0];
  return rounds * LS_PEAK_SUMS * LS_LANES * 2;
}
