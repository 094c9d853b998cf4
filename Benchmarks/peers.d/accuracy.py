"""Test accuracy after the same number of epochs: speed must not be bought with learning."""

import dataclasses
import statistics

import markdown
from config import Config
from lockstep import Lockstep
from sides import Failed, PeerProcess

# Others compute the same as one of these.
PEERS = ("pytorch-malloc", "keras", "tensorflow", "jax")


@dataclasses.dataclass
class Result:
    """Test accuracies of one side on one config: for each seed those after each epoch."""

    label: str
    runs: list = dataclasses.field(default_factory=list)

    def text(self, epoch):
        values = [100 * run[epoch - 1] for run in self.runs]
        spread = f" ({min(values):.2f}–{max(values):.2f})" if len(values) > 1 else ""
        return f"{statistics.mean(values):.2f}{spread}"


def measure(plan, path, epochs, seeds):
    """All sides train on all training samples, none held out, and evaluate after every epoch. A Markdown table."""
    settings = ["data.validation=0", "checkpoint.everyEpochs=0"]
    if epochs:
        settings.append(f"training.epochs={epochs}")
    program = Lockstep(plan.root, path, plan.threads, plan.folder, settings)
    resolved = program.resolved()
    config = Config(resolved)
    results = [Result("**Lockstep**")]
    for seed in range(1, seeds + 1):
        run = program.run(f"seed={seed}")
        results[0].runs.append([row["evaluationAccuracy"] for row in run.epochs])
        plan.log(f"{config.name}, seed {seed}: {results[0].label}: {shown(results[0].runs[-1])}")
    for peer in plan.peers_among(PEERS):
        result = Result(peer.label)
        try:
            for seed in range(1, seeds + 1):
                result.runs.append(train(plan, peer, resolved, config.epochs, seed))
                plan.log(f"{config.name}, seed {seed}: {peer.label}: {shown(result.runs[-1])}")
        except Failed as reason:
            plan.log(f"  {peer.label}: left out: {reason}")
            continue
        results.append(result)
    title = f"#### {config.name}, test accuracy in %, " + markdown.count(seeds, "seed") + "\n\n"
    head = ["", *(f"after {markdown.count(epoch, 'epoch')}" for epoch in sorted({1, config.epochs}))]
    rows = [[result.label, *(result.text(epoch) for epoch in sorted({1, config.epochs}))] for result in results]
    return title + markdown.table(head, rows)


def train(plan, peer, config, epochs, seed):
    process = PeerProcess(peer, plan.pythons[peer.environment], config, plan.threads, seed)
    try:
        accuracies = []
        for _ in range(epochs):
            process.ask(do="epoch")
            accuracies.append(process.ask(do="evaluate")["accuracy"])
        return accuracies
    finally:
        process.close()


def shown(accuracies):
    return " ".join(f"{100 * value:.2f}" for value in accuracies)
