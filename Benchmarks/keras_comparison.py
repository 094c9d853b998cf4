"""Lockstep against Keras's model.fit on TensorFlow, both on MNIST with the Keras convnet of Configs/mnist-cnn.json.

speed:    alternates one epoch of each side and prints the medians of samples/s and their ratio.
accuracy: trains both with several seeds and prints the mean test accuracy after the first and the last epoch.
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["speed", "accuracy"])
parser.add_argument("--lockstep", required=True)
parser.add_argument("--config", required=True)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--seeds", type=int, default=3)
arguments = parser.parse_args()

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

tensorflow.config.threading.set_intra_op_parallelism_threads(arguments.threads)
tensorflow.config.threading.set_inter_op_parallelism_threads(arguments.threads)
with open(arguments.config) as file:
    CONFIG = json.load(file)
BATCH = CONFIG["training"].get("batchSize", 128)


def idx(name, offset):
    folder = os.path.join(os.environ["LOCKSTEP_DATA"], "mnist")
    with gzip.open(os.path.join(folder, name)) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)


def mnist(split):
    images = idx(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1).astype("float32") / 255
    if CONFIG["data"].get("normalization") == "standard":
        images = (images - TRAIN_MEAN) / TRAIN_DEVIATION
    return images, idx(f"{split}-labels-idx1-ubyte.gz", 8).astype("int64")


TRAIN_BYTES = idx("train-images-idx3-ubyte.gz", 16)
TRAIN_MEAN, TRAIN_DEVIATION = TRAIN_BYTES.mean() / 255, TRAIN_BYTES.std() / 255


def keras_model(seed):
    """The network and the optimizer of the config, as Keras's own documentation writes them."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )
    optimizer = CONFIG["training"]["optimizer"]
    assert optimizer["type"] == "adam"
    model.compile(
        optimizer=keras.optimizers.Adam(optimizer.get("learningRate", 0.001)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def lockstep(*overrides):
    """Trains and returns the rows of metrics.jsonl that stand for epochs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.lockstep, "train", arguments.config, "--run", folder + "/run", "--progress", "none"]
        command += ["--threads", str(arguments.threads)]
        for override in overrides:
            command += ["--set", override]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(folder + "/run/metrics.jsonl") as file:
            return [row for row in map(json.loads, file) if row["kind"] == "epoch"]


class EpochSeconds(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = tensorflow.timestamp()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = float(tensorflow.timestamp() - self.start)


def speed():
    images, labels = mnist("train")
    model, clock = keras_model(0), EpochSeconds()
    model.fit(images[: BATCH * 20], labels[: BATCH * 20], batch_size=BATCH, epochs=1, verbose=0)  # compiles
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(lockstep("training.epochs=1")[0]["samplesPerSecond"])
        model.fit(images, labels, batch_size=BATCH, epochs=1, verbose=0, callbacks=[clock])
        theirs.append(len(images) / clock.seconds)
        print(f"  lockstep {ours[-1]:9,.0f}   keras {theirs[-1]:9,.0f} samples/s", file=sys.stderr)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    print(f"mnist-cnn, batch {BATCH}, {arguments.threads} threads, medians of {arguments.rounds} epochs in turn:")
    print(f"  lockstep   {statistics.median(ours):9,.0f} samples/s")
    print(f"  keras      {statistics.median(theirs):9,.0f} samples/s   (model.fit, TensorFlow {tensorflow.__version__})")
    print(f"  ratio      {ratio:9.2f}             (median of the pairs)")


def accuracy():
    images, labels = mnist("train")
    test = mnist("t10k")
    last = arguments.epochs
    table = {"lockstep": [], "keras": []}
    for seed in range(1, arguments.seeds + 1):
        rows = lockstep(f"training.epochs={last}", f"seed={seed}")
        table["lockstep"].append([row["evaluationAccuracy"] for row in rows])
        history = keras_model(seed).fit(
            images, labels, batch_size=BATCH, epochs=last, verbose=0, validation_data=test, validation_batch_size=500
        )
        table["keras"].append(history.history["val_accuracy"])
        for name, runs in table.items():
            print(f"  seed {seed} {name:9} " + " ".join(f"{100 * value:.2f}" for value in runs[-1]), file=sys.stderr)
    print(f"mnist-cnn, test accuracy in %, mean (lowest to highest) of {arguments.seeds} seeds:")
    for name, runs in table.items():
        for epoch in sorted({1, last}):
            values = [100 * run[epoch - 1] for run in runs]
            print(f"  {name:9} after {epoch:2} epochs  {statistics.mean(values):.2f}  ({min(values):.2f} to {max(values):.2f})")


{"speed": speed, "accuracy": accuracy}[arguments.what]()
