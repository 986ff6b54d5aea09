"""Runs the training and evaluation containers' own code in a folder of a test."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import layout
from common.layout import Layout

REPOSITORY = Path(__file__).resolve().parents[3]
IRIS = REPOSITORY / "examples" / "iris"

KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
"""Variables of the tests' own environment that a job sees."""


def run(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs `python -m MODULE` with the example on the path."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(IRIS), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def run_here(job: Callable[[Layout], str], root: Path) -> subprocess.CompletedProcess[str]:
    """Runs a job's entry point in this process, which spares the seconds in which the libraries load."""
    out, errors = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = layout.run("A job of a test.", job, ["--root", str(root)])
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess([], code, out.getvalue(), errors.getvalue())


def put_dataset(folder: Path) -> None:
    """Copies the dataset version into a channel."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(IRIS / "dataset.json", folder)
    shutil.copy(IRIS / "data" / "iris.csv", folder)


def read(path: Path) -> Any:
    """Content of a JSON file."""
    return json.loads(path.read_text())


@dataclass(frozen=True)
class Trained:
    """A model that went through training, packing and evaluation."""

    root: Path
    archive: Path
    digest: str

    @property
    def evidence(self) -> Any:
        """What the evaluation measured."""
        return read(self.root / "processing/output/evidence.json")

    @property
    def predictions(self) -> list[dict[str, Any]]:
        """The offline answer to every held-out row."""
        rows: list[dict[str, Any]] = read(self.root / "processing/output/predictions.json")
        return rows


def prepare(root: Path, hyperparameters: Mapping[str, str]) -> None:
    """Writes what a training job reads."""
    put_dataset(root / "input/data/dataset")
    (root / "input/config").mkdir(parents=True, exist_ok=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(hyperparameters))


def train(
    root: Path, hyperparameters: Mapping[str, str], env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Prepares a training job and runs it; answers the finished process."""
    prepare(root, hyperparameters)
    return run("training", "--root", str(root), env=env)


def life(root: Path, hyperparameters: Mapping[str, str]) -> Trained:
    """Trains, packs and evaluates, each by its own command."""
    trained = train(root, hyperparameters)
    assert trained.returncode == 0, trained.stderr
    archive = root / "processing/input/model/model.tar.gz"
    packed = run("common.package", str(root / "model"), str(archive))
    assert packed.returncode == 0, packed.stderr
    put_dataset(root / "processing/input/dataset")
    evaluated = run("evaluation", "--root", str(root))
    assert evaluated.returncode == 0, evaluated.stderr
    return Trained(root, archive, packed.stdout.strip())
