"""A versioned dataset: its descriptor, the checks before any use, and the split into training and held-out rows."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from common.digest import digest_bytes
from common.files import read_json
from common.problems import Problem, RefusedInput, refuse

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Count = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    """Unknown keys are refused; keys are camelCase in JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=False)


class DataFile(Strict):
    """The one data file of a version."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+\.csv$")]
    digest: Digest
    rows: Count


class Feature(Strict):
    """A numeric column and the values that make sense for it, both ends included, in `unit`."""

    name: Name
    unit: str
    minimum: float
    maximum: float
    description: str


class Label(Strict):
    """The column to predict. The order of the classes is the order of the model's probabilities."""

    name: Name
    classes: Annotated[list[Name], Field(min_length=2)]


class SplitRule(Strict):
    """Within each class, rows in order of the SHA-256 of `salt:row`: the first are for training, others held out."""

    rule: Literal["hash-per-class"]
    salt: str
    training_per_class: Count
    held_out_per_class: Count


class Slice(Strict):
    """Rows with `from <= column < below`; an absent end is open."""

    name: Name
    column: Name
    start: Annotated[float, Field(alias="from")] = -math.inf
    below: float = math.inf


class Descriptor(Strict):
    """dataset.json: what this version of the dataset is, who owns it, and what every row must satisfy."""

    schema_version: Literal[1]
    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    description: str
    owner: str
    licence: str
    file: DataFile
    features: Annotated[list[Feature], Field(min_length=1)]
    label: Label
    split: SplitRule
    slices: list[Slice] = []

    @property
    def columns(self) -> list[str]:
        """Header of the data file."""
        return [*(feature.name for feature in self.features), self.label.name]


@dataclass(frozen=True)
class Row:
    """One flower: feature values in the order of the descriptor, and the index of its class."""

    values: tuple[float, ...]
    label: int


@dataclass(frozen=True)
class Dataset:
    """A dataset version that passed every check."""

    descriptor: Descriptor
    training: tuple[Row, ...]
    held_out: tuple[Row, ...]


def load(folder: Path) -> Dataset:
    """Reads `dataset.json` and its data file, checks every assumption, and splits.

    Raises:
        RefusedInput: The descriptor, the digest, the header, a value, or a count is not as declared; lists all of it.
    """
    descriptor = _descriptor(folder / "dataset.json")
    path = folder / descriptor.file.path
    if not path.is_file():
        raise refuse(path.name, "data file is missing", f"{path.name} beside dataset.json", "none")
    content = path.read_bytes()
    problems: list[Problem] = []
    digest = digest_bytes(content)
    if digest != descriptor.file.digest:
        problems.append(Problem(path.name, "content changed", descriptor.file.digest, digest))
    rows = _rows(descriptor, content, problems)
    if not problems:
        _check_counts(descriptor, rows, problems)
    if problems:
        raise RefusedInput(problems)
    return _split(descriptor, rows)


def _descriptor(path: Path) -> Descriptor:
    try:
        return Descriptor.model_validate(read_json(path))
    except ValidationError as error:
        raise RefusedInput(
            [
                Problem(
                    f"{path.name}: {'.'.join(str(part) for part in found['loc'])}",
                    "not as the schema says",
                    found["msg"],
                    repr(found["input"])[:80],
                )
                for found in error.errors()
            ]
        ) from None


def _rows(descriptor: Descriptor, content: bytes, problems: list[Problem]) -> list[Row]:
    name = descriptor.file.path
    reader = csv.reader(io.StringIO(content.decode("utf-8", errors="replace")))
    header = next(reader, [])
    if header != descriptor.columns:
        problems.append(Problem(f"{name}: line 1", "wrong header", ",".join(descriptor.columns), ",".join(header)))
        return []
    return [
        row
        for line, cells in enumerate(reader, start=2)
        if (row := _row(descriptor, f"{name}: line {line}", cells, problems)) is not None
    ]


def _row(descriptor: Descriptor, where: str, cells: list[str], problems: list[Problem]) -> Row | None:
    if len(cells) != len(descriptor.columns):
        problems.append(Problem(where, "wrong number of cells", str(len(descriptor.columns)), str(len(cells))))
        return None
    before = len(problems)
    values = tuple(
        _value(feature, f"{where}, {feature.name}", cell, problems)
        for feature, cell in zip(descriptor.features, cells, strict=False)
    )
    label = cells[-1]
    if label not in descriptor.label.classes:
        allowed = ", ".join(descriptor.label.classes)
        problems.append(Problem(f"{where}, {descriptor.label.name}", "unknown class", allowed, repr(label)))
    return Row(values, descriptor.label.classes.index(label)) if len(problems) == before else None


def _value(feature: Feature, where: str, cell: str, problems: list[Problem]) -> float:
    allowed = f"a number from {feature.minimum:g} to {feature.maximum:g} {feature.unit}"
    try:
        value = float(cell)
    except ValueError:
        problems.append(Problem(where, "missing value" if cell == "" else "not a number", allowed, repr(cell)))
        return math.nan
    if not feature.minimum <= value <= feature.maximum:
        problems.append(Problem(where, "out of bounds", allowed, cell))
    return value


def _check_counts(descriptor: Descriptor, rows: list[Row], problems: list[Problem]) -> None:
    name = descriptor.file.path
    if len(rows) != descriptor.file.rows:
        problems.append(Problem(name, "wrong number of rows", str(descriptor.file.rows), str(len(rows))))
    expected = descriptor.split.training_per_class + descriptor.split.held_out_per_class
    counts = Counter(row.label for row in rows)
    for index, class_name in enumerate(descriptor.label.classes):
        if counts[index] != expected:
            where = f"{name}: class {class_name}"
            problems.append(Problem(where, "wrong number of rows", str(expected), str(counts[index])))


def _split(descriptor: Descriptor, rows: list[Row]) -> Dataset:
    training: list[Row] = []
    held_out: list[Row] = []
    for label in range(len(descriptor.label.classes)):
        ordered = sorted((row for row in rows if row.label == label), key=lambda row: _order(descriptor, row))
        training += ordered[: descriptor.split.training_per_class]
        held_out += ordered[descriptor.split.training_per_class :]
    leaked = {row.values for row in training} & {row.values for row in held_out}
    if leaked:
        allowed = "another split.salt, so that equal rows fall on one side"
        raise refuse("dataset.json: split", "equal rows on both sides of the split", allowed, sorted(leaked)[0])
    return Dataset(descriptor, tuple(training), tuple(held_out))


def _order(descriptor: Descriptor, row: Row) -> str:
    cells = [f"{value:g}" for value in row.values] + [descriptor.label.classes[row.label]]
    return hashlib.sha256(f"{descriptor.split.salt}:{','.join(cells)}".encode()).hexdigest()
