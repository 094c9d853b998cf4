"""JAX: a jitted step (gather of the batch, forward, backward, update, metrics) with donated state, channels last.

Small steps of networks without convolutions, which XLA's loops slow down on CPUs, are scanned several at a time.
"""

import functools
import math

import jax
import numpy
from jax import lax, nn
from jax import numpy as jnp

from config import Unsupported, pair
from trainer import STEPS_PER_CALL, Trainer

VERSIONS = {"JAX": jax.__version__}
ACTIVATIONS = {"relu": nn.relu, "tanh": jnp.tanh, "sigmoid": nn.sigmoid}


def set_threads(threads):
    """XLA takes its threads from the processors that it may use, which the caller has set."""


class JAXTrainer(Trainer):
    def __init__(self, config, train, test, threads, seed):
        super().__init__(config, train, test, threads, seed)
        weights = [tuple(map(jnp.asarray, initial(layer, self.random))) for layer in config.layers if layer.kernel]
        zeros = jax.tree.map(jnp.zeros_like, weights)
        slots = {"adam": 2, "adamW": 2, "sgd": 1}.get(config.optimizer["type"])
        if slots is None:
            raise Unsupported(f"the optimizer {config.optimizer['type']}")
        self.weights = weights
        self.slots = [jax.tree.map(jnp.copy, zeros) for _ in range(slots)]
        self.key = jax.random.key(seed)
        self.sums = jnp.zeros(2)
        self.seen = 0
        self.inputs, self.labels = jnp.asarray(train.images), jnp.asarray(train.labels.astype("int32"))
        self.test_inputs, self.test_labels = jnp.asarray(test.images), jnp.asarray(test.labels.astype("int32"))
        self.jitted_step = jax.jit(functools.partial(training_step, config), donate_argnums=(0, 1, 2, 3))
        self.jitted_steps = jax.jit(functools.partial(training_steps, config), donate_argnums=(0, 1, 2, 3))
        if self.small_steps and all(layer.type != "conv2d" for layer in config.layers):
            self.steps_per_call = STEPS_PER_CALL
        self.jitted_sums = jax.jit(functools.partial(evaluation_sums, config, self.evaluation_batch))

    @property
    def parameters(self):
        return sum(leaf.size for leaf in jax.tree.leaves(self.weights))

    def step(self, indices):
        self.weights, self.slots, self.key, self.sums = self.jitted_step(
            self.weights,
            self.slots,
            self.key,
            self.sums,
            self.inputs,
            self.labels,
            indices.astype("int32"),
            numpy.float32(self.rate(self.steps_done)),
            numpy.float32(self.steps_done),
        )
        self.seen += len(indices)

    def steps(self, batches):
        numbers = range(self.steps_done - len(batches) + 1, self.steps_done + 1)
        rates = numpy.array([self.rate(number) for number in numbers], "float32")
        self.weights, self.slots, self.key, self.sums = self.jitted_steps(
            self.weights,
            self.slots,
            self.key,
            self.sums,
            self.inputs,
            self.labels,
            batches.astype("int32"),
            rates,
            numpy.array(numbers, "float32"),
        )
        self.seen += batches.size

    def finish(self):
        loss, correct = (float(value) / self.seen for value in self.sums)
        jax.block_until_ready(self.weights)
        self.sums, self.seen = jnp.zeros(2), 0
        return loss, correct

    def evaluate(self):
        sums = [
            self.jitted_sums(self.weights, self.test_inputs, self.test_labels, start)
            for start in range(0, len(self.test), self.evaluation_batch)
        ]
        loss, correct = sum(map(numpy.asarray, sums))
        return float(loss) / len(self.test), float(correct) / len(self.test)

    def load(self, weights):
        arrays = iter(weights)
        self.weights = [tuple(jnp.asarray(next(arrays)) for _ in layer) for layer in self.weights]


def initial(layer, random):
    fan_in = math.prod(layer.kernel[:-1])
    fan_out = math.prod(layer.kernel) // layer.kernel[-2]
    limits = {"glorotUniform": math.sqrt(6 / (fan_in + fan_out)), "heUniform": math.sqrt(6 / fan_in)}
    limit = limits.get(layer.options["kernelInitializer"])
    if limit is None:
        raise Unsupported(f"the initializer {layer.options['kernelInitializer']}")
    yield random.uniform(-limit, limit, layer.kernel).astype("float32")
    if layer.options["useBias"]:
        yield numpy.zeros(layer.kernel[-1], "float32")


def forward(config, weights, x, key):
    """Logits; with a key in training, with None in evaluation."""
    weights = iter(weights)
    for layer in config.layers:
        options = layer.options
        if layer.kernel:
            kernel, *bias = next(weights)
            if layer.type == "conv2d":
                x = lax.conv_general_dilated(
                    x,
                    kernel,
                    pair(options["stride"]),
                    options["padding"].upper(),
                    dimension_numbers=("NHWC", "HWIO", "NHWC"),
                )
            else:
                x = x @ kernel
            if bias:
                x = x + bias[0]
        elif layer.type in ("maxPool2d", "averagePool2d"):
            x = pooled(layer, x)
        elif layer.type == "globalAveragePool2d":
            x = x.mean((1, 2))
        elif layer.type == "flatten":
            x = x.reshape(len(x), -1)
        elif layer.type == "dropout" and key is not None:
            key, mask = jax.random.split(key)
            keep = 1 - options["rate"]
            x = jnp.where(jax.random.bernoulli(mask, keep, x.shape), x / keep, 0)
        if layer.activation:
            x = ACTIVATIONS[layer.activation](x)
    return x


def pooled(layer, x):
    size = pair(layer.options["size"])
    stride = size if layer.options["stride"] is None else pair(layer.options["stride"])
    windows = (1, *size, 1), (1, *stride, 1), "VALID"
    if layer.type == "maxPool2d":
        return lax.reduce_window(x, -jnp.inf, lax.max, *windows)
    return lax.reduce_window(x, 0.0, lax.add, *windows) / math.prod(size)


def losses(config, logits, labels):
    log = nn.log_softmax(logits)
    hit = jnp.take_along_axis(log, labels[:, None], 1)[:, 0]
    smoothing = config.label_smoothing
    return -(1 - smoothing) * hit - smoothing * log.mean(1)


def training_step(config, weights, slots, key, sums, inputs, labels, indices, rate, step):
    x, y = inputs[indices], labels[indices]
    key, mask = jax.random.split(key)

    def loss(weights):
        logits = forward(config, weights, x, mask)
        return losses(config, logits, y).mean(), logits

    (value, logits), gradient = jax.value_and_grad(loss, has_aux=True)(weights)
    weights, slots = updated(config.optimizer, weights, slots, gradient, rate, step)
    correct = (logits.argmax(1) == y).sum().astype("float32")
    return weights, slots, key, sums + jnp.stack([value * len(y), correct])


def training_steps(config, weights, slots, key, sums, inputs, labels, batches, rates, numbers):
    def one(state, what):
        return training_step(config, *state, inputs, labels, *what), None

    return lax.scan(one, (weights, slots, key, sums), (batches, rates, numbers))[0]


def updated(rule, weights, slots, gradient, rate, step):
    each = jax.tree.map
    if rule["type"] == "sgd":
        momentum, (velocity,) = rule["momentum"], slots
        velocity = each(lambda v, g: momentum * v - rate * g, velocity, gradient)
        if rule["nesterov"]:
            weights = each(lambda p, v, g: p + momentum * v - rate * g, weights, velocity, gradient)
        else:
            weights = each(jnp.add, weights, velocity)
        return weights, [velocity]
    beta1, beta2, epsilon, decay = rule["beta1"], rule["beta2"], rule["epsilon"], rule.get("weightDecay", 0.0)
    mean = each(lambda m, g: m + (g - m) * (1 - beta1), slots[0], gradient)
    square = each(lambda v, g: v + (g * g - v) * (1 - beta2), slots[1], gradient)
    corrected = rate * jnp.sqrt(1 - beta2**step) / (1 - beta1**step)
    weights = each(
        lambda p, m, v: p - rate * decay * p - corrected * m / (jnp.sqrt(v) + epsilon), weights, mean, square
    )
    return weights, [mean, square]


def evaluation_sums(config, count, weights, inputs, labels, start):
    x = lax.dynamic_slice_in_dim(inputs, start, count)
    y = lax.dynamic_slice_in_dim(labels, start, count)
    logits = forward(config, weights, x, None)
    return jnp.stack([losses(config, logits, y).sum(), (logits.argmax(1) == y).sum().astype("float32")])
