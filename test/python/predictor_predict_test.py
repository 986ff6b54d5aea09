"""The model's own path: records by field names, as the seed has them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.jobs import Trained

FLOWER = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in FLOWER.items() if key != name}


def test_one_record(client: httpx.Client, trained: Trained) -> None:
    answer = client.post("/predict", json=FLOWER, headers={"x-request-id": "flower-1"})
    assert answer.status_code == 200
    content = answer.json()
    assert content.pop("confidence") > 0.9
    assert content == {
        "species": "setosa",
        "model": "iris",
        "version": "1.0.0",
        "digest": trained.digest,
        "id": "flower-1",
    }


def test_every_held_out_row_equals_the_offline_result(client: httpx.Client, trained: Trained) -> None:
    rows = trained.predictions
    assert len(rows) == 45
    for row in rows:
        answer = client.post("/predict", json=row["input"]).json()
        assert (answer["species"], answer["confidence"]) == (row["species"], row["confidence"])
        assert answer["digest"] == trained.digest


def test_a_batch_keeps_the_order(client: httpx.Client, trained: Trained) -> None:
    rows = trained.predictions
    answer = client.post("/predict", json={"instances": [row["input"] for row in rows]}).json()
    assert answer["predictions"] == [
        {"species": row["species"], "confidence": pytest.approx(row["confidence"], abs=1e-6)} for row in rows
    ]
    assert (answer["model"], answer["digest"]) == ("iris", trained.digest)


def test_bounds_are_included(client: httpx.Client) -> None:
    assert client.post("/predict", json=dict.fromkeys(FLOWER, 0.1)).status_code == 200
    assert client.post("/predict", json=dict.fromkeys(FLOWER, 30)).status_code == 200
    assert client.post("/predict", json=dict.fromkeys(FLOWER, 0.09)).status_code == 422
    assert client.post("/predict", json=dict.fromkeys(FLOWER, 30.1)).status_code == 422


def test_all_problems_of_a_record_at_once(client: httpx.Client) -> None:
    answer = client.post(
        "/predict", json={**without("petal_width"), "sepal_length": "5.1", "petal_length": 300, "x": 1}
    )
    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {
            "where": "x",
            "what": "unknown field",
            "allowed": "sepal_length, sepal_width, petal_length, petal_width",
            "given": "1",
        },
        {
            "where": "sepal_length",
            "what": "not a number",
            "allowed": "a number from 0.1 to 30 cm",
            "given": "'5.1'",
        },
        {"where": "petal_length", "what": "out of bounds", "allowed": "a number from 0.1 to 30 cm", "given": "300"},
        {"where": "petal_width", "what": "missing", "allowed": "a number from 0.1 to 30 cm", "given": "None"},
    ]


@pytest.mark.parametrize("literal", ["1e999", "-1e999", "null", "true", '"1"', "[1]", "1" + "0" * 400])
def test_what_is_no_finite_number(client: httpx.Client, literal: str) -> None:
    text = f'{{"sepal_length":{literal},"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2}}'
    answer = client.post("/predict", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert [problem["where"] for problem in answer.json()["problems"]] == ["sepal_length"]


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"sepal_length":NaN}', '{"a":Infinity}', "\xff", "[" * 100_000])
def test_what_is_no_json(client: httpx.Client, text: str) -> None:
    answer = client.post("/predict", content=text.encode("latin-1"), headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "InvalidJson"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ([FLOWER], "body"),
        ("flower", "body"),
        ({"instances": []}, "instances"),
        ({"instances": FLOWER}, "instances"),
        ({"instances": [FLOWER] * 1025}, "instances"),
        ({"instances": [FLOWER], "extra": 1}, "extra"),
        ({"instances": [FLOWER, {**FLOWER, "sepal_width": -1}]}, "instances[1].sepal_width"),
        ({"instances": [FLOWER, 7]}, "instances[1]"),
    ],
)
def test_what_is_no_record_and_no_batch(client: httpx.Client, content: Any, where: str) -> None:
    answer = client.post("/predict", json=content)
    assert answer.status_code == 422
    assert [problem["where"] for problem in answer.json()["problems"]] == [where]


def test_the_largest_batch_is_answered(client: httpx.Client) -> None:
    answer = client.post("/predict", json={"instances": [FLOWER] * 1024})
    assert len(answer.json()["predictions"]) == 1024


def test_another_media_type_is_415(client: httpx.Client) -> None:
    answer = client.post("/predict", data={"sepal_length": "5.1"})
    assert answer.status_code == 415
    assert answer.json()["problems"][0]["allowed"] == "application/json"


def test_the_description_names_fields_and_bounds(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]["content"]
    one = described["application/json"]["schema"]["oneOf"][0]
    assert one["required"] == list(FLOWER)
    assert one["properties"]["petal_width"]["minimum"] == 0.1
    assert client.get("/docs").status_code == 404
