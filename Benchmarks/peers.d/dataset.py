"""MNIST and CIFAR-10 in memory, normalized as a Lockstep config says: float32 images [n, height, width, channels]."""

import dataclasses
import gzip
import os

import numpy

from config import Unsupported


@dataclasses.dataclass(frozen=True)
class Samples:
    images: numpy.ndarray
    labels: numpy.ndarray

    def __len__(self):
        return len(self.labels)


def load(config):
    """Training and test samples. Of the former those are left out that Lockstep would hold out for validation."""
    read = {"mnist": mnist, "cifar10": cifar10}.get(config.data["dataset"])
    if read is None:
        raise Unsupported(f"the data set {config.data['dataset']}")
    (images, labels), test = (read(directory(config), split) for split in ("train", "test"))
    held_out = round(len(labels) * config.data["validation"])
    images, labels = images[held_out:], labels[held_out:]
    scale, offset = normalization(config, images)
    return tuple(Samples(apply(x, scale, offset), y.astype("int64")) for x, y in ((images, labels), test))


def directory(config):
    name = config.data["dataset"]
    shared = os.path.join(os.environ.get("LOCKSTEP_DATA") or os.devnull, name)
    return shared if os.path.isdir(shared) else config.data["directory"]


def normalization(config, images):
    if config.data["normalization"] == "scale":
        return numpy.float32(1 / 255), numpy.float32(0)
    # From counts: exact, and without a copy of the data in FP64.
    values, channels = numpy.arange(256.0), images.shape[3]
    counts = [numpy.bincount(images[..., channel].ravel(), minlength=256) for channel in range(channels)]
    mean = numpy.array([count @ values / count.sum() for count in counts])
    variance = numpy.array([count @ values**2 / count.sum() for count in counts]) - mean**2
    deviation = numpy.sqrt(variance)
    return (1 / deviation).astype("float32"), (-mean / deviation).astype("float32")


def apply(images, scale, offset):
    floats = images.astype("float32")
    floats *= scale
    floats += offset
    return floats


def mnist(folder, split):
    prefix = {"train": "train", "test": "t10k"}[split]
    images = numpy.frombuffer(content(folder, f"{prefix}-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.frombuffer(content(folder, f"{prefix}-labels-idx1-ubyte"), numpy.uint8, offset=8)
    return images.reshape(len(labels), 28, 28, 1), labels


def cifar10(folder, split):
    names = [f"data_batch_{number}.bin" for number in range(1, 6)] if split == "train" else ["test_batch.bin"]
    records = numpy.concatenate([numpy.frombuffer(content(folder, name), numpy.uint8) for name in names])
    records = records.reshape(-1, 3073)
    planes = records[:, 1:].reshape(-1, 3, 32, 32)
    return numpy.ascontiguousarray(planes.transpose(0, 2, 3, 1)), records[:, 0]


def content(folder, name):
    path = os.path.join(folder, name)
    if os.path.exists(path):
        with open(path, "rb") as file:
            return file.read()
    with gzip.open(path + ".gz") as file:
        return file.read()
