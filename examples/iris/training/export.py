"""The model as data: an ONNX graph and the signature that a server serves it by. Never a pickle."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import ModelProto
from skl2onnx import to_onnx
from sklearn.pipeline import Pipeline

from common.dataset import Descriptor
from common.digest import digest_bytes

OPSET = 18
"""Version of the ONNX operators; onnxruntime 1.14 and newer run it."""

MODEL_FILE = "model.onnx"


def to_onnx_bytes(pipeline: Pipeline, columns: int) -> bytes:
    """The pipeline as ONNX: input `X`, outputs `label` (index of the class) and `probabilities`."""
    example = np.zeros((1, columns), dtype=np.float32)
    graph = to_onnx(pipeline, example, options={"zipmap": False}, target_opset=OPSET)
    return canonical_bytes(graph)


def canonical_bytes(graph: ModelProto) -> bytes:
    """The graph in one of its possible spellings: the converter lists operator sets in no fixed order."""
    operator_sets = sorted(graph.opset_import, key=lambda entry: entry.domain)
    del graph.opset_import[:]
    graph.opset_import.extend(operator_sets)
    return bytes(graph.SerializeToString(deterministic=True))


def signature(descriptor: Descriptor, model: bytes) -> dict[str, Any]:
    """Inputs and outputs in the words of the Open Inference Protocol, plus the team's own JSON path.

    A shape of -1 is the number of records in a request. Bounds are those of the dataset: what was never seen in
    training is refused, not answered.
    """
    classes = descriptor.label.classes
    fields = [feature.model_dump(by_alias=True) for feature in descriptor.features]
    return {
        "schemaVersion": 1,
        "name": descriptor.name,
        "task": "classification",
        "file": {"path": MODEL_FILE, "digest": digest_bytes(model)},
        "inputs": [{"name": "X", "datatype": "FP32", "shape": [-1, len(fields)], "fields": fields}],
        "outputs": [
            {"name": "label", "datatype": "INT64", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, len(classes)]},
        ],
        "predict": {
            "path": "/predict",
            "label": {"output": "label", "field": descriptor.label.name, "classes": classes},
            "confidence": {"output": "probabilities", "field": "confidence"},
        },
    }
