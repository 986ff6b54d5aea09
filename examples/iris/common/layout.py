"""Folders of a SageMaker training or processing container, below one root.

In the cloud the root is `/opt/ml`; a local runner passes another with `--root` or `ML_ROOT` and executes the same code.

See Also:
    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.problems import RefusedInput

DEFAULT_ROOT = "/opt/ml"

FAILURE_LIMIT = 1024
"""Characters of the failure file that SageMaker shows as `FailureReason`."""


@dataclass(frozen=True)
class Layout:
    """Where this container reads and writes."""

    root: Path

    @property
    def hyperparameters(self) -> Path:
        """Hyperparameters of the job; all values are strings."""
        return self.root / "input/config/hyperparameters.json"

    @property
    def training_dataset(self) -> Path:
        """The `dataset` channel of a training job."""
        return self.root / "input/data/dataset"

    @property
    def model(self) -> Path:
        """Folder whose content becomes model.tar.gz."""
        return self.root / "model"

    @property
    def output_data(self) -> Path:
        """Facts about the run that are not part of the model."""
        return self.root / "output/data"

    @property
    def failure(self) -> Path:
        """Reason of a failed job."""
        return self.root / "output/failure"

    @property
    def evaluated_model(self) -> Path:
        """The artefact that a processing job evaluates."""
        return self.root / "processing/input/model/model.tar.gz"

    @property
    def evaluation_dataset(self) -> Path:
        """The dataset that a processing job evaluates with."""
        return self.root / "processing/input/dataset"

    @property
    def evidence(self) -> Path:
        """Folder that a processing job uploads."""
        return self.root / "processing/output"


def run(description: str, job: Callable[[Layout], str], arguments: Sequence[str] | None = None) -> int:
    """Runs a job below the root that the command line or `ML_ROOT` names.

    A refused input ends with code 1 and its problems in `output/failure` and on standard error. A fault of the code
    itself is written to `output/failure` too, and raised.

    Returns:
        The exit code of the process.
    """
    parser = argparse.ArgumentParser(description=description)
    default = os.environ.get("ML_ROOT", DEFAULT_ROOT)
    parser.add_argument("--root", type=Path, default=Path(default), help=f"folder of the job, default {default}")
    # SageMaker starts a training container with the argument `train`.
    parser.add_argument("command", nargs="?", choices=["train"], default="train", help=argparse.SUPPRESS)
    layout = Layout(parser.parse_args(arguments).root)
    try:
        print(job(layout), flush=True)
        return 0
    except Exception as error:
        layout.failure.parent.mkdir(parents=True, exist_ok=True)
        layout.failure.write_text(f"{type(error).__name__}: {error}"[:FAILURE_LIMIT], encoding="utf-8")
        if not isinstance(error, RefusedInput):
            raise
        parser.exit(1, f"refused:\n{error}\n")
