#!/usr/bin/env python3
"""Loads a checkpoint of Lockstep with real Keras 3 and checks that Keras sees what was saved.

  keras_weights.py known-values CHECKPOINT
      The checkpoint of Tests/CheckpointsTests/KerasTests.swift: every weight and optimizer variable has a known value.

  keras_weights.py predictions CHECKPOINT --images FILE --predictions FILE
      A checkpoint of Configs/mnist-cnn.json: Keras must predict the same class probabilities for the same images.
      Both files are raw little-endian float32, [n, 28, 28, 1] and [n, 10].

  keras_weights.py save WEIGHTS --images FILE --predictions FILE
      The reverse: writes random weights of the same network, and what Keras predicts with them for the images.

Exit status 0 where everything agrees. Set up with: pip install -r Tests/Interoperability/requirements.txt
"""

import argparse
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py
import keras
import numpy as np
from keras import layers

OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(),
    "adam_w": lambda: keras.optimizers.AdamW(),
    "sgd": lambda: keras.optimizers.SGD(momentum=0.9),
    "rm_sprop": lambda: keras.optimizers.RMSprop(),
}
SLOTS = {"adam": 2, "adam_w": 2, "sgd": 1, "rm_sprop": 1}


def small_model():
    return keras.Sequential(
        [
            keras.Input((5, 3, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def mnist_cnn():
    """The network of Configs/mnist-cnn.json, with the softmax that the loss holds there."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def load(model, path):
    """Loads weights and optimizer state as a user would; a warning (Keras skips what it cannot use) is a failure."""
    with h5py.File(path, "r") as file:
        name = file["optimizer/vars"].attrs["name"]
        name = name.decode() if isinstance(name, bytes) else name
    model.compile(optimizer=OPTIMIZERS[name](), loss="categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_weights(path)
    return name


def expect_equal(what, found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape or not np.array_equal(found, expected):
        sys.exit(f"{what}: Keras has {found.ravel()[:8]} {found.shape}, expected {expected.ravel()[:8]} {expected.shape}")


def check_optimizer(model, path):
    """Keras's optimizer variables must be the file's datasets, in order and bit for bit."""
    variables = model.optimizer.variables
    with h5py.File(path, "r") as file:
        group = file["optimizer/vars"]
        if len(group) != len(variables):
            sys.exit(f"optimizer: {len(group)} variables in the file, {len(variables)} in Keras")
        for index, variable in enumerate(variables):
            expect_equal(f"optimizer variable {index} ({variable.path})", variable.numpy(), group[str(index)][()])


def known_values(path):
    model = small_model()
    name = load(model, path)
    slots = SLOTS[name]

    def ramp(shape, start):
        count = int(np.prod(shape))
        return (np.arange(start, start + count, dtype=np.float32) / np.float32(1024)).reshape(shape)

    shapes = [(3, 3, 1, 4), (4,), (12, 3), (3,)]
    for index, (variable, shape) in enumerate(zip(model.trainable_variables, shapes, strict=True)):
        expect_equal(variable.path, variable.numpy(), ramp(shape, 1000 * index))
    iterations, rate, *state = model.optimizer.variables
    expect_equal("iterations", iterations.numpy(), np.asarray(938, dtype=iterations.numpy().dtype))
    expect_equal("learning rate", rate.numpy(), np.float32(0.001))
    expected = [ramp(shape, 1000 * i + 300 * (s + 1)) for i, shape in enumerate(shapes) for s in range(slots)]
    for variable, values in zip(state, expected, strict=True):
        expect_equal(variable.path, variable.numpy(), values)
    check_optimizer(model, path)
    print(f"Keras {keras.__version__} ({keras.backend.backend()}): {len(shapes)} weights, {len(state)} {name} variables equal")


def predictions(path, images_path, predictions_path, tolerance):
    model = mnist_cnn()
    load(model, path)
    images = np.fromfile(images_path, dtype="<f4").reshape(-1, 28, 28, 1)
    expected = np.fromfile(predictions_path, dtype="<f4").reshape(-1, 10)
    if len(images) == 0 or len(images) != len(expected):
        sys.exit(f"{len(images)} images and {len(expected)} predictions")
    found = model.predict(images, batch_size=250, verbose=0)
    worst = float(np.max(np.abs(found - expected)))
    if not worst <= tolerance:
        sys.exit(f"predictions differ by {worst:.3g}, more than {tolerance:g}")
    check_optimizer(model, path)
    print(
        f"Keras {keras.__version__} ({keras.backend.backend()}): {len(images)} predictions equal within {worst:.3g}, "
        f"{len(model.optimizer.variables)} optimizer variables equal"
    )


def save(path, images_path, predictions_path):
    keras.utils.set_random_seed(5)
    model = mnist_cnn()
    # Biases are zeros at first, which a wrong order would not show in.
    model.set_weights([np.random.normal(0, 0.2, w.shape).astype(np.float32) for w in model.get_weights()])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.save_weights(path)
    images = np.fromfile(images_path, dtype="<f4").reshape(-1, 28, 28, 1)
    model.predict(images, batch_size=250, verbose=0).astype("<f4").tofile(predictions_path)
    print(f"Keras {keras.__version__} ({keras.backend.backend()}): {len(images)} predictions saved")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    known = commands.add_parser("known-values")
    known.add_argument("checkpoint")
    compare = commands.add_parser("predictions")
    compare.add_argument("checkpoint")
    compare.add_argument("--images", required=True)
    compare.add_argument("--predictions", required=True)
    compare.add_argument("--tolerance", type=float, default=1e-5)
    written = commands.add_parser("save")
    written.add_argument("weights")
    written.add_argument("--images", required=True)
    written.add_argument("--predictions", required=True)
    arguments = parser.parse_args()
    if arguments.command == "save":
        save(arguments.weights, arguments.images, arguments.predictions)
    elif arguments.command == "known-values":
        known_values(arguments.checkpoint)
    else:
        predictions(arguments.checkpoint, arguments.images, arguments.predictions, arguments.tolerance)


if __name__ == "__main__":
    main()
