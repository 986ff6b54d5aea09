"""Golden signals in Prometheus text. Every series carries model, version and dataset version."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from predictor.identity import Identity

COMMON = ("model", "version", "dataset_version")

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency histogram in seconds, for models that answer in milliseconds."""


class Metrics:
    """The server's own registry; nothing global, so that two servers can live in one process."""

    def __init__(self, identity: Identity) -> None:
        self.registry = CollectorRegistry()
        self._labels = {
            "model": identity.model,
            "version": identity.version,
            "dataset_version": identity.lineage["dataset_version"],
        }
        reg = self.registry
        self._requests = Counter(
            "predictor_requests", "Answered inference requests.", (*COMMON, "route", "status"), registry=reg
        )
        self._seconds = Histogram(
            "predictor_request_seconds", "From request to answer.", (*COMMON, "route"), buckets=BUCKETS, registry=reg
        )
        self._in_flight = Gauge("predictor_in_flight", "Inference requests being answered.", COMMON, registry=reg)
        self._errors = Counter(
            "predictor_errors", "Inference requests answered with an error, by code.", (*COMMON, "kind"), registry=reg
        )
        self._records = Counter("predictor_records", "Records that were answered.", COMMON, registry=reg)
        self._labelled = Counter(
            "predictor_answers", "Records answered with this class.", (*COMMON, "label"), registry=reg
        )
        self._ready = Gauge(
            "predictor_ready", "1 while the server takes traffic, 0 while it drains.", COMMON, registry=reg
        )
        Info("predictor_model", "The model that answers, and what it was made from.", registry=reg).info(
            {"model": identity.model, "version": identity.version, "digest": identity.digest, **identity.lineage}
        )
        ProcessCollector(registry=reg)
        self._in_flight.labels(**self._labels).set(0)
        self._records.labels(**self._labels).inc(0)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Counts an answer and its latency. Probes and scrapes are left out: they would dilute rates and quantiles."""
        self._requests.labels(**self._labels, route=route, status=str(status)).inc()
        self._seconds.labels(**self._labels, route=route).observe(seconds)

    def failed(self, kind: str) -> None:
        """Counts an error by its stable code."""
        self._errors.labels(**self._labels, kind=kind).inc()

    def in_flight(self, count: int) -> None:
        """Sets how many inference requests are being answered."""
        self._in_flight.labels(**self._labels).set(count)

    def ready(self, ready: bool) -> None:
        """Sets whether the server takes traffic."""
        self._ready.labels(**self._labels).set(int(ready))

    def predicted(self, records: int, labels: Sequence[str] = ()) -> None:
        """Counts records, and classes where the model has them: their shares are the first sign of drift."""
        self._records.labels(**self._labels).inc(records)
        for label in set(labels):
            self._labelled.labels(**self._labels, label=label).inc(labels.count(label))
