"""Prints the coefficients of `ls_normal_at` in Sources/CKernels/math.inc.h, highest power first.

Phi(-x) = exp(-x^2 / 2) R(x) with R(x) = erfcx(x / sqrt 2) / 2. Fits R(x) / t by a polynomial in t = 1 / (1 + 0.35 x) with the
smallest largest relative error on 0 <= x <= 14.5 (Lawson's reweighted least squares). Needs numpy and scipy.
"""

import numpy as np
from scipy.special import erfcx

SLOPE, DEGREE, LARGEST = 0.35, 8, 14.5

smallest = 1 / (1 + LARGEST * SLOPE)
nodes = np.cos(np.pi * (np.arange(4000) + 0.5) / 4000)
t = (1 + smallest) / 2 + (1 - smallest) / 2 * nodes
target = erfcx((1 / t - 1) / SLOPE / np.sqrt(2)) / 2 / t

powers = np.vander(t, DEGREE + 1)
weights = np.ones_like(t)
for _ in range(60):
    root = np.sqrt(weights)
    coefficients = np.linalg.lstsq(powers * (root / target)[:, None], root, rcond=None)[0]
    weights *= np.abs(powers @ coefficients / target - 1)
    weights /= weights.mean()

print("largest relative error:", np.abs(powers @ coefficients / target - 1).max())
for c in coefficients:
    print(float(np.float32(c)))
