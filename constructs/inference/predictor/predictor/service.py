"""One loaded model and what is known about its traffic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread

from predictor.artifact import ArtifactRefused, provide
from predictor.engine import Array, Engine, open_engine
from predictor.identity import Identity, identity_of
from predictor.metrics import Metrics
from predictor.settings import Settings
from predictor.signature import Signature, read_signature


@dataclass
class Service:
    """What the routes share."""

    settings: Settings
    identity: Identity
    engine: Engine
    metrics: Metrics
    in_flight: int = 0
    draining: bool = False
    _limiter: CapacityLimiter | None = field(default=None, repr=False)

    @property
    def signature(self) -> Signature:
        """What the model takes and gives."""
        return self.engine.signature

    def drain(self) -> None:
        """Asks for no more traffic: readiness answers 503, and answers close their connection."""
        self.draining = True
        self.metrics.ready(False)

    async def compute(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Runs the model beside the event loop, so that a long computation does not hold up the probes."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.settings.threads)
        return await to_thread.run_sync(self.engine.run, feeds, limiter=self._limiter)


def load(settings: Settings) -> Service:
    """Fetches, verifies and opens the model.

    Raises:
        ArtifactRefused: The artefact is not the released one, or was released under another name.
        BadSignature: Its signature is missing or wrong.
        BadModel: Its weights do not do what the signature says.
    """
    folder = provide(settings)
    signature = read_signature(folder / "signature.json")
    if signature.name != settings.model_name:
        raise ArtifactRefused(f"MODEL_NAME is {settings.model_name}, but the artefact is the model {signature.name}")
    identity = identity_of(settings)
    metrics = Metrics(identity)
    metrics.ready(True)
    return Service(settings, identity, open_engine(folder, signature), metrics)
