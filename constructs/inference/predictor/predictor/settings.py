"""The server's configuration: environment variables and nothing else, all checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from predictor.problems import Problem, shown

Label = Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9:._/@+-]*$")]
"""A lineage label. It becomes a header and a metric label, so no blanks and no control characters."""


class Settings(BaseModel):
    """One field an environment variable, whose name is the field's in upper case."""

    model_config = ConfigDict(frozen=True)

    model_name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] = Field(
        description="name of the model: lower-case letters, digits and hyphens, 1 to 63 characters"
    )
    model_version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]{0,62}$")] = Field(
        description="version of the model, for example 1.2.0"
    )
    model_uri: Annotated[str, Field(pattern=r"^(file:///.+|s3://[a-z0-9.-]{3,63}/.+)$")] = Field(
        description="address of model.tar.gz: file:///absolute/path or s3://bucket/key"
    )
    model_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] = Field(
        description="digest of model.tar.gz: sha256: and 64 hexadecimal digits"
    )
    model_cache: Annotated[str, Field(pattern=r"^/.*$")] = Field(
        "/var/cache/model", description="writable folder for the artefact, an absolute path"
    )
    max_model_bytes: Annotated[int, Field(ge=1, le=2**40)] = Field(
        2 * 2**30, description="largest artefact in bytes, packed and unpacked, 1 to 1099511627776"
    )
    dataset_name: Label = Field("", description="name of the dataset that the model was trained on")
    dataset_version: Label = Field("", description="version of the dataset that the model was trained on")
    dataset_digest: Label = Field("", description="digest of the dataset that the model was trained on")
    prompt_version: Label = Field("", description="version of the prompt, for models that have one")
    policy_version: Label = Field("", description="version of the policy that let the model through")
    release: Label = Field("", description="id of the release that put the model here")
    host: Annotated[str, Field(min_length=1, max_length=253)] = Field("0.0.0.0", description="address to listen on")  # noqa: S104
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="port, 0 to 65535; 0 takes a free one")
    max_body_bytes: Annotated[int, Field(ge=1, le=2**30)] = Field(
        2**20, description="largest request body in bytes, 1 to 1073741824"
    )
    max_batch: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1024, description="records in one request at most, 1 to 1000000"
    )
    max_in_flight: Annotated[int, Field(ge=1, le=100_000)] = Field(
        256, description="inference requests at a time at most, 1 to 100000; more are answered 503 with Retry-After"
    )
    threads: Annotated[int, Field(ge=1, le=256)] = Field(
        1, description="requests computed at a time, 1 to 256, one core each"
    )
    drain_seconds: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = Field(
        5, description="seconds from SIGTERM, not ready but still answering, 0 to 3600"
    )
    shutdown_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        20, description="seconds that requests in flight get to finish after the drain, 1 to 3600"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="one of debug, info, warning, error"
    )


class BadSettings(Exception):
    """The environment is not a valid configuration; lists every problem."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Reads the configuration.

    An empty variable counts as absent, because charts often write one where nothing is meant.

    Raises:
        BadSettings: Something required is missing or a value is not allowed.
    """
    names = {name.upper(): name for name in Settings.model_fields}
    given = {names[key]: value for key, value in environment.items() if key in names and value != ""}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise BadSettings([_problem(str(found["loc"][0]), found["type"], given) for found in error.errors()]) from None


def _problem(name: str, kind: str, given: Mapping[str, str]) -> Problem:
    field: FieldInfo = Settings.model_fields[name]
    what = "missing" if kind == "missing" else "not allowed"
    value = shown(given[name]) if name in given else "nothing"
    return Problem(name.upper(), what, field.description or "", value)
