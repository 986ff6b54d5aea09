"""Conformance with the Open Inference Protocol, version 2."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.jobs import Trained

INFER = "/v2/models/iris/infer"
FLOWER = [5.1, 3.5, 1.4, 0.2]
COLUMNS = ("sepal_length", "sepal_width", "petal_length", "petal_width")
CLASSES = ("setosa", "versicolor", "virginica")


def body(data: Any = FLOWER, shape: Any = (1, 4), **changes: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "X", "shape": list(shape), "datatype": "FP32", "data": data}], **changes}


def outputs(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {output["name"]: output for output in answer.json()["outputs"]}


def test_health(client: httpx.Client) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    for path in ("/v2/models/iris/ready", "/v2/models/iris/versions/1.0.0/ready"):
        assert client.get(path).json() == {"name": "iris", "ready": True}


def test_server_metadata(client: httpx.Client) -> None:
    metadata = client.get("/v2").json()
    assert metadata["name"] == "groundplane-predictor"
    assert metadata["extensions"] == []
    assert metadata["version"]


@pytest.mark.parametrize("path", ["/v2/models/iris", "/v2/models/iris/versions/1.0.0"])
def test_model_metadata(client: httpx.Client, path: str) -> None:
    metadata = client.get(path).json()
    assert (metadata["name"], metadata["versions"], metadata["platform"]) == ("iris", ["1.0.0"], "onnx_onnxv1")
    assert metadata["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]
    assert metadata["outputs"] == [
        {"name": "label", "datatype": "INT64", "shape": [-1]},
        {"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]},
    ]


@pytest.mark.parametrize("path", [INFER, "/v2/models/iris/versions/1.0.0/infer"])
def test_inference(client: httpx.Client, trained: Trained, path: str) -> None:
    answer = client.post(path, json=body(id="flower-1"))
    found = outputs(answer)
    assert found["label"] == {"name": "label", "datatype": "INT64", "shape": [1], "data": [0]}
    assert found["probabilities"]["shape"] == [1, 3]
    content = answer.json()
    assert (content["model_name"], content["model_version"], content["id"]) == ("iris", "1.0.0", "flower-1")
    assert content["parameters"]["digest"] == trained.digest


def test_every_held_out_row_equals_the_offline_result(client: httpx.Client, trained: Trained) -> None:
    assert len(trained.predictions) == 45
    for row in trained.predictions:
        found = outputs(client.post(INFER, json=body([row["input"][column] for column in COLUMNS])))
        assert found["probabilities"]["data"] == row["probabilities"]
        assert CLASSES[found["label"]["data"][0]] == row["species"]


def test_a_batch_equals_its_rows(client: httpx.Client, trained: Trained) -> None:
    rows = trained.predictions
    data = [row["input"][column] for row in rows for column in COLUMNS]
    found = outputs(client.post(INFER, json=body(data, (len(rows), 4))))
    assert [CLASSES[index] for index in found["label"]["data"]] == [row["species"] for row in rows]
    # Not to the last bit: the graph computes several rows with other instructions than one.
    expected = [value for row in rows for value in row["probabilities"]]
    assert found["probabilities"]["data"] == pytest.approx(expected, abs=1e-6)


def test_flat_and_nested_data_mean_the_same(client: httpx.Client) -> None:
    flat = outputs(client.post(INFER, json=body(FLOWER * 2, (2, 4))))
    nested = outputs(client.post(INFER, json=body([FLOWER, FLOWER], (2, 4))))
    assert flat == nested


def test_only_the_outputs_that_are_asked_for(client: httpx.Client) -> None:
    assert list(outputs(client.post(INFER, json=body(outputs=[{"name": "label"}])))) == ["label"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v2/models/tulip", "UnknownModel"),
        ("/v2/models/tulip/ready", "UnknownModel"),
        ("/v2/models/iris/versions/2", "UnknownVersion"),
        ("/v2/models/iris/versions/2/ready", "UnknownVersion"),
        ("/v1/models/iris", "NotFound"),
    ],
)
def test_what_is_not_here_is_404(client: httpx.Client, path: str, code: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == code
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["x-model"] == "iris"


@pytest.mark.parametrize("path", ["/v2/models/tulip/infer", "/v2/models/iris/versions/2/infer"])
def test_inference_of_what_is_not_here_is_404(client: httpx.Client, path: str) -> None:
    assert client.post(path, json=body()).status_code == 404


def test_another_method_is_405(client: httpx.Client) -> None:
    answer = client.get(INFER)
    assert answer.status_code == 405
    assert answer.json()["code"] == "MethodNotAllowed"


@pytest.mark.parametrize(
    ("request_body", "where", "what"),
    [
        ([], "body", "not as the protocol has it"),
        ({}, "inputs", "not as the protocol has it"),
        ({"inputs": []}, "inputs", "not as the protocol has it"),
        (body(surprise=1), "surprise", "not as the protocol has it"),
        (body(id="a b"), "id", "not as the protocol has it"),
        (body(shape=(0, 4), data=[]), "inputs[0].shape[0]", "not as the protocol has it"),
        (body(shape=("1", 4)), "inputs[0].shape[0]", "not as the protocol has it"),
        (body(shape=(4,)), "inputs[0].shape", "another shape"),
        (body(shape=(1, 5), data=[1] * 5), "inputs[0].shape", "another shape"),
        (body(shape=(2000, 4)), "inputs[0].shape", "too many records"),
        (body(shape=(2, 4)), "inputs[0].data", "does not fill the shape"),
        (body([[5.1, 3.5], [1.4, 0.2]]), "inputs[0].data", "does not fill the shape"),
        (body([["5.1", 3.5, 1.4, 0.2]]), "inputs[0].data[0].sepal_length", "not a number"),
        (body([5.1, True, 1.4, 0.2]), "inputs[0].data[0].sepal_width", "not a number"),
        (body([*FLOWER, 5.1, 3.5, 1.4, -0.2], (2, 4)), "inputs[0].data[1].petal_width", "out of bounds"),
        (body(outputs=[{"name": "none"}]), "outputs[0].name", "unknown output"),
    ],
)
def test_a_bad_request_names_the_place(client: httpx.Client, request_body: Any, where: str, what: str) -> None:
    answer = client.post(INFER, json=request_body)
    assert answer.status_code == 422, answer.text
    problem = answer.json()["problems"][0]
    assert (problem["where"], problem["what"]) == (where, what)
    assert problem["allowed"]


def test_another_datatype_and_another_input(client: httpx.Client) -> None:
    tensor = body()["inputs"][0]
    answer = client.post(INFER, json={"inputs": [{**tensor, "datatype": "FP64"}]})
    assert answer.json()["problems"] == [
        {"where": "inputs[0].datatype", "what": "another datatype", "allowed": "FP32", "given": "'FP64'"}
    ]
    answer = client.post(INFER, json={"inputs": [tensor, tensor, {**tensor, "name": "Y"}]})
    assert [problem["where"] for problem in answer.json()["problems"]] == ["inputs[1].name", "inputs[2].name"]
    answer = client.post(INFER, json={"inputs": [{**tensor, "name": "Y"}]})
    assert [problem["what"] for problem in answer.json()["problems"]] == [
        "unknown input, or given twice",
        "input is missing",
    ]


def test_many_problems_are_counted_and_the_first_are_listed(client: httpx.Client) -> None:
    answer = client.post(INFER, json=body([-1] * 400, (100, 4)))
    assert answer.json()["error"] == "400 problems in the input"
    assert len(answer.json()["problems"]) == 50
