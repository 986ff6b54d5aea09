"""From JSON values to tensors. Everything that the signature promises to the model is checked here, nowhere else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from predictor.engine import NUMPY_TYPES, Array
from predictor.problems import Findings
from predictor.signature import FieldSpec, TensorSpec

DEEPEST = 8
"""Levels of nested lists at most, the same as the dimensions of a signature."""


def number(findings: Findings, where: str, spec: FieldSpec, value: object) -> float:
    """A number within the bounds of a field. Text and truth values are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        findings.add(where, "not a number", spec.allowed(), value)
    elif not _finite(value):
        findings.add(where, "not a finite number", spec.allowed(), value)
    elif not spec.contains(value):
        findings.add(where, "out of bounds", spec.allowed(), value)
    else:
        return float(value)
    return math.nan


def record(findings: Findings, where: str, spec: TensorSpec, value: object) -> list[float]:
    """One record by field names, as a row of the tensor in the order of its fields."""
    fields = spec.fields or []
    names = [column.name for column in fields]
    if not isinstance(value, dict):
        findings.add(where or "body", "not a record", f"an object with {', '.join(names)}", value)
        return []
    prefix = f"{where}." if where else ""
    for name in value:
        if name not in names:
            findings.add(f"{prefix}{name}", "unknown field", ", ".join(names), value[name])
    row = []
    for column in fields:
        place = f"{prefix}{column.name}"
        if column.name in value:
            row.append(_fits(findings, place, spec, number(findings, place, column, value[column.name])))
        else:
            findings.add(place, "missing", column.allowed(), None)
    return row


def tensor(findings: Findings, where: str, spec: TensorSpec, shape: list[int], data: list[Any]) -> Array | None:
    """A tensor of the Open Inference Protocol: `data` is flat in row-major order, or nested as `shape` says."""
    size = math.prod(shape)
    values = _flat(data, shape)
    if values is None or len(values) != size:
        given = "lists of other sizes" if values is None else f"{len(values)} values"
        findings.add(f"{where}.data", "does not fill the shape", f"{size} values, flat or nested as {shape}", given)
        return None
    before = findings.total
    check = _column if spec.fields else _element
    checked = [check(findings, where, spec, index, value) for index, value in enumerate(values)]
    if findings.total > before:
        return None
    return np.asarray(checked, dtype=NUMPY_TYPES[spec.datatype]).reshape(shape)


def _flat(data: list[Any], shape: Sequence[int]) -> list[Any] | None:
    if not any(isinstance(item, list) for item in data):
        return data
    values: list[Any] = data
    for size in shape[1:DEEPEST]:
        if not all(isinstance(item, list) and len(item) == size for item in values):
            return None
        values = [inner for item in values for inner in item]
    return values


def _column(findings: Findings, where: str, spec: TensorSpec, index: int, value: object) -> object:
    fields = spec.fields or []
    column = fields[index % len(fields)]
    place = f"{where}.data[{index // len(fields)}].{column.name}"
    return _fits(findings, place, spec, number(findings, place, column, value))


def _element(findings: Findings, where: str, spec: TensorSpec, index: int, value: object) -> object:
    place = f"{where}.data[{index}]"
    if spec.datatype in ("BOOL", "BYTES"):
        kind, allowed = (bool, "true or false") if spec.datatype == "BOOL" else (str, "text")
        if not isinstance(value, kind):
            findings.add(place, f"not {spec.datatype}", allowed, value)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        findings.add(place, "not a finite number", f"a number of type {spec.datatype}", value)
        return 0
    return _fits(findings, place, spec, value)


def _fits(findings: Findings, place: str, spec: TensorSpec, value: int | float) -> int | float:
    kind = np.dtype(NUMPY_TYPES[spec.datatype])
    if kind.kind == "f":
        if abs(value) > float(np.finfo(kind).max):
            findings.add(place, "too large", f"at most {float(np.finfo(kind).max):g} ({spec.datatype})", value)
            return 0
        return value
    bounds = np.iinfo(kind)
    if math.isnan(value):
        return 0
    if int(value) != value or not bounds.min <= value <= bounds.max:
        findings.add(place, f"not {spec.datatype}", f"a whole number from {bounds.min} to {bounds.max}", value)
        return 0
    return int(value)


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
