#!/usr/bin/env python3
"""Writes keras.json and schedules.json: what Keras 3 and PyTorch compute, for OptimizerGoldenTests and ScheduleGoldenTests.

    pip install keras jax torch
    python Tests/OptimizersTests/Goldens/generate.py

Keras runs on JAX in double precision, so that the goldens have no rounding of their own: what is left between them and FP32 is
ours to explain. The gradients are exact in FP32 and depend on step and element alone, so errors add up instead of feeding back.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import keras
import numpy as np
import torch

keras.config.set_floatx("float64")

FOLDER = pathlib.Path(__file__).parent
COUNT = 12
RECORDED = [1, 2, 3, 10, 100, 500]


def gradient(step: int) -> np.ndarray:
    """Noise with a drift in every second element, in sizes from 1 to 4^-5; one sparse element and one that is always 0."""
    values = []
    for i in range(COUNT):
        noise = (31 * step * step + step * (17 * i + 5) + 97 * i) % 257 - 128
        drift = 40 if i % 2 == 0 else 0
        values.append((noise + drift) / 128 * 4.0 ** -(i % 6))
    if step % 10 != 0:
        values[10] = 0.0
    values[11] = 0.0
    return np.array(values)


def run(make) -> list:
    optimizer = make()
    variable = keras.Variable(np.array([(i - 6) / 4 for i in range(COUNT)]), dtype="float64", name="p")
    optimizer.build([variable])
    records = []
    for step in range(1, RECORDED[-1] + 1):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(step), dtype="float64")])
        if step in RECORDED:
            slots = [v for v in optimizer.variables if v.name not in ("iteration", "learning_rate")]
            records.append({
                "step": step,
                "parameters": np.asarray(variable.value).tolist(),
                "slots": [np.asarray(v.value).tolist() for v in slots],
            })
    return records


def optimizers() -> dict:
    o, s = keras.optimizers, keras.optimizers.schedules
    cases = {
        "sgd": lambda: o.SGD(0.05),
        "sgd decay": lambda: o.SGD(0.05, weight_decay=0.02),
        "sgd momentum": lambda: o.SGD(0.02, momentum=0.9),
        "sgd nesterov": lambda: o.SGD(0.02, momentum=0.9, nesterov=True),
        "sgd nesterov decay": lambda: o.SGD(0.02, momentum=0.8, nesterov=True, weight_decay=0.02),
        "adam": lambda: o.Adam(),
        "adam other": lambda: o.Adam(0.01, beta_1=0.8, beta_2=0.99, epsilon=1e-3),
        "adamW": lambda: o.AdamW(),
        "adamW cosine": lambda: o.AdamW(s.CosineDecay(np.float64(0.01), 500, alpha=0.1), weight_decay=0.1),
        "rmsProp": lambda: o.RMSprop(),
        "rmsProp decay": lambda: o.RMSprop(0.01, rho=0.8, epsilon=1e-4, weight_decay=0.02),
    }
    return {name: run(make) for name, make in cases.items()}


def keras_schedule(schedule, steps: int) -> list:
    return [float(schedule(np.float64(i))) for i in range(steps)]


def torch_schedule(make, steps: int) -> list:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    factors = []
    for step in range(steps):
        factors.append(schedule.get_last_lr()[0])
        optimizer.step()
        if step + 1 < steps:
            schedule.step()
    return factors


def schedules() -> dict:
    s, t = keras.optimizers.schedules, torch.optim.lr_scheduler
    return {
        "exponential": keras_schedule(s.ExponentialDecay(np.float64(1), 7, 0.9), 60),
        "step": keras_schedule(s.ExponentialDecay(np.float64(1), 21, 0.3, staircase=True), 100),
        # Keras's cosine is single precision, whatever it is given.
        "cosine, Keras": keras_schedule(s.CosineDecay(np.float64(1), 60, alpha=0.2), 60),
        "cosine": torch_schedule(lambda o: t.CosineAnnealingLR(o, 60), 60),
        "cosine to a fifth": torch_schedule(lambda o: t.CosineAnnealingLR(o, 60, eta_min=0.2), 60),
        "oneCycle": torch_schedule(lambda o: t.OneCycleLR(o, 1.0, 60), 60),
        "oneCycle, late peak": torch_schedule(
            lambda o: t.OneCycleLR(o, 1.0, 37, pct_start=0.55, div_factor=10, final_div_factor=5), 37),
    }


def write(name: str, content: dict) -> None:
    about = f"Written by generate.py with Keras {keras.__version__}, JAX {jax.__version__}, PyTorch {torch.__version__}."
    (FOLDER / name).write_text(json.dumps({"about": about, "cases": content}, separators=(",", ":")) + "\n")


write("keras.json", optimizers())
write("schedules.json", schedules())
