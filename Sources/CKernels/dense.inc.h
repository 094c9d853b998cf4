// Dense layers: plain loops, to be replaced by register tiles.

static void ls_dense_forward(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *weights,
                             const float *bias, float *y) {
  for (int64_t n = 0; n < samples; n++) {
    for (int64_t u = 0; u < units; u++) y[n * units + u] = bias ? bias[u] : 0;
    for (int64_t k = 0; k < inputs; k++)
      for (int64_t u = 0; u < units; u++) y[n * units + u] += x[n * inputs + k] * weights[k * units + u];
  }
}

static void ls_dense_weight_gradient(int64_t samples, int64_t inputs, int64_t units, const float *x, const float *dy,
                                     float *weight_gradient, float *bias_gradient) {
  memset(weight_gradient, 0, (size_t)(inputs * units) * sizeof(float));
  if (bias_gradient) memset(bias_gradient, 0, (size_t)units * sizeof(float));
  for (int64_t n = 0; n < samples; n++) {
    for (int64_t u = 0; bias_gradient && u < units; u++) bias_gradient[u] += dy[n * units + u];
    for (int64_t k = 0; k < inputs; k++)
      for (int64_t u = 0; u < units; u++) weight_gradient[k * units + u] += x[n * inputs + k] * dy[n * units + u];
  }
}

static void ls_dense_input_gradient(int64_t samples, int64_t inputs, int64_t units, const float *dy,
                                    const float *weights, float *dx) {
  for (int64_t n = 0; n < samples; n++)
    for (int64_t k = 0; k < inputs; k++) {
      float sum = 0;
      for (int64_t u = 0; u < units; u++) sum += dy[n * units + u] * weights[k * units + u];
      dx[n * inputs + k] = sum;
    }
}

#define LS_DENSE_KERNELS {ls_dense_forward, ls_dense_weight_gradient, ls_dense_input_gradient}
