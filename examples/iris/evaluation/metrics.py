"""The measures of a classifier. Pure functions of labels and probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, log_loss, recall_score

from common.dataset import Descriptor, Row
from evaluation.model import Answers

BINS = 10
"""Bins of the calibration error, of equal width.

See Also:
    Naeini, Cooper, Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning.
"""

DIGITS = 6


@dataclass(frozen=True)
class SliceMetrics:
    """Quality on some of the rows."""

    name: str
    rows: int
    accuracy: float


def expected_calibration_error(expected: NDArray[np.int64], answers: Answers) -> float:
    """Mean distance between confidence and accuracy over bins of confidence, weighted by rows; 0 is perfect."""
    confidence = answers.probabilities.max(axis=1)
    correct = answers.labels == expected
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    distances = [
        abs(float(confidence[bins == b].mean()) - float(correct[bins == b].mean())) * int((bins == b).sum())
        for b in np.unique(bins)
    ]
    return sum(distances) / len(expected)


def overall(expected: NDArray[np.int64], answers: Answers, classes: list[str]) -> dict[str, float]:
    """Measures on all rows, by name."""
    indexes = list(range(len(classes)))
    recalls = recall_score(expected, answers.labels, labels=indexes, average=None, zero_division=0.0)
    values = {
        "accuracy": accuracy_score(expected, answers.labels),
        "macroF1": f1_score(expected, answers.labels, labels=indexes, average="macro", zero_division=0.0),
        "logLoss": log_loss(expected, _normalised(answers.probabilities), labels=indexes),
        "expectedCalibrationError": expected_calibration_error(expected, answers),
        **{f"recall.{name}": recall for name, recall in zip(classes, recalls, strict=True)},
    }
    return {name: round(float(value), DIGITS) for name, value in values.items()}


def _normalised(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """In double precision, so that the sum of a row is 1 to the last bit that `log_loss` looks at."""
    exact = probabilities.astype(np.float64)
    return np.asarray(exact / exact.sum(axis=1, keepdims=True), dtype=np.float64)


def by_slice(descriptor: Descriptor, rows: tuple[Row, ...], answers: Answers) -> list[SliceMetrics]:
    """Accuracy on each declared slice that has rows."""
    names = [feature.name for feature in descriptor.features]
    found = []
    for part in descriptor.slices:
        column = names.index(part.column)
        members = [i for i, row in enumerate(rows) if part.start <= row.values[column] < part.below]
        if members:
            correct = sum(int(answers.labels[i]) == rows[i].label for i in members)
            found.append(SliceMetrics(part.name, len(members), round(correct / len(members), DIGITS)))
    return found
