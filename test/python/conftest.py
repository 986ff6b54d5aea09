"""Fixtures: models that were really trained, and a predictor that really listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.jobs import Trained, life
from support.server import environment, started


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The model with default hyperparameters."""
    return life(tmp_path_factory.mktemp("default"), {})


@pytest.fixture(scope="session")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The model that may use the sepals only."""
    return life(tmp_path_factory.mktemp("worse"), {"features": "sepal_length,sepal_width"})


@pytest.fixture(scope="session")
def client(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one predictor that all tests share which do not change it."""
    cache = tmp_path_factory.mktemp("cache")
    with started(environment(trained.archive, trained.digest, cache)) as (_, client):
        yield client


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """An empty MODEL_CACHE."""
    return tmp_path / "cache"
