"""The configuration is checked whole, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.jobs import Trained
from support.server import environment, refusal

from predictor.settings import BadSettings, from_environment

REQUIRED = {
    "MODEL_NAME": "iris",
    "MODEL_VERSION": "1.0.0",
    "MODEL_URI": "file:///models/model.tar.gz",
    "MODEL_DIGEST": f"sha256:{'0' * 64}",
}


def problems(**environment: str) -> list[str]:
    with pytest.raises(BadSettings) as bad:
        from_environment({**REQUIRED, **environment})
    return [problem.where for problem in bad.value.problems]


def test_defaults() -> None:
    settings = from_environment(REQUIRED)
    assert (settings.host, settings.port, settings.max_body_bytes) == ("0.0.0.0", 8000, 1048576)
    assert (settings.max_batch, settings.threads, settings.drain_seconds, settings.shutdown_seconds) == (1024, 1, 5, 20)
    assert settings.model_cache == "/var/cache/model"


def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as bad:
        from_environment({"PORT": "70000"})
    assert [problem.where for problem in bad.value.problems] == [*REQUIRED, "PORT"]
    assert "PORT: not allowed; allowed: port, 0 to 65535; 0 takes a free one; given: '70000'" in str(bad.value)


def test_an_empty_variable_counts_as_absent() -> None:
    assert from_environment({**REQUIRED, "PORT": "", "DATASET_VERSION": ""}).port == 8000
    assert problems(MODEL_DIGEST="") == ["MODEL_DIGEST"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_NAME", "Iris"),
        ("MODEL_NAME", "iris/../other"),
        ("MODEL_VERSION", "1.0 beta"),
        ("MODEL_URI", "https://example.com/model.tar.gz"),
        ("MODEL_URI", "file://model.tar.gz"),
        ("MODEL_URI", "s3://bucket"),
        ("MODEL_DIGEST", "latest"),
        ("MODEL_DIGEST", f"sha256:{'0' * 63}"),
        ("MODEL_CACHE", "cache"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("MAX_BATCH", "0"),
        ("MAX_BODY_BYTES", "1.5"),
        ("MAX_IN_FLIGHT", "0"),
        ("THREADS", "0"),
        ("THREADS", "257"),
        ("DRAIN_SECONDS", "-1"),
        ("DRAIN_SECONDS", "inf"),
        ("SHUTDOWN_SECONDS", "0"),
        ("LOG_LEVEL", "loud"),
        ("DATASET_VERSION", "1.0.0\r\nx-injected: 1"),
    ],
)
def test_values_out_of_bounds(name: str, value: str) -> None:
    assert problems(**{name: value}) == [name]


def test_the_process_ends_with_78_and_all_problems(trained: Trained, cache: Path) -> None:
    env = environment(trained.archive, "latest", cache, PORT="http", MODEL_NAME="")
    code, event = refusal(env)
    assert code == 78
    assert [problem["where"] for problem in event["problems"]] == ["MODEL_NAME", "MODEL_DIGEST", "PORT"]
