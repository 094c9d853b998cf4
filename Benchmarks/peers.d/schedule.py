"""The learning rate of each step, as Lockstep's schedules define it."""

import math

from config import Unsupported


def rate(config, samples):
    """A function of the step, from 1, for a run over so many samples an epoch."""
    schedule, base = config.training["schedule"], config.optimizer["learningRate"]
    if schedule["type"] not in ("constant", "cosine"):
        raise Unsupported(f"the schedule {schedule['type']}")
    per_epoch = -(-samples // config.batch)
    total = per_epoch * config.epochs
    warmup = round(schedule["warmupEpochs"] * per_epoch)

    def at(step):
        if step <= warmup:
            return base * step / warmup
        if schedule["type"] == "constant":
            return base
        progress = min(1.0, (step - warmup - 1) / max(1, total - warmup))
        final = schedule["finalFraction"]
        return base * (final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress)))

    return at
