"""What the training job tells a tracking server, by MLflow's REST interface."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.artifacts import sha256
from support.jobs import Trained, read, train

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


class TrackingServer(http.server.ThreadingHTTPServer):
    """Takes one run, and remembers it. The real server is a part of `npm run local`."""

    def __init__(self, fails_at: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.fails_at = fails_at

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: TrackingServer

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        length = self.headers.get("content-length")
        if length is not None:
            return self.rfile.read(int(length))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.endswith("experiments/get-by-name"):
            self._answer({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}, 404)
        elif path.endswith("runs/get"):
            self._answer({"run": run()})
        else:
            self._answer({}, 404)

    def do_POST(self) -> None:
        call = urlsplit(self.path).path.removeprefix(API)
        self.server.calls[call] = json.loads(self._body())
        if call == self.server.fails_at:
            self._answer({"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}, 400)
        else:
            self._answer({"experiment_id": "7", "run": run(), "run_info": run()["info"]})

    def do_PUT(self) -> None:
        self.server.files[self.path.removeprefix(ARTIFACTS)] = self._body()
        self._answer({})

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def run() -> dict[str, Any]:
    info = {"run_id": "r1", "run_uuid": "r1", "experiment_id": "7", "status": "RUNNING", "start_time": 5}
    return {"info": {**info, "artifact_uri": "mlflow-artifacts:/7/r1/artifacts", "lifecycle_stage": "active"}}


@contextmanager
def tracking(fails_at: str = "") -> Iterator[TrackingServer]:
    with TrackingServer(fails_at) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def pairs(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in entries}


def test_a_run_with_parameters_metrics_tags_dataset_and_artefact(trained: Trained, tmp_path: Path) -> None:
    with tracking() as server:
        done = train(tmp_path, {}, env={"MLFLOW_TRACKING_URI": server.uri, "MLFLOW_EXPERIMENT_NAME": "flowers"})
    assert done.returncode == 0, done.stderr
    facts = read(tmp_path / "output/data/training.json")
    assert facts["mlflow"] == {"runId": "r1"}
    assert facts["artifactDigest"] == trained.digest, "tracking does not change the artefact"
    assert server.calls["experiments/create"]["name"] == "flowers"
    batch = server.calls["runs/log-batch"]
    assert pairs(batch["params"]) == {"C": "1.0", "max_iter": "500", "features": "all", "seed": "7"}
    assert pairs(batch["metrics"]) == facts["metrics"]
    tags = pairs(batch["tags"])
    lineage = read(tmp_path / "model/lineage.json")
    assert tags["artifact.digest"] == trained.digest
    assert tags["dataset.digest"] == lineage["dataset"]["digest"]
    assert tags["code.digest"] == lineage["code"]["digest"]
    assert tags["environment.lockDigest"] == lineage["environment"]["lockDigest"]
    assert server.calls["runs/log-inputs"]["datasets"][0]["dataset"]["name"] == "iris@1.0.0"
    stored = {name.removeprefix("7/r1/artifacts/model/"): sha256(content) for name, content in server.files.items()}
    assert stored == {path.name: sha256(path.read_bytes()) for path in (tmp_path / "model").iterdir()}
    assert server.calls["runs/update"]["status"] == "FINISHED"


def test_a_run_that_cannot_be_logged_whole_is_marked_failed(tmp_path: Path) -> None:
    with tracking(fails_at="runs/log-inputs") as server:
        done = train(tmp_path, {}, env={"MLFLOW_TRACKING_URI": server.uri})
    assert done.returncode == 1
    assert "the tracking server did not take the run" in done.stderr
    assert server.calls["runs/update"]["status"] == "FAILED"
    assert not (tmp_path / "output/data/training.json").exists()
