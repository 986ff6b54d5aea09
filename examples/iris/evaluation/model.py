"""The packed model, opened for measuring."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from common.digest import digest_bytes, digest_file
from common.package import unpack
from common.problems import refuse


@dataclass(frozen=True)
class Answers:
    """For each row the index of the predicted class, and the probability of every class."""

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """A model.tar.gz whose parts agree with each other."""

    digest: str
    signature: dict[str, Any]
    lineage: dict[str, Any]
    session: onnxruntime.InferenceSession

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in the order of the probabilities."""
        return list(self.signature["predict"]["label"]["classes"])

    def answer(self, features: NDArray[np.float32]) -> Answers:
        """Runs the graph on each row of features.

        One row at a time, as a server is asked: the last bit of a probability depends on the rows beside it.
        """
        answers = [self.session.run(["label", "probabilities"], {"X": row[np.newaxis, :]}) for row in features]
        labels, probabilities = (np.concatenate(parts) for parts in zip(*answers, strict=True))
        return Answers(labels.astype(np.int64), probabilities.astype(np.float32))


def open_model(path: Path) -> Model:
    """Reads an artefact and compares the weights with the digest in its signature.

    Raises:
        RefusedInput: The artefact is missing, incomplete, or its parts do not belong together.
    """
    files = unpack(path)
    for name in ("signature.json", "lineage.json"):
        if name not in files:
            allowed = "signature.json, lineage.json and the weights"
            raise refuse(path.name, f"{name} is missing", allowed, ", ".join(sorted(files)))
    signature = json.loads(files["signature.json"])
    declared = signature["file"]
    weights = files.get(declared["path"], b"")
    if digest_bytes(weights) != declared["digest"]:
        raise refuse(f"{path.name}: {declared['path']}", "weights changed", declared["digest"], digest_bytes(weights))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    return Model(digest_file(path), signature, json.loads(files["lineage.json"]), session)
