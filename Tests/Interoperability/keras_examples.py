#!/usr/bin/env python3
"""Loads what the programs of Examples/ trained with real Keras 3, and checks that it predicts what Lockstep predicts.

  keras_examples.py EXAMPLE CHECKPOINT SAMPLES PREDICTIONS

SAMPLES and PREDICTIONS are raw little-endian float32: samples as the program gave them (bytes as numbers from 0 to 255), and the
probabilities of the classes.

Exit status 0 where both agree, and Keras takes the optimizer's state.
"""

import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py
import keras
import numpy as np
from keras import layers

MODELS = {
    "stripes": lambda: [
        keras.Input((16, 16, 1)),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(4),
    ],
    "own-parts": lambda: [
        keras.Input((2,)),
        layers.Dense(64), layers.LayerNormalization(), layers.Activation("relu"),
        layers.Dense(64), layers.LayerNormalization(), layers.Activation("relu"),
        layers.Dense(3),
    ],
}
OPTIMIZERS = {"stripes": keras.optimizers.Adam, "own-parts": keras.optimizers.Lion}


def main():
    example, checkpoint, samples, predictions = sys.argv[1:]
    model = keras.Sequential(MODELS[example]())
    model.compile(OPTIMIZERS[example](), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_weights(checkpoint)
    with h5py.File(checkpoint) as file:
        scale, offset = file["lockstep/input_scale"][()], file["lockstep/input_offset"][()]
    inputs = np.fromfile(samples, "<f4").reshape((-1, *model.input_shape[1:]))
    expected = np.fromfile(predictions, "<f4").reshape((len(inputs), -1))
    found = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(inputs * scale + offset, verbose=0)))
    difference = float(np.abs(found - expected).max())
    if difference > 1e-5:
        sys.exit(f"{example}: predictions differ by {difference}")
    if not any(np.abs(keras.ops.convert_to_numpy(v)).max() > 0 for v in model.optimizer.variables[2:]):
        sys.exit(f"{example}: the optimizer's state is zeros")
    print(f"{example}: {len(inputs)} predictions agree within {difference:.1e}, and {model.optimizer.name} has its state")


main()
