"""A predictor as a real process on the loopback address."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from support.jobs import KEPT, REPOSITORY

PATIENCE_SECONDS = 60
"""Until a test gives up on a process that says nothing. No test asserts how long anything takes."""


def environment(archive: Path, digest: str, cache: Path, **overrides: str) -> dict[str, str]:
    """The environment of a predictor of the iris model; an override with an empty value removes a variable."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    values = {
        **kept,
        "PYTHONPATH": str(REPOSITORY / "constructs" / "inference" / "predictor"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MODEL_NAME": "iris",
        "MODEL_VERSION": "1.0.0",
        "MODEL_URI": archive.resolve().as_uri(),
        "MODEL_DIGEST": digest,
        "MODEL_CACHE": str(cache),
        "DATASET_NAME": "iris",
        "DATASET_VERSION": "1.0.0",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DRAIN_SECONDS": "0",
        **overrides,
    }
    return {name: value for name, value in values.items() if value != ""}


class Server:
    """A running predictor and the events that it logged."""

    def __init__(self, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "predictor"]
        self.process = subprocess.Popen(
            command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.events: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    def _follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, event: str) -> dict[str, Any]:
        """The next event of this name."""
        while True:
            line = self._lines.get(timeout=PATIENCE_SECONDS)
            if line is None:
                raise AssertionError(f"the server ended before {event!r}: {self.events} {self._errors()}")
            found: dict[str, Any] = json.loads(line)
            self.events.append(found)
            if found["event"] == event:
                return found

    def _errors(self) -> str:
        return self.process.stderr.read() if self.process.stderr else ""

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Sends a signal."""
        self.process.send_signal(number)

    def exit_code(self) -> int:
        """Waits for the end."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Ends the process where a test left it running, and closes its streams."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._follower.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def rest(self) -> list[dict[str, Any]]:
        """Every event until the end of the process."""
        while (line := self._lines.get(timeout=PATIENCE_SECONDS)) is not None:
            self.events.append(json.loads(line))
        return self.events


@contextmanager
def started(env: Mapping[str, str]) -> Iterator[tuple[Server, httpx.Client]]:
    """A predictor that listens, and a client of it. It is stopped at the end."""
    server = Server(env)
    try:
        port = server.wait_for("listening")["port"]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
            yield server, client
    finally:
        server.close()


def refusal(env: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Exit code and last event of a predictor that does not start."""
    server = Server(env)
    try:
        code = server.exit_code()
        return code, server.rest()[-1]
    finally:
        server.close()
