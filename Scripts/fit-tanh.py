"""Prints the coefficients of `ls_tanh` in Sources/CKernels/math.inc.h, highest power first.

tanh z = z + z^3 R(z^2) / Q(z^2) for 0 <= z <= 4.51, with R of degree 2, Q of degree 3 and Q(0) = 1, fitted for the smallest
largest relative error: Lawson's reweighted least squares of the equation times Q, weighted by the last round's 1 / Q. The kernel
takes z = x / 2, so the coefficients are those of powers of x^2.

Needs numpy.
"""

import numpy as np

LARGEST = 4.51

z = LARGEST / 2 * (1 - np.cos(np.pi * (np.arange(6000) + 0.5) / 6000))
z = z[z > 1e-4]
square, exact = z * z / LARGEST**2, np.tanh(z)
target = (exact - z) / z**3
above, below = np.vander(square, 3, increasing=True), np.vander(square, 4, increasing=True)[:, 1:]

weights, denominator, best = np.ones_like(z), np.ones_like(z), None
for _ in range(400):
    root = np.sqrt(weights) / denominator * z**3 / exact
    system = np.hstack([above, -below * target[:, None]]) * root[:, None]
    solution = np.linalg.lstsq(system, root * target, rcond=None)[0]
    denominator = 1 + below @ solution[3:]
    errors = np.abs(z**3 * (above @ solution[:3] / denominator - target) / exact)
    if best is None or errors.max() < best[0]:
        best = errors.max(), solution
    weights *= errors
    weights /= weights.mean()

error, solution = best
print(f"largest relative error {error:.2g}")
for name, coefficients, first in (("R", solution[:3], 1 / 8), ("Q", np.concatenate([[1], solution[3:]]), 1)):
    print(name)
    for power in reversed(range(len(coefficients))):
        print(" ", float(np.float32(coefficients[power] / (2 * LARGEST) ** (2 * power) * first)))
