"""Limits, identity, metrics and the end of a predictor that has requests in flight."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.jobs import Trained
from support.server import PATIENCE_SECONDS, environment, refusal, started

from predictor.server import listen

FLOWER = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
BODY = json.dumps(FLOWER).encode()


def samples(client: httpx.Client, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def total(client: httpx.Client, name: str, **labels: str) -> float:
    return sum(value for key, value in samples(client, name).items() if labels.items() <= dict(key).items())


def until(holds: Callable[[], bool]) -> None:
    """Asks until something holds, and gives up on a server that never gets there."""
    for _ in range(3_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def listens(client: httpx.Client) -> bool:
    try:
        socket.create_connection((client.base_url.host, client.base_url.port or 0)).close()
    except OSError:
        return False
    return True


@contextmanager
def held_request(client: httpx.Client) -> Iterator[http.client.HTTPConnection]:
    """A request whose body is half sent: it is in flight until the test sends the rest."""
    before = total(client, "predictor_in_flight")
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 0, timeout=PATIENCE_SECONDS)
    connection.putrequest("POST", "/predict")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(BODY)))
    connection.endheaders(BODY[:10])
    until(lambda: total(client, "predictor_in_flight") > before)
    yield connection
    connection.close()


def finish(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    connection.send(BODY[10:])
    return connection.getresponse()


def test_every_answer_says_which_model_gave_it(client: httpx.Client, trained: Trained) -> None:
    for answer in (
        client.post("/predict", json=FLOWER),
        client.post("/predict", json={}),
        client.get("/v2/health/ready"),
        client.get("/metrics"),
        client.get("/nowhere"),
        client.put("/predict"),
    ):
        headers = answer.headers
        assert (headers["x-model"], headers["x-model-version"], headers["x-model-digest"]) == (
            "iris",
            "1.0.0",
            trained.digest,
        )
        assert (headers["x-dataset-name"], headers["x-dataset-version"]) == ("iris", "1.0.0")
        assert headers["x-request-id"]


def test_the_answer_id_is_the_callers_or_a_new_one(client: httpx.Client) -> None:
    chosen = client.post("/predict", json=FLOWER, headers={"x-request-id": "a.b-c:1"})
    assert (chosen.headers["x-request-id"], chosen.json()["id"]) == ("a.b-c:1", "a.b-c:1")
    first, second = (client.post("/predict", json=FLOWER).json()["id"] for _ in range(2))
    assert first != second
    for unsafe in ("a b", "a" * 129, "<script>", ""):
        answer = client.post("/predict", json=FLOWER, headers={"x-request-id": unsafe})
        assert answer.status_code == 200
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.json()["id"])


def test_a_body_that_is_too_large_is_413(trained: Trained, cache: Path) -> None:
    with started(environment(trained.archive, trained.digest, cache, MAX_BODY_BYTES=str(len(BODY)))) as (_, client):
        headers = {"content-type": "application/json"}
        assert client.post("/predict", content=BODY, headers=headers).status_code == 200
        for content in (BODY + b" ", iter([BODY, b" "])):  # with a length, and chunked without one
            answer = client.post("/predict", content=content, headers=headers)
            assert answer.status_code == 413
            assert answer.json()["problems"][0]["allowed"] == f"at most {len(BODY)} bytes"
        assert client.post("/predict", content=BODY, headers=headers).status_code == 200


def test_more_requests_than_allowed_are_shed_and_probes_are_not(trained: Trained, cache: Path) -> None:
    with (
        started(environment(trained.archive, trained.digest, cache, MAX_IN_FLIGHT="1")) as (_, client),
        held_request(client) as held,
    ):
        shed = client.post("/predict", json=FLOWER)
        assert (shed.status_code, shed.json()["code"], shed.headers["retry-after"]) == (503, "Overloaded", "1")
        assert client.get("/v2/health/ready").status_code == 200
        assert finish(held).status == 200
        until(lambda: total(client, "predictor_in_flight") == 0)
        assert client.post("/predict", json=FLOWER).status_code == 200
        assert total(client, "predictor_errors_total", kind="Overloaded") == 1


def test_metrics_count_requests_errors_latency_and_classes(trained: Trained, cache: Path) -> None:
    with started(environment(trained.archive, trained.digest, cache, RELEASE="r-7")) as (_, client):
        client.post("/predict", json=FLOWER)
        client.post("/predict", json={"instances": [FLOWER, FLOWER]})
        client.post("/predict", json={})
        client.post("/v2/models/tulip/infer", json={})
        client.get("/v2/health/ready")
        common = {"model": "iris", "version": "1.0.0", "dataset_version": "1.0.0"}
        requests = "predictor_requests_total"
        assert total(client, requests) == 4, "probes and scrapes are not counted"
        assert total(client, requests, **common, route="/predict", status="200") == 2
        assert total(client, requests, **common, route="/predict", status="422") == 1
        assert total(client, requests, **common, route="/v2/models/{model}/infer", status="404") == 1
        assert total(client, "predictor_request_seconds_count", **common, route="/predict") == 3
        assert total(client, "predictor_request_seconds_bucket", route="/predict", le="+Inf") == 3
        assert total(client, "predictor_errors_total", **common, kind="InvalidInput") == 1
        assert total(client, "predictor_errors_total", **common, kind="UnknownModel") == 1
        assert total(client, "predictor_records_total", **common) == 3
        assert total(client, "predictor_answers_total", **common, label="setosa") == 3
        assert total(client, "predictor_in_flight", **common) == 0
        assert total(client, "predictor_ready", **common) == 1
        info = samples(client, "predictor_model_info")
        assert {"digest": trained.digest, "release": "r-7"}.items() <= dict(next(iter(info))).items()


def test_names_that_callers_make_up_do_not_become_series(client: httpx.Client) -> None:
    for name in ("a", "b", "c"):
        client.post(f"/made-up/{name}", json={})
    assert not any("made-up" in str(key) for key in samples(client, "predictor_requests_total"))
    assert total(client, "predictor_requests_total", route="other", status="404") >= 3


def test_the_log_has_ids_and_outcomes_but_no_inputs(trained: Trained, cache: Path) -> None:
    with started(environment(trained.archive, trained.digest, cache)) as (server, client):
        client.post("/predict", json={**FLOWER, "sepal_length": 12.3456}, headers={"x-request-id": "logged-1"})
        event = server.wait_for("answered")
    assert (event["id"], event["status"], event["route"]) == ("logged-1", 200, "/predict")
    assert (event["model"], event["version"], event["digest"]) == ("iris", "1.0.0", trained.digest)
    assert "12.3456" not in json.dumps(server.events)


def test_a_drain_answers_what_is_in_flight_and_what_still_comes(trained: Trained, cache: Path) -> None:
    env = environment(trained.archive, trained.digest, cache, DRAIN_SECONDS="3600")
    with started(env) as (server, client), held_request(client) as held:
        server.signal(signal.SIGTERM)
        server.wait_for("draining")
        for path in ("/v2/health/ready", "/v2/models/iris/ready"):
            assert client.get(path).status_code == 503
        assert client.get("/v2/health/live").status_code == 200
        late = client.post("/predict", json=FLOWER)
        assert (late.status_code, late.headers["connection"]) == (200, "close")
        assert total(client, "predictor_ready") == 0

        server.signal(signal.SIGTERM)  # ends the wait, not the request
        server.wait_for("draining")
        until(lambda: not listens(client))
        answer = finish(held)
        assert (answer.status, json.loads(answer.read())["species"]) == (200, "setosa")
        assert server.exit_code() == 0
        assert server.rest()[-1] | {"time": ""} == {
            **{"time": "", "level": "info", "event": "stopped", "unfinished": 0},
            **{"model": "iris", "version": "1.0.0", "digest": trained.digest},
        }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_with_0(trained: Trained, cache: Path, number: signal.Signals) -> None:
    with started(environment(trained.archive, trained.digest, cache)) as (server, _):
        server.signal(number)
        assert server.exit_code() == 0


def test_a_request_that_does_not_end_is_given_up(trained: Trained, cache: Path) -> None:
    env = environment(trained.archive, trained.digest, cache, SHUTDOWN_SECONDS="1")
    with started(env) as (server, client), held_request(client):
        server.signal(signal.SIGTERM)
        assert server.exit_code() == 0
        assert server.rest()[-1]["event"] == "stopped"


def test_nothing_is_kept_for_anyone_else(trained: Trained, cache: Path, tmp_path: Path) -> None:
    # With its telemetry on, ONNX Runtime writes a device id and a queue of events below the home folder.
    home = tmp_path / "home"
    home.mkdir()
    env = environment(trained.archive, trained.digest, cache, HOME=str(home))
    with started(env) as (server, client):
        client.post("/predict", json=FLOWER)
        server.signal(signal.SIGTERM)
        assert server.exit_code() == 0
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_do_not_wait_for_receipts(host: str) -> None:
    with listen(host, 0) as listener:
        client = socket.create_connection(listener.getsockname()[:2])
        accepted, _ = listener.accept()
        with client, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_port_that_is_taken_is_named(client: httpx.Client, trained: Trained, cache: Path) -> None:
    code, event = refusal(environment(trained.archive, trained.digest, cache, PORT=str(client.base_url.port)))
    assert code == 71
    assert (event["event"], event["code"]) == ("refused", "CannotListen")
    assert str(client.base_url.port) in event["error"]
