"""Signature and weights must agree before the port opens; models of other kinds are served too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.artifacts import archive, members, mixed_model, root_model, sha256, sum_model
from support.jobs import Trained
from support.server import environment, refusal, started

from predictor.engine import BadModel, open_engine
from predictor.signature import BadSignature, read_signature


def unpacked(folder: Path, files: dict[str, bytes], **changes: Any) -> Path:
    signature = json.loads(files["signature.json"]) | changes
    for name, content in {**files, "signature.json": json.dumps(signature).encode()}.items():
        (folder / name).write_bytes(content)
    return folder


def opened(folder: Path) -> None:
    open_engine(folder, read_signature(folder / "signature.json"))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schemaVersion": 2}, "schemaVersion"),
        ({"surprise": 1}, "surprise"),
        ({"inputs": []}, "inputs"),
        ({"file": {"path": "../model.onnx", "digest": f"sha256:{'0' * 64}"}}, "file.path"),
        ({"file": {"path": "model.pkl", "digest": f"sha256:{'0' * 64}"}}, "file.path"),
        ({"inputs": [{"name": "X", "datatype": "FP32", "shape": [4, -1]}]}, "shape of X must be -1"),
        ({"inputs": [{"name": "X", "datatype": "FP32", "shape": [-1, 4], "fields": [{"name": "a"}]}]}, "has 1 fields"),
        ({"inputs": [{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]}, "predict needs exactly one input"),
        ({"predict": {"path": "/v2/x", "label": {"output": "label", "field": "y"}}}, "predict.path must not be below"),
        ({"predict": {"path": "/p", "label": {"output": "none", "field": "y"}}}, "uses the output none"),
    ],
)
def test_a_signature_that_cannot_be_right(trained: Trained, tmp_path: Path, changes: Any, problem: str) -> None:
    with pytest.raises(BadSignature) as bad:
        opened(unpacked(tmp_path, members(trained.archive), **changes))
    assert problem in str(bad.value)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"file": {"path": "model.onnx", "digest": f"sha256:{'0' * 64}"}}, "is not what signature.json names"),
        ({"file": {"path": "other.onnx", "digest": f"sha256:{'0' * 64}"}}, "other.onnx is missing"),
        (
            {"outputs": [{"name": "label", "datatype": "INT64", "shape": [-1]}], "predict": None},
            "differ in their outputs",
        ),
        (
            {
                "outputs": [
                    {"name": "label", "datatype": "INT32", "shape": [-1]},
                    {"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]},
                ]
            },
            "label is declared as INT32, the graph gives int64",
        ),
        (
            {
                "outputs": [
                    {"name": "label", "datatype": "INT64", "shape": [-1]},
                    {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]},
                ]
            },
            "the graph gives [1, 3]",
        ),
        (
            {"inputs": [{"name": "X", "datatype": "FP64", "shape": [-1, 1], "fields": [{"name": "a"}]}]},
            "the trial record failed",
        ),
        (
            {
                "predict": {
                    "path": "/predict",
                    "label": {"output": "label", "field": "species", "classes": ["a", "b"]},
                    "confidence": {"output": "probabilities", "field": "confidence"},
                }
            },
            "2 classes, but probabilities has 3 columns",
        ),
    ],
)
def test_weights_that_do_not_fit_the_signature(trained: Trained, tmp_path: Path, changes: Any, problem: str) -> None:
    with pytest.raises(BadModel) as bad:
        opened(unpacked(tmp_path, members(trained.archive), **changes))
    assert problem in str(bad.value)


def test_weights_that_are_no_graph(tmp_path: Path, cache: Path) -> None:
    files = dict(sum_model())
    weights = b"\x80\x04pickle"
    signature = json.loads(files["signature.json"]) | {"file": {"path": "model.onnx", "digest": sha256(weights)}}
    digest = archive(
        tmp_path / "a.tar.gz", [("model.onnx", weights), ("signature.json", json.dumps(signature).encode())]
    )
    code, event = refusal(environment(tmp_path / "a.tar.gz", digest, cache, MODEL_NAME="other"))
    assert (code, event["code"]) == (65, "BadModel")


def test_an_artefact_without_signature(tmp_path: Path, cache: Path) -> None:
    digest = archive(tmp_path / "a.tar.gz", [("model.onnx", b"x")])
    code, event = refusal(environment(tmp_path / "a.tar.gz", digest, cache))
    assert (code, event["code"]) == (65, "BadSignature")


@contextmanager
def served(files: list[tuple[str, bytes]], folder: Path) -> Iterator[httpx.Client]:
    path = folder / "other.tar.gz"
    digest = archive(path, files)
    with started(environment(path, digest, folder / "cache", MODEL_NAME="other")) as (_, client):
        yield client


def test_a_regression_on_its_own_path(tmp_path: Path) -> None:
    with served(sum_model(), tmp_path) as client:
        answer = client.post("/price", json={"a": -2.5, "b": 4}).json()
        assert answer["price"] == 1.5
        assert "confidence" not in answer
        refused = client.post("/price", json={"a": 1e300, "b": -1})
        assert refused.status_code == 422
        assert [problem["where"] for problem in refused.json()["problems"]] == ["a", "b"]
        assert client.post("/predict", json={"a": 1, "b": 1}).status_code == 404


def test_text_and_whole_numbers(tmp_path: Path) -> None:
    def tensors(words: list[Any], counts: list[Any]) -> dict[str, Any]:
        return {
            "inputs": [
                {"name": "words", "datatype": "BYTES", "shape": [len(words), 1], "data": words},
                {"name": "counts", "datatype": "UINT8", "shape": [len(counts), 1], "data": counts},
            ]
        }

    with served(mixed_model(), tmp_path) as client:
        path = "/v2/models/other/infer"
        answer = client.post(path, json=tensors(["straße", ""], [0, 255])).json()
        assert {output["name"]: output["data"] for output in answer["outputs"]} == {
            "words_out": ["straße", ""],
            "counts_out": [0, 255],
        }
        refused = client.post(path, json=tensors([1, "b"], [256, 1.5]))
        assert [problem["where"] for problem in refused.json()["problems"]] == [
            "inputs[0].data[0]",
            "inputs[1].data[0]",
            "inputs[1].data[1]",
        ]
        uneven = client.post(path, json=tensors(["a"], [1, 2]))
        assert uneven.json()["problems"][0]["what"] == "different numbers of records"


def test_an_answer_that_is_not_finite_is_a_fault_of_the_model(tmp_path: Path) -> None:
    def tensor(value: float) -> dict[str, Any]:
        return {"inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 1], "data": [value]}]}

    with served(root_model(), tmp_path) as client:
        path = "/v2/models/other/infer"
        assert client.post(path, json=tensor(9)).json()["outputs"][0]["data"] == [3]
        failed = client.post(path, json=tensor(-9), headers={"x-request-id": "root-1"})
        assert failed.status_code == 500
        assert (failed.json()["code"], failed.json()["id"]) == ("ModelFault", "root-1")
        assert failed.headers["x-model"] == "other"
        assert "sqrt" not in failed.text.lower()
        assert client.post(path, json=tensor(4)).status_code == 200
        assert 'kind="ModelFault"' in client.get("/metrics").text
