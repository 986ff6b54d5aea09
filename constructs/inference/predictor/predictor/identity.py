"""Which model answers. Every answer carries it, so that any answer can be traced back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from predictor.settings import Settings


@dataclass(frozen=True)
class Identity:
    """Name, version and digest of the model, and the versions of what it was made from."""

    model: str
    version: str
    digest: str
    lineage: dict[str, str]

    @cached_property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Headers of every answer; a lineage label that is not set has none."""
        given = {"model": self.model, "model-version": self.version, "model-digest": self.digest}
        given |= {name.replace("_", "-"): value for name, value in self.lineage.items() if value}
        return [(f"x-{name}".encode(), value.encode()) for name, value in given.items()]

    @cached_property
    def body(self) -> dict[str, str]:
        """Part of every prediction's body."""
        return {"model": self.model, "version": self.version, "digest": self.digest}

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Part of every Open Inference Protocol answer, which has no place for a digest of its own."""
        return {"digest": self.digest} | {name: value for name, value in self.lineage.items() if value}


def identity_of(settings: Settings) -> Identity:
    """The identity that the configuration gives this server."""
    return Identity(
        model=settings.model_name,
        version=settings.model_version,
        digest=settings.model_digest,
        lineage={
            "dataset_name": settings.dataset_name,
            "dataset_version": settings.dataset_version,
            "dataset_digest": settings.dataset_digest,
            "prompt_version": settings.prompt_version,
            "policy_version": settings.policy_version,
            "release": settings.release,
        },
    )
