"""Lockstep's side: the program itself, run for a while, and what its log says."""

import contextlib
import dataclasses
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time

from sides import Failed, peak_memory

# Epochs of a run that is stopped from outside.
FOREVER = 1_000_000


@dataclasses.dataclass(frozen=True)
class Run:
    """One training run: its directory, the seconds and bytes that the whole process took, and the rows of its log."""

    directory: str
    seconds: float
    memory: int
    steps: list
    epochs: list


class Lockstep:
    """The program with one config; `settings` replace values of it in every run."""

    def __init__(self, root, config, threads, folder, settings=()):
        self.program = os.path.join(root, ".build/release/lockstep")
        self.config, self.threads, self.folder, self.settings = config, threads, folder, list(settings)

    def run(self, *settings, seconds=None):
        """Trains into a new directory, to the end or for about so many seconds from when its log is there."""
        directory = os.path.join(tempfile.mkdtemp(dir=self.folder), "run")
        log, memory = os.path.join(directory, "metrics.jsonl"), 0
        command = [self.program, "train", self.config, "--run", directory, "--threads", str(self.threads)]
        command += ["--progress", "none"]
        for setting in (*self.settings, *settings):
            command += ["--set", setting]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if seconds is not None:
            while process.poll() is None and not os.path.exists(log):
                time.sleep(0.005)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            memory = peak_memory(process.pid)
            process.send_signal(signal.SIGTERM)
        message = process.communicate()[1].decode()
        elapsed = time.perf_counter() - started
        # 75 is a run that was stopped and saved.
        if process.returncode not in (0, 75):
            raise Failed(message.strip() or f"it ended with {process.returncode}")
        with open(log) as file:
            rows = [json.loads(line) for line in file]
        steps, epochs = ([row for row in rows if row["kind"] == kind] for kind in ("step", "epoch"))
        return Run(directory, elapsed, memory, steps, epochs)

    def forever(self, every, seconds):
        return self.run(f"training.epochs={FOREVER}", f"logging.everySteps={every}", seconds=seconds)

    def resolved(self):
        """The config with all defaults filled in: a file that lies in a run's directory."""
        return os.path.join(self.run(seconds=0).directory, "config.json")

    def measure(self, every, seconds):
        """Samples/s and peak memory in bytes of a run that logs every so many steps.

        Without the first part of the run; the rows' rates leave out the evaluation between epochs.
        """
        run = self.forever(every, seconds)
        # Rows stand for equally many samples, so their mean is harmonic.
        rates = [row["samplesPerSecond"] for row in run.steps]
        rates = rates[max(1, len(rates) // 5) :]
        # On a busy machine the window may have been too short to tell.
        return (statistics.harmonic_mean(rates), run.memory) if rates else self.measure(every, 2 * seconds)

    def start_up(self, seconds):
        """Seconds from the start of the process to the end of its first step, at most.

        All that the process takes but for the time from its first step to its last; saving at the end is in it.
        """
        run = self.forever(1, seconds)
        return run.seconds - (run.steps[-1]["seconds"] - run.steps[0]["seconds"])

    def evaluate(self, samples):
        """Images/s: an epoch's row is written after the evaluation, that of its last step before.

        Without histograms and pictures for TensorBoard, which are made there too, and which no peer makes.
        """
        run = self.run(
            "training.epochs=1", "logging.everySteps=1", "logging.histogramsEveryEpochs=0", "logging.imagesEveryEpochs=0"
        )
        return samples / (run.epochs[-1]["seconds"] - run.steps[-1]["seconds"])

    def evaluation(self, directory):
        """Loss over the test set of a run's newest checkpoint."""
        command = [self.program, "evaluate", directory, "--json", "--threads", str(self.threads)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["loss"]
