"""The ONNX graph, opened once and tried out before the server says that it is ready."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from predictor.signature import Datatype, Signature, TensorSpec

Array = NDArray[Any]

NUMPY_TYPES: Mapping[Datatype, Any] = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": np.object_,
}


class BadModel(Exception):
    """The weights are not those of the signature, or do not compute what it promises."""


class ModelFault(Exception):
    """The model failed on an input that passed every check."""


@dataclass(frozen=True)
class Engine:
    """A model that computes as its signature says."""

    session: onnxruntime.InferenceSession
    signature: Signature

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Outputs by name.

        Raises:
            ModelFault: The graph failed, or an output is not finite.
        """
        names = [spec.name for spec in self.signature.outputs]
        try:
            values = [np.asarray(value) for value in self.session.run(names, dict(feeds))]
        except Exception as error:  # onnxruntime's classes have no common base that is exported
            raise ModelFault(f"the model failed: {error}") from error
        for name, value in zip(names, values, strict=True):
            if value.dtype.kind == "f" and not np.isfinite(value).all():
                raise ModelFault(f"the model answered a number that is not finite in {name}")
        return dict(zip(names, values, strict=True))


def open_engine(folder: Path, signature: Signature) -> Engine:
    """Opens the weights in an unpacked artefact and computes one record as a trial.

    Raises:
        BadModel: The weights are missing, changed, no ONNX graph, or do not fit the signature.
    """
    path = folder / signature.file.path
    if not path.is_file():
        raise BadModel(f"{signature.file.path} is missing in the artefact")
    weights = path.read_bytes()
    found = f"sha256:{hashlib.sha256(weights).hexdigest()}"
    if found != signature.file.digest:
        raise BadModel(f"{path.name} is not what signature.json names: expected {signature.file.digest}, found {found}")
    options = onnxruntime.SessionOptions()
    # One thread a request: requests run beside each other instead (THREADS), which keeps latency predictable.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's classes have no common base that is exported
        raise BadModel(f"{path.name} cannot be opened: {error}") from error
    engine = Engine(session, signature)
    _try_out(engine)
    return engine


def _try_out(engine: Engine) -> None:
    spec = engine.signature
    for side, declared, actual in (
        ("inputs", spec.inputs, engine.session.get_inputs()),
        ("outputs", spec.outputs, engine.session.get_outputs()),
    ):
        missing = sorted({item.name for item in declared} ^ {item.name for item in actual})
        if missing:
            raise BadModel(f"signature and graph differ in their {side}: {', '.join(missing)}")
    try:
        outputs = engine.run({item.name: _example(item) for item in spec.inputs})
    except ModelFault as fault:
        raise BadModel(f"the trial record failed: {fault}") from fault
    for item in spec.outputs:
        _check_output(item, outputs[item.name])
    label = spec.predict.label if spec.predict else None
    if label and label.classes:
        _check_classes(spec, len(label.classes))


def _check_output(item: TensorSpec, value: Array) -> None:
    expected = np.dtype(NUMPY_TYPES[item.datatype])
    if value.dtype != expected and not (expected.kind == "O" and value.dtype.kind in "OU"):
        raise BadModel(f"output {item.name} is declared as {item.datatype}, the graph gives {value.dtype}")
    if list(value.shape) != [1, *item.shape[1:]]:
        raise BadModel(
            f"output {item.name} is declared as {item.shape}, the graph gives {list(value.shape)} for one record"
        )


def _check_classes(spec: Signature, classes: int) -> None:
    confidence = spec.predict.confidence if spec.predict else None
    for item in spec.outputs:
        if confidence and item.name == confidence.output and item.shape[1] != classes:
            raise BadModel(f"{classes} classes, but {item.name} has {item.shape[1]} columns")


def _example(item: TensorSpec) -> Array:
    shape = (1, *item.shape[1:])
    if item.datatype == "BYTES":
        return np.full(shape, "", dtype=np.object_)
    if item.fields is None:
        return np.zeros(shape, dtype=NUMPY_TYPES[item.datatype])
    return np.asarray([[_middle(f.minimum, f.maximum) for f in item.fields]], dtype=NUMPY_TYPES[item.datatype])


def _middle(low: float | None, high: float | None) -> float:
    known = [bound for bound in (low, high) if bound is not None]
    return sum(known) / len(known) if known else 0.0
