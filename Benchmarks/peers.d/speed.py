"""Training speed: the sides in turn, round after round, and what each of them needs."""

import dataclasses
import glob
import itertools
import statistics
import subprocess
import sys

import markdown
from config import Config
from lockstep import Lockstep
from sides import PEERS, Failed, PeerProcess

# Length of Lockstep's first run, before anything is measured.
WARM_UP_SECONDS = 2
# An evaluation is long and steady: fewer are enough.
EVALUATION_ROUNDS = 3
# Largest relative difference between losses that are the same but for rounding.
LOSS_TOLERANCE = 1e-4


@dataclasses.dataclass
class Measured:
    """What is known of one side."""

    name: str
    label: str
    samples_per_second: list = dataclasses.field(default_factory=list)
    images_per_second: list = dataclasses.field(default_factory=list)
    peak_memory: int = 0
    start_up: float = 0.0

    @property
    def speed(self):
        return statistics.median(self.samples_per_second)

    @property
    def evaluation(self):
        return statistics.median(self.images_per_second)


@dataclasses.dataclass
class Cell:
    """One config at one batch size."""

    config: str
    batch: int
    threads: int
    flops: int
    parameters: int
    lockstep: Measured
    peers: list
    peaks: list = dataclasses.field(default_factory=list)
    failures: dict = dataclasses.field(default_factory=dict)

    @property
    def peak(self):
        """FLOP/s of the threads' multiply-adds in registers, measured in every round."""
        return statistics.median(self.peaks)


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long is measured."""

    root: str
    folder: str
    pythons: dict
    peers: tuple
    threads: int
    rounds: int
    seconds: float

    def peers_among(self, names):
        return [peer for peer in PEERS if peer.name in self.peers and peer.name in names]

    def log(self, text):
        print(text, file=sys.stderr, flush=True)

    def peak(self):
        output = subprocess.check_output([f"{self.root}/.build/release/kernel-bench", "peak", str(self.threads)])
        return float(output) * 1e9


def measure(plan, path, batch, whole, settings=()):
    """One config at one batch size; with `whole` the peers are checked and the evaluation is measured too."""
    settings = (*settings, f"training.batchSize={batch}", "checkpoint.everyEpochs=0")
    program = Lockstep(plan.root, path, plan.threads, plan.folder, settings)
    # Its checkpoint is what the peers are checked with.
    first = program.forever(1, WARM_UP_SECONDS)
    resolved = f"{first.directory}/config.json"
    config = Config(resolved)
    ours = Measured("lockstep", "**Lockstep**")
    cell = Cell(config.name, batch, plan.threads, config.flops, config.parameters, ours, [])
    plan.log(f"{config.name}, batch {batch}, {markdown.count(plan.threads, 'thread')}")
    ours.start_up = statistics.median(program.start_up(1) for _ in range(3))
    processes = {}
    try:
        for peer in chosen(plan, whole):
            start(plan, cell, processes, peer, resolved)
        train(plan, cell, program, processes)
        if whole:
            check(plan, cell, program, processes, first.directory)
            evaluate(plan, cell, path, processes, settings)
    finally:
        for process in processes.values():
            process.close()
    return cell


def chosen(plan, whole):
    """The peers to be started; several processes of one thread need several threads."""
    peers = [peer for peer in plan.peers_among(plan.peers) if plan.threads > 1 or peer.name != "pytorch-ddp"]
    return [peer for peer in peers if whole or not peer.evaluation_only]


def start(plan, cell, processes, peer, config):
    try:
        process = PeerProcess(peer, plan.pythons[peer.environment], config, plan.threads)
    except Failed as reason:
        fail(plan, cell, processes, peer, reason)
        return
    processes[peer.name] = process
    cell.peers.append(Measured(peer.name, peer.label, start_up=process.start_up))
    plan.log(f"  {peer.label}: first step after {process.start_up:.1f} s")


def fail(plan, cell, processes, peer, reason):
    plan.log(f"  {peer.label}: left out: {reason}")
    cell.failures[peer.label] = str(reason)
    cell.peers = [side for side in cell.peers if side.name != peer.name]
    if peer.name in processes:
        processes.pop(peer.name).close()


def check(plan, cell, program, processes, directory):
    """Ends the benchmark where a peer is another network, or sees other data, than Lockstep.

    With Lockstep's weights all must find the same loss over the test set.
    """
    checkpoint = max(glob.glob(f"{directory}/*.weights.h5"))
    loss = program.evaluation(directory)
    for side in cell.peers:
        process = processes[side.name]
        if process.parameters != cell.parameters:
            raise SystemExit(f"{side.label} has {process.parameters} parameters, Lockstep {cell.parameters}")
        # Ranks other than the first would keep weights of their own.
        if process.peer.evaluates:
            process.ask(do="load", checkpoint=checkpoint)
            found = process.ask(do="evaluate")["loss"]
            if abs(found - loss) > LOSS_TOLERANCE * abs(loss):
                raise SystemExit(f"{side.label} finds the loss {found} with Lockstep's weights, Lockstep {loss}")
    plan.log(f"  with Lockstep's weights all find its loss over the test set, {loss:.6f}")


def train(plan, cell, program, processes):
    # At half the peak, a window has three steps at least, and Lockstep's log a row about every 20 ms.
    step = cell.batch * cell.flops / (0.5 * plan.peak())
    seconds, every = max(plan.seconds, 3 * step), max(1, round(0.02 / step))
    sides = [cell.lockstep, *(side for side in cell.peers if not processes[side.name].peer.evaluation_only)]
    order = itertools.cycle(range(len(sides)))
    for _ in range(plan.rounds):
        cell.peaks.append(plan.peak())
        first = next(order)
        for side in sides[first:] + sides[:first]:
            if side is cell.lockstep:
                rate, side.peak_memory = program.measure(every, seconds)
                side.samples_per_second.append(rate)
            elif side.name in processes:
                one_window(plan, cell, processes, side, seconds)
    for side in (side for side in sides if side is cell.lockstep or side.name in processes):
        plan.log(f"  {side.label:40} {side.speed:10,.0f} samples/s")


def one_window(plan, cell, processes, side, seconds):
    process = processes[side.name]
    try:
        result = process.ask(do="measure", seconds=seconds)
    except Failed as reason:
        fail(plan, cell, processes, process.peer, reason)
        return
    side.samples_per_second.append(result["samples"] / result["seconds"])
    side.peak_memory = process.peak_memory()


def evaluate(plan, cell, path, processes, settings):
    program = Lockstep(plan.root, path, plan.threads, plan.folder, (*settings, "data.validation=0"))
    sides = [side for side in cell.peers if processes[side.name].peer.evaluates]
    for _ in range(min(plan.rounds, EVALUATION_ROUNDS)):
        for side in sides:
            result = processes[side.name].ask(do="evaluate")
            side.images_per_second.append(result["samples"] / result["seconds"])
        cell.lockstep.images_per_second.append(program.evaluate(result["samples"]))
    for side in (cell.lockstep, *sides):
        plan.log(f"  {side.label:40} {side.evaluation:10,.0f} images/s evaluated")
