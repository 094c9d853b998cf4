"""Prints the coefficients of `ls_normal_at` in Sources/CKernels/math.inc.h, highest power first.

The standard normal distribution's Phi in two pieces, each fitted by a polynomial for the smallest largest relative error (Lawson's
reweighted least squares):

- the middle, |x| <= 1: (Phi(x) - 1/2) / x as a polynomial in x^2;
- the tail, 0 <= x <= 14.5: Phi(-x) = exp(-x^2 / 2) R(x) with R(x) = erfcx(x / sqrt 2) / 2, and R(x) / t as a polynomial in
  t = 1 / (1 + 0.35 x).

Needs numpy and scipy.
"""

import numpy as np
from scipy.special import erf, erfcx

SLOPE, LARGEST = 0.35, 14.5


def fit(name, variable, target, degree):
    powers = np.vander(variable, degree + 1)
    weights = np.ones_like(variable)
    for _ in range(60):
        root = np.sqrt(weights)
        coefficients = np.linalg.lstsq(powers * (root / target)[:, None], root, rcond=None)[0]
        weights *= np.abs(powers @ coefficients / target - 1)
        weights /= weights.mean()
    print(f"{name}: largest relative error {np.abs(powers @ coefficients / target - 1).max():.2g}")
    for c in coefficients:
        print(" ", float(np.float32(c)))


def chebyshev(low, high):
    nodes = np.cos(np.pi * (np.arange(4000) + 0.5) / 4000)
    return (low + high) / 2 + (high - low) / 2 * nodes


x = chebyshev(1e-6, 1)
fit("middle", x * x, erf(x / np.sqrt(2)) / 2 / x, 4)

t = chebyshev(1 / (1 + LARGEST * SLOPE), 1)
fit("tail", t, erfcx((1 / t - 1) / SLOPE / np.sqrt(2)) / 2 / t, 8)
