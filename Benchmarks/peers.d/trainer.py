"""What every peer can do: a network, its optimizer and its data, built from a Lockstep config."""

import abc
import math
import time

import numpy

import schedule

# Images in one call when the test set is evaluated, where they go into it without a rest.
EVALUATION_BATCH = 500


class Trainer(abc.ABC):
    """One framework at work on one config. A subclass builds the network and says what a step is."""

    def __init__(self, config, train, test, threads, seed):
        self.config, self.train, self.test, self.threads = config, train, test, threads
        self.evaluation_batch = math.gcd(EVALUATION_BATCH, len(test))
        self.random = numpy.random.default_rng(seed)
        self.rate = schedule.rate(config, len(train))
        self.steps_done = 0
        self._left = iter(())

    @property
    @abc.abstractmethod
    def parameters(self):
        """Number of parameters."""

    @abc.abstractmethod
    def step(self, indices):
        """One training step on the samples with these indices, loss and accuracy too. May return before it is done."""

    @abc.abstractmethod
    def finish(self):
        """Waits until all steps are done; returns loss and accuracy over the samples since the last call."""

    @abc.abstractmethod
    def evaluate(self):
        """Loss and accuracy over the test set."""

    @abc.abstractmethod
    def load(self, weights):
        """Takes over Lockstep's weights: kernel and bias of each layer that has them, in order (see `weights`)."""

    def run(self, steps):
        """Full batches, from shuffled epoch to shuffled epoch; returns loss and accuracy."""
        for _ in range(steps):
            indices = next(self._left, None)
            if indices is None:
                self._left = self.batches()
                indices = next(self._left)
            self.advance(indices)
        return self.finish()

    def timed_run(self, steps):
        """Seconds of `run`."""
        start = time.perf_counter()
        self.run(steps)
        return time.perf_counter() - start

    def prepare_evaluation(self):
        """What is made of the network once before it evaluates."""

    def epoch(self):
        """One pass over all samples, the last batch being the rest; returns loss and accuracy."""
        for indices in self.batches(rest=True):
            self.advance(indices)
        return self.finish()

    def advance(self, indices):
        self.steps_done += 1
        self.step(indices)

    def batches(self, rest=False):
        order, batch = self.random.permutation(len(self.train)), self.batch
        end = len(order) if rest else len(order) // batch * batch
        return (order[start : start + batch] for start in range(0, end, batch))

    @property
    def batch(self):
        return self.config.batch

    def close(self):
        """Nothing more will be asked."""
