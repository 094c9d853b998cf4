"""Lockstep beside PyTorch, Keras, TensorFlow and JAX on the same configs and cores; called by Benchmarks/peers."""

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import accuracy
import markdown
import random_cifar10
import sides
import speed
import time_to_accuracy
from sides import PEERS

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
CONFIGS = ["mnist-cnn", "mnist-lenet5", "mnist-mlp", "cifar-vgg-small"]
# A step on 512 images takes the slowest peers of this config many seconds.
HEAVY = {"cifar-vgg-small": [128]}


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/peers", description=__doc__)
    parser.add_argument("configs", nargs="*", metavar="CONFIG", help="a file, or the name of one in Configs/")
    parser.add_argument("--batch", type=numbers, metavar="N,…", help="batch sizes; the first also for evaluation")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="threads of every side (default: 2)")
    parser.add_argument(
        "--peers", type=names, default=[peer.name for peer in PEERS], metavar="NAME,…", help="default: all"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="windows of each side (default: 5, --quick 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of a window (default: 0.6, --quick 0.4)")
    parser.add_argument("--quick", action="store_true", help="mnist-cnn alone unless configs are named")
    parser.add_argument(
        "--accuracy", action="store_true", help="test accuracy after one epoch and after all, not speed"
    )
    parser.add_argument("--time-to-accuracy", action="store_true", help="seconds to 99.0 %% on MNIST, not speed")
    parser.add_argument("--epochs", type=int, metavar="N", help="of --accuracy, instead of the config's")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each side for accuracy (default: 3)")
    parser.add_argument("--json", metavar="FILE", help="write every measured value there")
    parser.add_argument("--pythons", type=json.loads, default={}, help=argparse.SUPPRESS)
    return parser.parse_args()


def numbers(text):
    return [int(part) for part in text.split(",")]


def names(text):
    chosen, known = text.split(","), [peer.name for peer in PEERS]
    for name in chosen:
        if name not in known:
            raise argparse.ArgumentTypeError(f"no peer is named {name}; there are {', '.join(known)}")
    return chosen


def main():
    options = arguments()
    use_processors(options.threads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    missing = sorted(
        {peer.label for peer in PEERS if peer.name in options.peers and peer.environment not in options.pythons}
    )
    peers = tuple(peer.name for peer in PEERS if peer.name in options.peers and peer.environment in options.pythons)
    with tempfile.TemporaryDirectory(prefix="lockstep-peers-") as folder:
        plan = speed.Plan(
            root=ROOT,
            folder=folder,
            pythons=options.pythons,
            peers=peers,
            threads=options.threads,
            rounds=options.rounds or (3 if options.quick else 5),
            seconds=options.seconds or (0.4 if options.quick else 0.6),
        )
        warm(plan)
        if options.time_to_accuracy:
            tables = [time_to_accuracy.measure(plan, options.seeds)]
        elif options.accuracy:
            tables = [accuracy.measure(plan, path, options.epochs, options.seeds) for path in configs(options)]
        else:
            cells = [cell for path in configs(options) for cell in cells_of(plan, path, options.batch)]
            tables = [*map(markdown.speed, cells), markdown.evaluation(cells), markdown.failures(cells)]
            save(cells, options.json)
    print("\n".join([heading(options), *filter(None, tables), *left_out(missing)]), end="")


def save(cells, path):
    if path:
        with open(path, "w") as file:
            json.dump([dataclasses.asdict(cell) for cell in cells], file, indent=2)


def left_out(missing):
    return ["Could not be installed here, and left out: " + "; ".join(missing) + ".\n"] if missing else []


def use_processors(threads):
    """All sides inherit the processors, so that none has more than it has threads."""
    processors = sorted(os.sched_getaffinity(0))
    if threads > len(processors):
        raise SystemExit(f"error: {threads} threads, but only {len(processors)} processors")
    os.sched_setaffinity(0, processors[:threads])


def configs(options):
    """CIFAR-10 is not everybody's to have, and its accuracy takes hours: only speed is measured on it."""
    known = [name for name in CONFIGS if not (options.accuracy and name in HEAVY)]
    for name in options.configs or (known[:1] if options.quick else known):
        path = name if name.endswith(".json") else os.path.join(ROOT, "Configs", name + ".json")
        if not os.path.exists(path):
            sys.exit(f"error: no config at {path}")
        yield path


def cells_of(plan, path, batches):
    name = os.path.basename(path).removesuffix(".json")
    with random_images(plan, path) as settings:
        for index, batch in enumerate(batches or HEAVY.get(name, [128, 32, 512])):
            yield speed.measure(plan, path, batch, whole=index == 0, settings=settings)


@contextlib.contextmanager
def random_images(plan, path):
    """Settings of a config on CIFAR-10 for as many random images as a measurement needs; none for other data."""
    with open(path) as file:
        if json.load(file)["data"]["dataset"] != "cifar10":
            yield []
            return
    folder, before = os.path.join(plan.folder, "random"), os.environ["LOCKSTEP_DATA"]
    random_cifar10.write(os.path.join(folder, "cifar10"))
    os.environ["LOCKSTEP_DATA"] = folder
    try:
        yield [f"data.directory={folder}/cifar10"]
    finally:
        os.environ["LOCKSTEP_DATA"] = before


def warm(plan):
    """Starts each framework once, so that the first start-up that counts does not read it from the disk."""
    for environment in sorted({peer.environment for peer in PEERS if peer.name in plan.peers}):
        imports = {"tensorflow": "import tensorflow, keras"}.get(environment, f"import {environment}")
        subprocess.run([plan.pythons[environment], "-c", imports], stderr=subprocess.DEVNULL, check=False)


def heading(options):
    versions = [f"{name} {version}" for name, version in sorted(sides.VERSIONS.items())]
    software = [f"Lockstep {revision()}", *versions, f"Python {platform.python_version()}"]
    # Behind --pythons, which Benchmarks/peers puts first.
    command = shlex.join(["Benchmarks/peers", *sys.argv[3:]])
    machine = f"{processor()}, {markdown.count(options.threads, 'processor')} used"
    return f"`{command}`, {time.strftime('%Y-%m-%d')}, {machine}; {', '.join(software)}.\n"


def revision():
    output = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return output.stdout.strip() or "without git"


def processor():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return models[0] if models else platform.machine()


try:
    main()
except sides.Failed as reason:
    sys.exit(f"error: {reason}")
