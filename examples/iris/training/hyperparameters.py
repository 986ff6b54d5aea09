"""What a training job may be asked to vary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.problems import Problem, RefusedInput, refuse

ALL = "all"

RESERVED = "sagemaker_"
"""Prefix of the entries that SageMaker's own SDK adds; they do not concern this code."""


class Hyperparameters(BaseModel):
    """The job's choices. SageMaker passes every value as a string."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    C: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 1.0
    """Inverse strength of the L2 penalty."""

    max_iter: Annotated[int, Field(ge=1, le=100_000)] = 500
    """Iterations of the solver at most."""

    features: Annotated[str, Field(pattern=r"^[a-z_]+(,[a-z_]+)*$")] = ALL
    """Columns that the model may use: `all`, or names with commas between. Fewer columns make a weaker model."""

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 7
    """Seed of the folds in cross-validation."""

    def columns(self, available: list[str]) -> list[int]:
        """Positions of the chosen columns, in the order of the dataset.

        Raises:
            RefusedInput: A name is not a column of the dataset.
        """
        if self.features == ALL:
            return list(range(len(available)))
        chosen = self.features.split(",")
        unknown = [name for name in chosen if name not in available]
        if unknown:
            raise refuse("hyperparameter features", "unknown column", ", ".join([ALL, *available]), ", ".join(unknown))
        return [position for position, name in enumerate(available) if name in chosen]


def parse(given: Mapping[str, Any]) -> Hyperparameters:
    """Checks the hyperparameters of a job.

    Raises:
        RefusedInput: A name is unknown or a value is out of bounds; lists all of it.
    """
    try:
        return Hyperparameters.model_validate({k: v for k, v in given.items() if not k.startswith(RESERVED)})
    except ValidationError as error:
        known = ", ".join(Hyperparameters.model_fields)
        raise RefusedInput(
            [
                Problem(
                    f"hyperparameter {found['loc'][0]}",
                    "unknown name" if found["type"] == "extra_forbidden" else "bad value",
                    known if found["type"] == "extra_forbidden" else found["msg"],
                    repr(found["input"]),
                )
                for found in error.errors()
            ]
        ) from None
