"""Evidence: what was measured, on what, by what. It holds no thresholds, because the gate decides."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from common.dataset import Dataset
from common.digest import digest_file, digest_sources
from evaluation.metrics import by_slice, overall
from evaluation.model import Answers, Model

HERE = Path(__file__).resolve().parent
LOCK = HERE.parent / "requirements.txt"
LIBRARIES = ("numpy", "onnxruntime", "scikit-learn")


def evidence(data: Dataset, model: Model, answers: Answers) -> dict[str, Any]:
    """The content of evidence.json, bound to the artefact and the dataset by digest."""
    descriptor = data.descriptor
    expected = np.asarray([row.label for row in data.held_out], dtype=np.int64)
    slices = by_slice(descriptor, data.held_out, answers)
    worst = min(slices, key=lambda part: (part.accuracy, part.name), default=None)
    metrics = overall(expected, answers, model.classes)
    if worst:
        metrics["worstSliceAccuracy"] = worst.accuracy
    return {
        "schemaVersion": 1,
        "kind": "evaluation",
        "model": {
            "name": model.signature["name"],
            "digest": model.digest,
            "trainedOn": {key: model.lineage["dataset"][key] for key in ("name", "version", "digest")},
        },
        "dataset": {
            "name": descriptor.name,
            "version": descriptor.version,
            "digest": descriptor.file.digest,
            "split": "heldOut",
            "rows": len(data.held_out),
        },
        "heldOutIndependent": _independent(data, model),
        "metrics": metrics,
        "slices": [asdict(part) for part in slices],
        "worstSlice": asdict(worst) if worst else None,
        "evaluator": {
            "codeDigest": digest_sources(HERE, HERE.parent / "common"),
            "environmentDigest": digest_file(LOCK),
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in LIBRARIES},
        },
    }


def predictions(data: Dataset, model: Model, answers: Answers) -> list[dict[str, Any]]:
    """Every held-out row with the true class and the offline answer, to compare a server with."""
    names = [feature.name for feature in data.descriptor.features]
    return [
        {
            "input": dict(zip(names, row.values, strict=True)),
            "label": data.descriptor.label.classes[row.label],
            "species": model.classes[int(answers.labels[i])],
            "confidence": float(answers.probabilities[i].max()),
            "probabilities": [float(value) for value in answers.probabilities[i]],
        }
        for i, row in enumerate(data.held_out)
    ]


def _independent(data: Dataset, model: Model) -> bool:
    """Whether training surely did not see the held-out rows: same dataset version, same split rule."""
    trained_on = model.lineage["dataset"]
    same_split = trained_on["split"] == data.descriptor.split.model_dump(by_alias=True)
    return same_split and bool(trained_on["digest"] == data.descriptor.file.digest)
