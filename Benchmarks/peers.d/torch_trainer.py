"""PyTorch, eager: batches by index out of memory (no DataLoader, which is slower), fused optimizer."""

import torch
from torch import nn
from torch.nn import functional

from config import Unsupported, pair
from trainer import Trainer

VERSIONS = {"PyTorch": torch.__version__}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def set_threads(threads):
    torch.set_num_threads(threads)


class TorchTrainer(Trainer):
    channels_last = False

    def __init__(self, config, train, test, threads, seed):
        super().__init__(config, train, test, threads, seed)
        torch.manual_seed(seed)
        self.model = nn.Sequential(*modules(config))
        self.inputs, self.labels = self.tensors(train)
        self.test_inputs, self.test_labels = self.tensors(test)
        if self.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.optimizer = optimizer(config, self.model.parameters())
        self.forward = self.model
        self.reset()

    def tensors(self, samples):
        images = torch.from_numpy(samples.images)
        if not self.channels_last:
            images = images.permute(0, 3, 1, 2).contiguous()
        return images, torch.from_numpy(samples.labels)

    def select(self, inputs, indices):
        """A batch with channels first; with `channels_last` only in its shape, not in memory."""
        images = inputs[indices]
        return images.permute(0, 3, 1, 2) if self.channels_last else images

    @property
    def parameters(self):
        return sum(tensor.numel() for tensor in self.model.parameters())

    def reset(self):
        self.loss, self.correct, self.seen = torch.zeros(()), torch.zeros((), dtype=torch.long), 0

    def step(self, indices):
        chosen = torch.from_numpy(indices)
        labels = self.labels[chosen]
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(self.steps_done)
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.forward(self.select(self.inputs, chosen))
        loss = functional.cross_entropy(logits, labels, label_smoothing=self.config.label_smoothing)
        loss.backward()
        self.optimizer.step()
        self.loss += loss.detach() * len(labels)
        self.correct += (logits.detach().argmax(1) == labels).sum()
        self.seen += len(labels)

    def finish(self):
        result = self.loss.item() / self.seen, self.correct.item() / self.seen
        self.reset()
        return result

    def evaluate(self):
        self.model.eval()
        loss, correct = 0.0, 0
        with torch.inference_mode():
            for start in range(0, len(self.test_labels), self.evaluation_batch):
                part = slice(start, start + self.evaluation_batch)
                logits, labels = self.predict(self.select(self.test_inputs, part)), self.test_labels[part]
                loss += functional.cross_entropy(
                    logits, labels, reduction="sum", label_smoothing=self.config.label_smoothing
                ).item()
                correct += (logits.argmax(1) == labels).sum().item()
        self.model.train()
        return loss / len(self.test_labels), correct / len(self.test_labels)

    def predict(self, inputs):
        return self.model(inputs)

    def load(self, weights):
        layers = [module for module in self.model if isinstance(module, (nn.Conv2d, nn.Linear))]
        plans = [plan for plan in self.config.layers if plan.kernel]
        with torch.no_grad():
            for layer, plan in zip(layers, plans, strict=True):
                kernel = torch.from_numpy(weights.pop(0))
                if isinstance(layer, nn.Conv2d):
                    layer.weight.copy_(kernel.permute(3, 2, 0, 1))
                else:
                    layer.weight.copy_(channels_first(kernel, self.flattened(plan)).T)
                if layer.bias is not None:
                    layer.bias.copy_(torch.from_numpy(weights.pop(0)))

    def flattened(self, dense):
        """Shape of the image that was flattened into this dense layer's input, or None."""
        for layer in reversed(self.config.layers[: self.config.layers.index(dense)]):
            if layer.type == "flatten":
                return layer.input
            if layer.kernel or layer.type == "globalAveragePool2d":
                return None
        return None


def channels_first(kernel, image):
    """Rows of a dense kernel in the order in which PyTorch flattens an image."""
    if image is None or len(image) != 3:
        return kernel
    return kernel.reshape(*image, -1).permute(2, 0, 1, 3).reshape(kernel.shape)


def modules(config):
    for layer in config.layers:
        yield from module(layer)
        if layer.activation:
            yield ACTIVATIONS[layer.activation]()


def module(layer):
    options = layer.options
    if layer.type == "conv2d":
        yield initialized(
            nn.Conv2d(
                layer.input[2],
                options["filters"],
                pair(options["kernel"]),
                pair(options["stride"]),
                padding=options["padding"],
                bias=options["useBias"],
            ),
            options,
        )
    elif layer.type == "dense":
        yield initialized(nn.Linear(layer.input[0], options["units"], bias=options["useBias"]), options)
    elif layer.type == "maxPool2d":
        yield nn.MaxPool2d(pair(options["size"]), options["stride"] and pair(options["stride"]))
    elif layer.type == "averagePool2d":
        yield nn.AvgPool2d(pair(options["size"]), options["stride"] and pair(options["stride"]))
    elif layer.type == "globalAveragePool2d":
        yield nn.AdaptiveAvgPool2d(1)
        yield nn.Flatten()
    elif layer.type == "flatten":
        yield nn.Flatten()
    elif layer.type == "dropout":
        yield nn.Dropout(options["rate"])


def initialized(module, options):
    draw = {"glorotUniform": nn.init.xavier_uniform_, "heUniform": he_uniform}.get(options["kernelInitializer"])
    if draw is None:
        raise Unsupported(f"the initializer {options['kernelInitializer']}")
    draw(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
    return module


def he_uniform(weight):
    nn.init.kaiming_uniform_(weight, nonlinearity="relu")


def optimizer(config, parameters):
    rule, rate = config.optimizer, config.optimizer["learningRate"]
    if rule["type"] in ("adam", "adamW"):
        moments = {"betas": (rule["beta1"], rule["beta2"]), "eps": rule["epsilon"]}
        if rule["type"] == "adam":
            return torch.optim.Adam(parameters, rate, fused=True, **moments)
        return torch.optim.AdamW(parameters, rate, fused=True, weight_decay=rule["weightDecay"], **moments)
    if rule["type"] == "sgd" and not rule["weightDecay"]:
        return torch.optim.SGD(parameters, rate, momentum=rule["momentum"], nesterov=rule["nesterov"], fused=True)
    raise Unsupported(f"the optimizer {rule['type']}" + (" with weight decay" if rule["type"] == "sgd" else ""))


class ChannelsLastTrainer(TorchTrainer):
    channels_last = True


class FrozenTrainer(ChannelsLastTrainer):
    """For evaluation: the network traced, frozen and optimized for inference, which is PyTorch's fastest."""

    def prepare_evaluation(self):
        self.model.eval()
        example = self.select(self.test_inputs, slice(0, self.evaluation_batch))
        with torch.inference_mode():
            self.frozen = torch.jit.freeze(torch.jit.trace(self.model, example))

    def predict(self, inputs):
        return self.frozen(inputs)
