"""What every peer can do: a network, its optimizer and its data, built from a Lockstep config."""

import abc
import math
import time

import numpy

import schedule

# Images in one call when the test set is evaluated, where they go into it without a rest.
EVALUATION_BATCH = 500
# Steps in one call, for frameworks that can take several, and the operations of a step up to which that gains anything.
STEPS_PER_CALL = 16
SMALL_STEP = 4e9


class Trainer(abc.ABC):
    """One framework at work on one config. A subclass builds the network and says what a step is."""

    def __init__(self, config, train, test, threads, seed):
        self.config, self.train, self.test, self.threads = config, train, test, threads
        self.evaluation_batch = math.gcd(EVALUATION_BATCH, len(test))
        self.random = numpy.random.default_rng(seed)
        self.rate = schedule.rate(config, len(train))
        self.steps_done = 0
        self.steps_per_call = 1
        self._left, self._pending = iter(()), []
        self.is_warm = False

    @property
    @abc.abstractmethod
    def parameters(self):
        """Number of parameters."""

    @abc.abstractmethod
    def step(self, indices):
        """One training step on the samples with these indices, loss and accuracy too. May return before it is done."""

    def steps(self, batches):
        """`steps_per_call` steps in one call; a row of indices for each."""
        raise NotImplementedError

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
        self.flush()
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
        self.flush()
        return self.finish()

    def advance(self, indices):
        if self._pending and len(indices) != len(self._pending[0]):
            self.flush()
        self._pending.append(indices)
        if len(self._pending) == self.steps_per_call:
            self.flush()

    def flush(self):
        """Takes the steps that were put off; where they are too few for one call, each for itself."""
        if len(self._pending) == self.steps_per_call > 1:
            self.steps_done += self.steps_per_call
            self.steps(numpy.stack(self._pending))
        else:
            for indices in self._pending:
                self.steps_done += 1
                self.step(indices)
        self._pending.clear()

    @property
    def small_steps(self):
        """Whether the way to a step costs enough of it to be worth saving."""
        return self.config.flops * self.batch < SMALL_STEP

    def batches(self, rest=False):
        order, batch = self.random.permutation(len(self.train)), self.batch
        end = len(order) if rest else len(order) // batch * batch
        return (order[start : start + batch] for start in range(0, end, batch))

    @property
    def batch(self):
        return self.config.batch

    def close(self):
        """Nothing more will be asked."""
