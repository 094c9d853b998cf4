"""Seconds from the start of a process until its network classifies 99.0 % of MNIST's test images."""

import os
import statistics
import time

import markdown
from lockstep import Lockstep
from sides import Failed, PeerProcess

TARGET = 0.99
# The fastest form of each framework that is quick enough to be waited for.
PEERS = ("pytorch-malloc", "tensorflow")


def measure(plan, seeds):
    """Lockstep with the config made for this and with mnist-cnn, the peers with mnist-cnn. A Markdown table.

    On mnist-cnn all evaluate after each epoch and end with the first that reaches the target.
    """
    rows = [
        row(plan, "**Lockstep**, mnist-99", seeds, lambda seed: whole_run(plan, "mnist-99", seed)),
        row(plan, "**Lockstep**, mnist-cnn", seeds, lambda seed: first_epoch(plan, "mnist-cnn", seed)),
    ]
    config = os.path.join(plan.root, "Configs/mnist-cnn.json")
    resolved = Lockstep(plan.root, config, plan.threads, plan.folder).resolved()
    for peer in plan.peers_among(PEERS):
        rows.append(row(plan, f"{peer.label}, mnist-cnn", seeds, lambda seed, p=peer: train(plan, p, resolved, seed)))
    title = f"#### Whole process to {100 * TARGET:.1f} % on MNIST's test set, {markdown.count(seeds, 'seed')}\n\n"
    head = ["", "mean, s", "lowest–highest", "epochs", "test accuracy, %"]
    return title + markdown.table(head, [row for row in rows if row])


def row(plan, label, seeds, run):
    """`run` returns seconds, epochs and accuracy for a seed."""
    results = []
    try:
        for seed in range(1, seeds + 1):
            results.append(run(seed))
            seconds, epochs, accuracy = results[-1]
            plan.log(f"{label}, seed {seed}: {seconds:.2f} s, epoch {epochs}, {100 * accuracy:.2f} %")
    except Failed as reason:
        plan.log(f"{label}: left out: {reason}")
        return None
    seconds, epochs, accuracies = zip(*results, strict=True)
    return [
        label,
        f"{statistics.mean(seconds):.2f}",
        f"{min(seconds):.2f}–{max(seconds):.2f}",
        ", ".join(map(str, epochs)),
        f"{100 * statistics.mean(accuracies):.2f} ({100 * min(accuracies):.2f}–{100 * max(accuracies):.2f})",
    ]


def whole_run(plan, name, seed):
    """A config as it is, to its end, whatever accuracy it has there."""
    config = os.path.join(plan.root, "Configs", f"{name}.json")
    run = Lockstep(plan.root, config, plan.threads, plan.folder).run(f"seed={seed}")
    return run.seconds, len(run.epochs), run.epochs[-1]["evaluationAccuracy"]


def first_epoch(plan, name, seed):
    """A run that ends with the first epoch that reaches the target, known from a run before: the bits are the same."""
    config = os.path.join(plan.root, "Configs", f"{name}.json")
    program = Lockstep(plan.root, config, plan.threads, plan.folder)
    for number, epoch in enumerate(program.run(f"seed={seed}").epochs, start=1):
        if epoch["evaluationAccuracy"] >= TARGET:
            run = program.run(f"seed={seed}", f"training.epochs={number}")
            return run.seconds, number, run.epochs[-1]["evaluationAccuracy"]
    raise Failed(f"{name} does not reach {TARGET} with seed {seed}")


def train(plan, peer, config, seed):
    started = time.perf_counter()
    process = PeerProcess(peer, plan.pythons[peer.environment], config, plan.threads, seed)
    try:
        for epoch in range(1, 31):
            process.ask(do="epoch")
            accuracy = process.ask(do="evaluate")["accuracy"]
            if accuracy >= TARGET:
                return time.perf_counter() - started, epoch, accuracy
        raise Failed(f"30 epochs reach {100 * accuracy:.2f} %")
    finally:
        process.close()
