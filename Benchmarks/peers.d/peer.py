"""One peer as a process: builds the network of a config, takes a first step, then obeys commands on its standard input.

Commands and answers are JSON objects, one a line; the first answer says that the first step is done.

    {"do": "measure", "seconds": s}    →  {"samples": n, "seconds": t}         full batches; warms up first
    {"do": "steps", "count": n}        →  {"loss": l, "accuracy": a}           of the training batches
    {"do": "epoch"}                    →  {"loss": l, "accuracy": a}           one pass over all samples
    {"do": "evaluate"}                 →  {"samples", "seconds", "loss", "accuracy"}
    {"do": "load", "checkpoint": path} →  {}                                   Lockstep's weights
"""

import argparse
import importlib
import json
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("trainer", help="module:class")
parser.add_argument("config", help="a config with all defaults filled in")
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()

# What a framework prints must not get between the answers.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

module_name, class_name = arguments.trainer.split(":")
module = importlib.import_module(module_name)
module.set_threads(arguments.threads)

import dataset  # noqa: E402
import weights  # noqa: E402
from config import Config, Unsupported  # noqa: E402


def answer(**values):
    print(json.dumps(values), file=answers)


def measure(trainer, seconds):
    """The number of steps is chosen before, so that a framework may run ahead of the clock and be waited for once."""
    if not trainer.is_warm:
        # Compiles what takes several steps in one call.
        trainer.run(trainer.steps_per_call + 1)
        trainer.is_warm = True
    rate, steps, spent = 0, 1, 0
    while spent < 0.25 * seconds:
        elapsed = trainer.timed_run(steps)
        spent += elapsed
        rate = steps / elapsed
        steps = max(1, round(rate * seconds / 8))
    steps = max(1, round(rate * seconds))
    elapsed = trainer.timed_run(steps)
    return {"samples": steps * arguments.config.batch, "seconds": elapsed}


def evaluate(trainer):
    trainer.prepare_evaluation()
    start = time.perf_counter()
    loss, accuracy = trainer.evaluate()
    seconds = time.perf_counter() - start
    return {"samples": len(trainer.test), "seconds": seconds, "loss": loss, "accuracy": accuracy}


def metrics(result):
    loss, accuracy = result
    return {"loss": loss, "accuracy": accuracy}


def load(trainer, path):
    trainer.load(weights.read(path, arguments.config))
    return {}


def serve(trainer):
    for line in sys.stdin:
        command = json.loads(line)
        match command["do"]:
            case "measure":
                answer(**measure(trainer, command["seconds"]))
            case "steps":
                answer(**metrics(trainer.run(command["count"])))
            case "epoch":
                answer(**metrics(trainer.epoch()))
            case "evaluate":
                answer(**evaluate(trainer))
            case "load":
                answer(**load(trainer, command["checkpoint"]))


def main():
    try:
        arguments.config = Config(arguments.config)
        train, test = dataset.load(arguments.config)
        trainer = getattr(module, class_name)(arguments.config, train, test, arguments.threads, arguments.seed)
    except Unsupported as reason:
        answer(error=f"not built for {reason}")
        return
    if "RANK" in os.environ:
        trainer.follow()
        return
    trainer.run(1)
    answer(parameters=trainer.parameters, versions=module.VERSIONS)
    serve(trainer)
    trainer.close()


main()
