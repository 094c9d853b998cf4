#!/usr/bin/env python3
"""Writes classification-report.json: what scikit-learn prints and computes for a few confusion matrices.

    python3 -m venv /tmp/sklearn && /tmp/sklearn/bin/pip install scikit-learn==1.9.1
    /tmp/sklearn/bin/python Tests/ReportsTests/Goldens/generate.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.metrics import classification_report, precision_recall_fscore_support


def labels(confusion):
    """True and predicted classes that have this confusion matrix."""
    true, predicted = [], []
    for row, counts in enumerate(confusion):
        for column, count in enumerate(counts):
            true += [row] * count
            predicted += [column] * count
    return true, predicted


def case(name, classes, confusion):
    true, predicted = labels(confusion)
    everything = list(range(len(classes)))
    options = dict(labels=everything, zero_division=0)
    precision, recall, f1, support = precision_recall_fscore_support(true, predicted, **options)
    averages = {
        average: precision_recall_fscore_support(true, predicted, average=average, **options)[:3]
        for average in ["macro", "weighted"]
    }
    return {
        "name": name,
        "classes": classes,
        "confusion": confusion,
        "text": classification_report(true, predicted, target_names=classes, digits=4, **options),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "macro": [float(value) for value in averages["macro"]],
        "weighted": [float(value) for value in averages["weighted"]],
    }


def digits(seed, classes, samples, hit):
    """A matrix like that of a classifier that is right with probability `hit`."""
    random = np.random.default_rng(seed)
    confusion = np.zeros((classes, classes), dtype=int)
    for true in random.integers(classes, size=samples):
        right = random.random() < hit
        confusion[true, true if right else random.integers(classes)] += 1
    return confusion.tolist()


cases = [
    case("ten digits", [str(digit) for digit in range(10)], digits(7, 10, 10_000, 0.98)),
    case("perfect", ["cat", "dog"], [[3, 0], [0, 5]]),
    case("never predicted", ["a", "b", "c"], [[5, 1, 0], [2, 4, 0], [1, 1, 0]]),
    case("no samples of a class", ["a", "b", "c"], [[5, 1, 1], [0, 0, 0], [1, 1, 3]]),
    case("unseen class", ["a", "b", "c"], [[5, 0, 1], [0, 0, 0], [1, 0, 3]]),
    case("long names", ["airplane", "a very long name of a class", "größer"], digits(3, 3, 300, 0.6)),
    case("large counts", ["0", "1"], [[1_234_567, 1_201], [998, 2_345_678]]),
    case("many classes", [f"class{index}" for index in range(37)], digits(11, 37, 5_000, 0.4)),
]

path = pathlib.Path(__file__).with_name("classification-report.json")
document = {"generator": "Tests/ReportsTests/Goldens/generate.py", "scikit-learn": sklearn.__version__, "cases": cases}
path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
