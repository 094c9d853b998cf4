"""Lockstep's side: the program itself, run for a while, and what its log says."""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time

from sides import Failed, peak_memory

FOREVER = 1_000_000


class Lockstep:
    def __init__(self, root, config, batch, threads, folder, settings=()):
        self.program = os.path.join(root, ".build/release/lockstep")
        self.config, self.batch, self.threads, self.folder = config, batch, threads, folder
        self.settings = [f"training.batchSize={batch}", *settings]
        self.memory = 0

    def run(self, *settings, seconds=None):
        """Trains into a directory of its own, to the end or for about so many seconds from when its log is there.

        Returns the directory, the seconds of the whole process, and the rows of its log.
        """
        directory = os.path.join(tempfile.mkdtemp(dir=self.folder), "run")
        log = os.path.join(directory, "metrics.jsonl")
        command = [self.program, "train", self.config, "--run", directory, "--threads", str(self.threads)]
        command += ["--progress", "none"]
        for setting in (*self.settings, "checkpoint.everyEpochs=0", *settings):
            command += ["--set", setting]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if seconds is not None:
            while process.poll() is None and not os.path.exists(log):
                time.sleep(0.005)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            self.memory = max(self.memory, peak_memory(process.pid))
            process.send_signal(signal.SIGTERM)
        message = process.communicate()[1].decode()
        elapsed = time.perf_counter() - started
        if process.returncode not in (0, 75):
            raise Failed(f"Lockstep ended with {process.returncode}: {message.strip()}")
        with open(log) as file:
            return directory, elapsed, [json.loads(line) for line in file]

    def measure(self, seconds):
        """Samples/s without the first part of the run; the rows' rates leave out the evaluation between epochs."""
        every = max(1, round(1000 / self.batch))
        _, _, rows = self.run(f"training.epochs={FOREVER}", f"logging.everySteps={every}", seconds=seconds)
        rates = [row["samplesPerSecond"] for row in rows if row["kind"] == "step"]
        # Rows stand for equally many samples, so their mean is harmonic.
        rates = rates[max(1, len(rates) // 5) :]
        # On a busy machine the window may have been too short to tell.
        return statistics.harmonic_mean(rates) if rates else self.measure(2 * seconds)

    def start_up(self, seconds):
        """Seconds from the start of the process to the end of its first step, at most.

        All that the process takes but for the time from its first step to its last; saving at the end is in it.
        """
        directory, elapsed, rows = self.run(f"training.epochs={FOREVER}", "logging.everySteps=1", seconds=seconds)
        steps = [row["seconds"] for row in rows if row["kind"] == "step"]
        if not steps:
            raise Failed(f"no step in {seconds:.1f} s")
        return directory, elapsed - (steps[-1] - steps[0])

    def evaluate(self, samples):
        """Images/s: an epoch's row is written after the evaluation, that of its last step before."""
        _, _, rows = self.run("training.epochs=1", "logging.everySteps=1")
        steps = [row["seconds"] for row in rows if row["kind"] == "step"]
        epochs = [row["seconds"] for row in rows if row["kind"] == "epoch"]
        return samples / (epochs[-1] - steps[-1])

    def evaluation(self, directory):
        """Loss and accuracy of a run's newest checkpoint over the test set."""
        command = [self.program, "evaluate", directory, "--json", "--threads", str(self.threads)]
        values = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return values["loss"], values["accuracy"]
