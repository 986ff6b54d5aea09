"""What a model takes and gives: `signature.json` inside the artefact, the only thing the server knows about it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

Datatype = Literal[
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES"
]
"""Tensor element types of the Open Inference Protocol.

See Also:
    https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
"""

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$")]
Dimension = Annotated[int, Field(ge=-1, le=2**31)]

RESERVED_PATHS = ("/v2", "/metrics", "/openapi.json")


class Strict(BaseModel):
    """Unknown keys are refused; keys are camelCase in JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class FieldSpec(Strict):
    """One column of an input, with the values it may take, both ends included."""

    name: Name
    unit: str = ""
    minimum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    maximum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    description: str = ""

    def allowed(self) -> str:
        """The bounds in words."""
        match self.minimum, self.maximum:
            case None, None:
                text = "a finite number"
            case low, None:
                text = f"a number of at least {low:g}"
            case None, high:
                text = f"a number of at most {high:g}"
            case low, high:
                text = f"a number from {low:g} to {high:g}"
        return f"{text} {self.unit}".rstrip()

    def contains(self, value: float) -> bool:
        """Whether the bounds hold. A value that is not a number is never inside."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        return low <= value <= high


class TensorSpec(Strict):
    """An input or output. The first dimension is -1, the number of records; `fields` name the columns of a matrix."""

    name: Name
    datatype: Datatype
    shape: Annotated[list[Dimension], Field(min_length=1, max_length=8)]
    fields: Annotated[list[FieldSpec], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fields_fit_shape(self) -> Self:
        if self.shape[0] != -1 or any(size < 1 for size in self.shape[1:]):
            raise ValueError(f"shape of {self.name} must be -1 and then sizes of at least 1, got {self.shape}")
        if self.fields is not None and self.shape != [-1, len(self.fields)]:
            raise ValueError(f"{self.name} has {len(self.fields)} fields, so its shape is [-1, {len(self.fields)}]")
        return self


class LabelSpec(Strict):
    """The answer of a record: a class by its index, or the output's number itself where there are no classes."""

    output: Name
    field: Name
    classes: Annotated[list[str], Field(min_length=2)] | None = None


class ConfidenceSpec(Strict):
    """The largest value of a record in a matrix of probabilities."""

    output: Name
    field: Name


class PredictSpec(Strict):
    """The model's own JSON path: one record or `instances`, by field names."""

    path: Annotated[str, Field(pattern=r"^(/[a-z0-9_-]+)+$")]
    label: LabelSpec
    confidence: ConfidenceSpec | None = None


class ModelFile(Strict):
    """The weights in the artefact."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.onnx$")]
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Signature(Strict):
    """signature.json."""

    schema_version: Literal[1]
    name: Name
    task: str
    file: ModelFile
    inputs: Annotated[list[TensorSpec], Field(min_length=1)]
    outputs: Annotated[list[TensorSpec], Field(min_length=1)]
    predict: PredictSpec | None = None

    @property
    def record(self) -> TensorSpec:
        """The input that the model's own path fills."""
        return self.inputs[0]

    @model_validator(mode="after")
    def _predict_fits(self) -> Self:
        if self.predict is None:
            return self
        if len(self.inputs) != 1 or self.record.fields is None or not self.record.datatype.startswith("FP"):
            raise ValueError("predict needs exactly one input, with fields and a floating point datatype")
        if any(self.predict.path == path or self.predict.path.startswith(f"{path}/") for path in RESERVED_PATHS):
            raise ValueError(f"predict.path must not be below {', '.join(RESERVED_PATHS)}")
        self._check_outputs(self.predict)
        return self

    def _check_outputs(self, predict: PredictSpec) -> None:
        known = {spec.name: spec for spec in self.outputs}
        for used in (predict.label.output, predict.confidence.output if predict.confidence else predict.label.output):
            if used not in known:
                raise ValueError(f"predict uses the output {used}, which the model does not have")
        label = known[predict.label.output]
        if predict.label.classes and not label.datatype.startswith(("INT", "UINT")):
            raise ValueError(f"classes are chosen by index, so {label.name} must be an integer tensor")
        if predict.confidence and len(known[predict.confidence.output].shape) != 2:
            raise ValueError(f"confidence needs a matrix of probabilities, {predict.confidence.output} is none")


class BadSignature(Exception):
    """signature.json is missing or not as the schema says."""


def read_signature(path: Path) -> Signature:
    """Reads and checks signature.json.

    Raises:
        BadSignature: With every problem.
    """
    try:
        return Signature.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BadSignature(f"{path.name} is missing in the artefact") from None
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}" for found in error.errors()]
        raise BadSignature(f"{path.name}: {'; '.join(lines)}") from None
