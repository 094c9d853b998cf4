"""PyTorch DistributedDataParallel over gloo: a process of one thread for each processor shares each batch."""

import atexit
import dataclasses
import os
import socket
import subprocess
import sys

import torch
from torch import distributed

from torch_trainer import VERSIONS, TorchTrainer  # noqa: F401

RUN, EPOCH, END = range(3)


def set_threads(threads):
    torch.set_num_threads(1)


class DDPTrainer(TorchTrainer):
    """The first rank obeys the benchmark and tells the others, which `follow`."""

    def __init__(self, config, train, test, threads, seed):
        self.rank = int(os.environ.get("RANK", 0))
        if self.rank == 0:
            start_others(threads)
        pin(self.rank)
        distributed.init_process_group("gloo", rank=self.rank, world_size=threads)
        own = slice(self.rank, None, threads)
        share = dataclasses.replace(train, images=train.images[own], labels=train.labels[own])
        super().__init__(config, share, test, threads, seed)
        self.forward = torch.nn.parallel.DistributedDataParallel(self.model)

    @property
    def batch(self):
        return self.config.batch // self.threads

    def run(self, steps):
        self.tell(RUN, steps)
        return super().run(steps)

    def epoch(self):
        self.tell(EPOCH)
        return super().epoch()

    def tell(self, *what):
        if self.rank == 0:
            distributed.broadcast(torch.tensor((*what, 0)[:2]), 0)

    def follow(self):
        """What the other ranks do until the first one ends."""
        while True:
            order = torch.zeros(2, dtype=torch.long)
            distributed.broadcast(order, 0)
            if order[0] == RUN:
                self.run(int(order[1]))
            elif order[0] == EPOCH:
                self.epoch()
            else:
                return

    def close(self):
        self.tell(END)


def start_others(threads):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), OMP_NUM_THREADS="1")
    for rank in range(1, threads):
        child = subprocess.Popen(
            [sys.executable, *sys.argv], env={**os.environ, "RANK": str(rank)}, stdin=subprocess.DEVNULL
        )
        atexit.register(child.kill)


def pin(rank):
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[rank % len(processors)]})
