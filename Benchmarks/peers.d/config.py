"""A Lockstep config with all defaults filled in (`config.json` of a run directory): its layers with their shapes."""

import dataclasses
import json
import math


class Unsupported(Exception):
    """The config asks for something that is not built for the peers."""


@dataclasses.dataclass(frozen=True)
class Layer:
    """One layer at its place in the network; shapes are those of one sample, channels last."""

    type: str
    options: dict
    input: tuple
    output: tuple
    # Kernel as Lockstep and Keras keep it: HWIO or [in, out]; None where the layer has none.
    kernel: tuple | None = None

    @property
    def multiplications(self):
        """Multiply-adds of one sample's forward pass, products with padding not counted apart."""
        if self.kernel is None:
            return 0
        return math.prod(self.kernel) * (math.prod(self.output[:2]) if self.type == "conv2d" else 1)

    @property
    def parameters(self):
        if self.kernel is None:
            return 0
        return math.prod(self.kernel) + (self.kernel[-1] if self.options["useBias"] else 0)

    @property
    def activation(self):
        """Name of the activation behind the layer, or None."""
        value = self.options if self.type == "activation" else self.options.get("activation")
        if value is None:
            return None
        name = value["function"]["type"] if self.type == "activation" else value["type"]
        if name not in ("relu", "tanh", "sigmoid"):
            raise Unsupported(f"the activation {name}")
        return name


class Config:
    def __init__(self, path):
        with open(path) as file:
            self.values = json.load(file)
        self.name, self.seed = self.values["name"], self.values["seed"]
        self.data, self.training = self.values["data"], self.values["training"]
        if self.training["loss"]["type"] != "softmaxCrossEntropy":
            raise Unsupported(f"the loss {self.training['loss']['type']}")
        if self.training["clipNorm"] is not None:
            raise Unsupported("clipNorm")
        self.layers = list(layers(self.values["model"]))

    @property
    def batch(self):
        return self.training["batchSize"]

    @property
    def epochs(self):
        return self.training["epochs"]

    @property
    def optimizer(self):
        return self.training["optimizer"]

    @property
    def label_smoothing(self):
        return self.training["loss"]["labelSmoothing"]

    @property
    def parameters(self):
        return sum(layer.parameters for layer in self.layers)

    @property
    def flops(self):
        """Operations of one sample's training step; a multiply-add counts as two.

        Those of the equations of convolutions and dense layers: forward, for the weight gradient and, but for the first
        of them, for the input gradient.
        """
        counts = [2 * layer.multiplications for layer in self.layers if layer.multiplications]
        return 2 * counts[0] + 3 * sum(counts[1:])


def layers(model):
    shape = tuple(model["input"])
    for options in model["layers"]:
        layer = planned(options["type"], options, shape)
        yield layer
        shape = layer.output


def planned(kind, options, shape):
    if kind == "conv2d":
        size, filters = pair(options["kernel"]), options["filters"]
        output = (*window(shape, size, pair(options["stride"]), options["padding"]), filters)
        return Layer(kind, options, shape, output, (*size, shape[2], filters))
    if kind in ("maxPool2d", "averagePool2d"):
        size = pair(options["size"])
        stride = pair(options["stride"]) if options["stride"] is not None else size
        if options["padding"] != "valid":
            raise Unsupported("pooling with padding")
        return Layer(kind, options, shape, (*window(shape, size, stride, "valid"), shape[2]))
    if kind == "globalAveragePool2d":
        return Layer(kind, options, shape, (shape[2],))
    if kind == "dense":
        return Layer(kind, options, shape, (options["units"],), (shape[0], options["units"]))
    if kind == "flatten":
        return Layer(kind, options, shape, (math.prod(shape),))
    if kind in ("dropout", "activation"):
        return Layer(kind, options, shape, shape)
    raise Unsupported(f"the layer {kind}")


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def window(shape, size, stride, padding):
    if padding == "same":
        return tuple(-(-shape[axis] // stride[axis]) for axis in (0, 1))
    return tuple((shape[axis] - size[axis]) // stride[axis] + 1 for axis in (0, 1))
