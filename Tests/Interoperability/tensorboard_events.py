#!/usr/bin/env python3
"""Reads what Lockstep writes for TensorBoard with TensorBoard itself, and compares it with the run's other files.

  tensorboard_events.py LOGDIR [--unlike RUN]

Every folder of LOGDIR is a run's directory; all are runs of one config, except those that --unlike names. For each:
event_accumulator sees every row of metrics.jsonl once and nothing else; images decode; histograms of weights are those
that numpy makes of the checkpoint of that step; those of gradients have the norm that was logged. Then a TensorBoard
server, with each of its two data loaders, is asked for the scalars and the hyperparameters of all runs.

Exit status 0 where everything agrees. Set up with: pip install -r Tests/Interoperability/requirements.txt
"""

import argparse
import io
import json
import logging
import math
import pathlib
import struct
import sys
import time
import urllib.parse
import urllib.request

import h5py
import numpy as np
from PIL import Image
from tensorboard import default, program
from tensorboard.backend.event_processing.event_accumulator import STORE_EVERYTHING_SIZE_GUIDANCE, EventAccumulator

logging.getLogger("tensorboard").setLevel(logging.ERROR)

MEASURED = {"samples_per_second"}
NAMES = {"learningRate": "learning_rate", "gradientNorm": "gradient_norm", "skippedSteps": "skipped_steps"}


def float32(value):
    return math.nan if value is None else struct.unpack("f", struct.pack("f", value))[0]


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def expected_scalars(run):
    """Steps and values of every tag, from metrics.jsonl."""
    scalars = {}

    def add(tag, step, value):
        scalars.setdefault(tag, []).append((step, float32(value)))

    for line in (run / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        for name, value in row.items():
            if name in ("kind", "step", "epoch", "seconds", "evaluatedOn", "threads"):
                continue
            if row["kind"] == "step":
                if name == "samplesPerSecond":
                    add("samples_per_second", row["step"], 0)
                else:
                    add(NAMES.get(name, f"{name}/train"), row["step"], value)
            elif name.startswith("evaluation"):
                metric = name.removeprefix("evaluation")
                add(f"{metric[0].lower()}{metric[1:]}/evaluation", row["step"], value)
            elif name not in ("samplesPerSecond", "skippedSteps"):
                add(f"{name}/train_epoch", row["step"], value)
    return scalars


def check_scalars(run, found):
    wanted = expected_scalars(run)
    assert sorted(found) == sorted(wanted), (run, sorted(found), sorted(wanted))
    for tag, points in wanted.items():
        steps = [step for step, _ in found[tag]]
        assert steps == [step for step, _ in points], f"{run}: {tag} has steps {steps}"
        if tag not in MEASURED:
            for (_, a), (step, b) in zip(found[tag], points):
                assert same(a, b), f"{run}: {tag} at step {step} is {a}, not {b}"
    return sum(len(points) for points in wanted.values())


def check_images(run, events):
    count = 0
    for tag in events.Tags()["images"]:
        steps = [image.step for image in events.Images(tag)]
        assert steps == sorted(set(steps)), f"{run}: {tag} has steps {steps}"
        for image in events.Images(tag):
            picture = Image.open(io.BytesIO(image.encoded_image_string))
            picture.load()
            assert picture.format == "PNG" and picture.size == (image.width, image.height), (run, tag)
            assert len(picture.convert("L").getcolors()) > 1, f"{run}: {tag} shows nothing"
            count += 1
    return count


def check_histogram(histogram, values, where):
    values = values.ravel().astype(np.float64)
    assert histogram.num == values.size, where
    assert (histogram.min, histogram.max) == (values.min(), values.max()), where
    assert np.isclose(histogram.sum, values.sum(), rtol=1e-9, atol=1e-9), where
    assert np.isclose(histogram.sum_squares, np.square(values).sum(), rtol=1e-9), where
    limits = np.array(histogram.bucket_limit)
    # numpy counts as TensorFlow does, but for the last bucket, which has both its limits.
    counts, _ = np.histogram(values, np.concatenate([[-np.inf], limits]))
    assert np.array_equal(counts, histogram.bucket), where


def check_histograms(run, events):
    weights = 0
    squares = {}
    for tag in events.Tags()["histograms"]:
        kind, layer, parameter = tag.split("/")
        steps = [event.step for event in events.Histograms(tag)]
        assert steps == sorted(set(steps)), f"{run}: {tag} has steps {steps}"
        for event in events.Histograms(tag):
            if kind == "gradients":
                squares[event.step] = squares.get(event.step, 0) + event.histogram_value.sum_squares
                continue
            checkpoint = run / f"step-{event.step:08}.weights.h5"
            if not checkpoint.exists():
                continue
            with h5py.File(checkpoint) as file:
                values = file[f"layers/{layer}/vars/{['kernel', 'bias'].index(parameter)}"][()]
            check_histogram(event.histogram_value, values, f"{run}: {tag} at step {event.step}")
            weights += 1
    norms = {event.step: event.value for event in events.Scalars("gradient_norm")}
    compared = 0
    for step, square in squares.items():
        if step in norms:
            assert np.isclose(math.sqrt(square), norms[step], rtol=1e-6), f"{run}: gradients at step {step}"
            compared += 1
    return weights, compared


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return json.load(answer)


def check_server(logdir, runs, unlike, load_fast):
    board = program.TensorBoard(default.get_plugins())
    board.configure(["tensorboard", f"--logdir={logdir}", "--port=0", f"--load_fast={load_fast}", "--reload_interval=1"])
    url = board.launch().rstrip("/")
    wanted = {run.name: expected_scalars(run) for run in runs}
    deadline = time.monotonic() + 60
    while True:
        tags = ask(f"{url}/data/plugin/scalars/tags")
        if all(set(wanted[name]) <= set(tags.get(name, {})) for name in wanted):
            break
        assert time.monotonic() < deadline, f"the server (load_fast={load_fast}) knows {tags}"
        time.sleep(0.2)
    assert "before clipping" in tags[runs[0].name]["gradient_norm"]["description"], tags[runs[0].name]
    for run in runs:
        found = {}
        for tag in tags[run.name]:
            query = urllib.parse.urlencode({"run": run.name, "tag": tag})
            points = ask(f"{url}/data/plugin/scalars/scalars?{query}")
            found[tag] = [(step, math.nan if value == "NaN" else value) for _, step, value in points]
        check_scalars(run, found)

    # The other tabs.
    for plugin in ("images", "histograms", "text"):
        assert set(ask(f"{url}/data/plugin/{plugin}/tags")) == set(wanted), plugin
    query = urllib.parse.urlencode({"run": runs[0].name, "tag": "mistakes", "sample": 0})
    for image in ask(f"{url}/data/plugin/images/images?{query}"):
        with urllib.request.urlopen(f"{url}/data/plugin/images/individualImage?{image['query']}", timeout=30) as answer:
            assert Image.open(answer).format == "PNG"

    # What the HPARAMS tab shows.
    experiment = ask(f"{url}/data/plugin/hparams/experiment", {"experimentName": "", "includeMetrics": True})
    names = {info["name"] for info in experiment["hparamInfos"]}
    assert {"seed", "optimizer", "optimizer.learningRate", "batchSize", "epochs", "layers"} <= names, names
    metrics = {info["name"]["tag"] for info in experiment["metricInfos"]}
    groups = ask(
        f"{url}/data/plugin/hparams/session_groups",
        {
            "experimentName": "",
            "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"],
            "colParams": [{"metric": {"tag": tag}} for tag in sorted(metrics)],
            "startIndex": 0,
            "sliceSize": 100,
        },
    )["sessionGroups"]
    sessions = {session["name"]: (group, session) for group in groups for session in group["sessions"]}
    assert sorted(sessions) == sorted(run.name for run in runs), sorted(sessions)
    for run in runs:
        group, session = sessions[run.name]
        config = json.loads((run / "config.json").read_text())
        hparams = group["hparams"]
        assert hparams["optimizer"] == config["training"]["optimizer"]["type"], hparams
        assert hparams["optimizer.learningRate"] == config["training"]["optimizer"]["learningRate"], hparams
        assert (hparams["seed"], hparams["batchSize"]) == (config["seed"], config["training"]["batchSize"]), hparams
        assert session["status"] == "STATUS_SUCCESS", session
        last = {value["name"]["tag"]: value["value"] for value in session["metricValues"]}
        for tag in ("loss/evaluation", "accuracy/evaluation"):
            assert same(last[tag], wanted[run.name][tag][-1][1]), (run, tag, last[tag])
    optimizers = {json.dumps(sessions[run.name][0]["hparams"]["optimizer"]) for run in runs}
    assert len(optimizers) == (2 if unlike else 1), optimizers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("logdir", type=pathlib.Path)
    parser.add_argument("--unlike", action="append", default=[])
    arguments = parser.parse_args()
    runs = sorted(path for path in arguments.logdir.iterdir() if path.is_dir())
    rows = {}
    for run in runs:
        events = EventAccumulator(str(run), STORE_EVERYTHING_SIZE_GUIDANCE).Reload()
        assert events.file_version == 2 and events.GetSourceWriter() == "lockstep"
        found = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
        values = check_scalars(run, found)
        images = check_images(run, events)
        weights, gradients = check_histograms(run, events)
        assert images > 0 and weights > 0 and gradients > 0, (run, images, weights, gradients)
        files = len(list(run.glob("events.out.tfevents.*")))
        print(
            f"{run.name}: {files} files, {values} values, {images} images, {weights} histograms of weights, "
            f"{gradients} norms of gradients"
        )
        if run.name not in arguments.unlike:
            for kind in ("histograms", "images"):
                found |= {tag: [event[1:] for event in items(events, kind, tag)] for tag in events.Tags()[kind]}
            rows[run.name] = {tag: found[tag] for tag in found if tag not in MEASURED}
    first = next(iter(rows.values()))
    for name, other in rows.items():
        assert sorted(other) == sorted(first), f"{name} has tags {sorted(other)}"
        for tag in first:
            assert repr(other[tag]) == repr(first[tag]), f"{name} differs in {tag}"
    for load_fast in ("false", "true"):
        check_server(arguments.logdir, runs, arguments.unlike, load_fast)
    print(f"{len(runs)} runs agree")


def items(events, kind, tag):
    """Tuples that begin with the wall time."""
    found = events.Histograms(tag) if kind == "histograms" else events.Images(tag)
    return [tuple(vars(event).values()) for event in found]


if __name__ == "__main__":
    sys.exit(main())
