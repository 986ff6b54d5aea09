"""What is built from these folders: locked requirements that agree, and images without invented digests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.jobs import REPOSITORY

LOCKS = {
    "predictor": REPOSITORY / "constructs/inference/predictor/requirements.txt",
    "iris": REPOSITORY / "examples/iris/requirements.txt",
    "tests": REPOSITORY / "test/python/requirements.txt",
}
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+?)(?: ; (.+?))? \\$")
IMAGES = (
    REPOSITORY / "constructs/inference/predictor/Dockerfile",
    REPOSITORY / "examples/iris/training/Dockerfile",
    REPOSITORY / "examples/iris/evaluation/Dockerfile",
)


def pins(lock: Path) -> dict[tuple[str, str], str]:
    """Versions by package and marker."""
    lines = lock.read_text().splitlines()
    return {(found[1], found[3] or ""): found[2] for line in lines if (found := PIN.match(line))}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert len(pins(lock)) > 10
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if PIN.match(line):
            assert following.startswith("    --hash=sha256:"), line
        else:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line), line


@pytest.mark.parametrize("name", ["predictor", "iris"])
def test_the_tests_run_what_is_shipped(name: str) -> None:
    tested = pins(LOCKS["tests"])
    shipped = pins(LOCKS[name])
    versions = {package: set() for package, _ in tested}  # type: dict[str, set[str]]
    for (package, _), version in tested.items():
        versions[package].add(version)
    assert {package: version for (package, _), version in shipped.items() if version not in versions[package]} == {}


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.parent.name)
def test_an_image_is_based_on_what_the_builder_names(image: Path) -> None:
    text = image.read_text()
    assert re.search(r"^ARG BASE_IMAGE$", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE_IMAGE}"}
    assert not re.search(r"sha256:[0-9a-f]{8}", text)
    assert "--require-hashes --only-binary :all:" in text


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.parent.name)
def test_an_image_copies_what_is_there(image: Path) -> None:
    context = image.parent if (image.parent / "requirements.txt").is_file() else image.parent.parent
    admitted = [line[1:] for line in (context / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [line.split()[1] for line in image.read_text().splitlines() if re.match(r"COPY (?!--)", line)]
    assert sources
    for source in sources:
        assert (context / source).exists(), source
        assert source in admitted, source


def test_the_server_does_not_run_as_root() -> None:
    assert re.search(r"^USER 10001:10001$", IMAGES[0].read_text(), re.MULTILINE)


SETTINGS = "test/python/pyproject.toml"
SOURCES = ("examples/iris", "constructs/inference/predictor", "test/python")


@pytest.mark.parametrize(
    "arguments",
    [
        ("ruff", "check", "--no-cache", "--config", SETTINGS, *SOURCES),
        ("ruff", "format", "--check", "--no-cache", "--config", SETTINGS, *SOURCES),
        ("mypy", "--config-file", SETTINGS),
        ("mypy", "--config-file", SETTINGS, "test/python"),
    ],
    ids=["lint", "format", "types", "types of the tests"],
)
def test_the_sources_are_clean(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
