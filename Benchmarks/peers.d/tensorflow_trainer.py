"""Keras 3 on TensorFlow: `model.fit`, and a training loop in a tf.function; small steps several at a time."""

import os
import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")

import keras  # noqa: E402
import tensorflow  # noqa: E402
from keras import layers  # noqa: E402

from config import Unsupported, pair  # noqa: E402
from trainer import STEPS_PER_CALL, Trainer  # noqa: E402

VERSIONS = {"TensorFlow": tensorflow.__version__, "Keras": keras.__version__}


def set_threads(threads):
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)


class KerasTrainer(Trainer):
    """The model, its optimizer and its loss."""

    def __init__(self, config, train, test, threads, seed):
        super().__init__(config, train, test, threads, seed)
        keras.utils.set_random_seed(seed)
        self.model = keras.Sequential([layers.Input(config.layers[0].input), *map(keras_layer, config.layers)])
        self.optimizer = optimizer(config, len(train))
        self.loss = loss(config)

    @property
    def parameters(self):
        return self.model.count_params()

    def load(self, weights):
        self.model.set_weights(weights)


class FitTrainer(KerasTrainer):
    """`compile` and `fit` with their defaults (XLA where Keras chooses it) but for `steps_per_execution`."""

    def __init__(self, config, train, test, threads, seed):
        super().__init__(config, train, test, threads, seed)
        if self.small_steps:
            self.steps_per_call = STEPS_PER_CALL
        self.model.compile(self.optimizer, self.loss, metrics=["accuracy"], steps_per_execution=self.steps_per_call)
        self.clock = Clock()

    def step(self, indices):
        raise NotImplementedError("model.fit has the loop")

    def finish(self):
        raise NotImplementedError("model.fit has the loop")

    def run(self, steps):
        """Whole epochs where there are more steps than one has."""
        per_epoch = len(self.train) // self.batch
        self.clock.seconds = 0
        while steps > 0:
            count = min(steps, per_epoch) * self.batch
            result = self.fit(self.train.images[:count], self.train.labels[:count])
            steps -= per_epoch
        return result

    def timed_run(self, steps):
        """Without what a call of `fit` sets up before its first epoch."""
        self.run(steps)
        return self.clock.seconds

    def epoch(self):
        return self.fit(self.train.images, self.train.labels)

    def fit(self, images, labels):
        history = self.model.fit(
            images, labels, batch_size=self.batch, epochs=1, verbose=0, callbacks=[self.clock]
        ).history
        return history["loss"][0], history["accuracy"][0]

    def evaluate(self):
        return tuple(
            self.model.evaluate(self.test.images, self.test.labels, batch_size=self.evaluation_batch, verbose=0)
        )


class Clock(keras.callbacks.Callback):
    """Adds up the seconds of epochs."""

    seconds = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds += time.perf_counter() - self.start


class FunctionTrainer(KerasTrainer):
    """A tf.function that takes the batch out of the resident data by its indices; for small steps one with a loop."""

    def __init__(self, config, train, test, threads, seed):
        super().__init__(config, train, test, threads, seed)
        self.optimizer.build(self.model.trainable_variables)
        self.inputs, self.labels = tensorflow.constant(train.images), tensorflow.constant(train.labels)
        self.test_inputs, self.test_labels = tensorflow.constant(test.images), tensorflow.constant(test.labels)
        self.sums, self.seen = tensorflow.Variable([0.0, 0.0]), 0
        if self.small_steps:
            self.steps_per_call = STEPS_PER_CALL

    def step(self, indices):
        self.training_step(tensorflow.constant(indices))
        self.seen += len(indices)

    def steps(self, batches):
        self.training_steps(tensorflow.constant(batches))
        self.seen += batches.size

    @tensorflow.function
    def training_steps(self, batches):
        for number in tensorflow.range(len(batches)):
            self.training_step(batches[number])

    @tensorflow.function(reduce_retracing=True)
    def training_step(self, indices):
        inputs, labels = tensorflow.gather(self.inputs, indices), tensorflow.gather(self.labels, indices)
        with tensorflow.GradientTape() as tape:
            logits = self.model(inputs, training=True)
            value = self.loss(labels, logits)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(value, variables), variables, strict=True))
        count = tensorflow.cast(tensorflow.shape(labels)[0], tensorflow.float32)
        self.sums.assign_add(tensorflow.stack([value * count, correct(logits, labels)]))

    def finish(self):
        value, right = (float(total) / self.seen for total in self.sums.numpy())
        self.sums.assign([0.0, 0.0])
        self.seen = 0
        return value, right

    def evaluate(self):
        starts = range(0, len(self.test), self.evaluation_batch)
        value, right = sum(self.evaluation_sums(tensorflow.constant(start)).numpy() for start in starts)
        return float(value) / len(self.test), float(right) / len(self.test)

    @tensorflow.function
    def evaluation_sums(self, start):
        end = start + self.evaluation_batch
        logits, labels = self.model(self.test_inputs[start:end], training=False), self.test_labels[start:end]
        return tensorflow.stack([self.loss(labels, logits) * self.evaluation_batch, correct(logits, labels)])


def correct(logits, labels):
    hits = tensorflow.equal(tensorflow.argmax(logits, 1), labels)
    return tensorflow.reduce_sum(tensorflow.cast(hits, tensorflow.float32))


def keras_layer(layer):
    options = layer.options
    if layer.kernel:
        common = {
            "use_bias": options["useBias"],
            "activation": layer.activation,
            "kernel_initializer": snake_case(options["kernelInitializer"]),
        }
        if layer.type == "dense":
            return layers.Dense(options["units"], **common)
        return layers.Conv2D(
            options["filters"], pair(options["kernel"]), pair(options["stride"]), options["padding"], **common
        )
    if layer.type in ("maxPool2d", "averagePool2d"):
        pool = layers.MaxPooling2D if layer.type == "maxPool2d" else layers.AveragePooling2D
        return pool(pair(options["size"]), options["stride"] and pair(options["stride"]))
    if layer.type == "globalAveragePool2d":
        return layers.GlobalAveragePooling2D()
    if layer.type == "flatten":
        return layers.Flatten()
    if layer.type == "dropout":
        return layers.Dropout(options["rate"])
    return layers.Activation(layer.activation)


def snake_case(name):
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def loss(config):
    if config.label_smoothing:
        return SmoothedCrossentropy(config.label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class SmoothedCrossentropy(keras.losses.Loss):
    """Keras smooths labels in its dense form only."""

    def __init__(self, smoothing):
        super().__init__()
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        targets = keras.ops.one_hot(keras.ops.reshape(y_true, (-1,)), y_pred.shape[-1])
        return keras.losses.categorical_crossentropy(targets, y_pred, from_logits=True, label_smoothing=self.smoothing)


def optimizer(config, samples):
    rule, rate = config.optimizer, learning_rate(config, samples)
    if rule["type"] in ("adam", "adamW"):
        moments = {"beta_1": rule["beta1"], "beta_2": rule["beta2"], "epsilon": rule["epsilon"]}
        if rule["type"] == "adam":
            return keras.optimizers.Adam(rate, **moments)
        return keras.optimizers.AdamW(rate, weight_decay=rule["weightDecay"], **moments)
    if rule["type"] == "sgd" and not rule["weightDecay"]:
        return keras.optimizers.SGD(rate, momentum=rule["momentum"], nesterov=rule["nesterov"])
    raise Unsupported(f"the optimizer {rule['type']}")


def learning_rate(config, samples):
    """Keras's own schedule, so that it runs inside the compiled step; one step behind Lockstep's in the warm-up."""
    schedule, base = config.training["schedule"], config.optimizer["learningRate"]
    per_epoch = -(-samples // config.batch)
    warmup = round(schedule["warmupEpochs"] * per_epoch)
    if schedule["type"] == "constant" and not warmup:
        return base
    if schedule["type"] != "cosine":
        raise Unsupported(f"the schedule {schedule['type']} with warm-up")
    steps = max(1, per_epoch * config.epochs - warmup)
    if not warmup:
        return keras.optimizers.schedules.CosineDecay(base, steps, alpha=schedule["finalFraction"])
    return keras.optimizers.schedules.CosineDecay(
        base / warmup, steps, alpha=schedule["finalFraction"], warmup_target=base, warmup_steps=warmup
    )
