"""Training honours the SageMaker contract and gives the same bytes for the same input."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from onnx import ModelProto, helper
from support.artifacts import members, sha256
from support.jobs import IRIS, Trained, life, prepare, put_dataset, read, run, run_here, train

from common.problems import RefusedInput
from training.__main__ import train as job
from training.export import canonical_bytes
from training.hyperparameters import parse


def test_a_rerun_gives_the_same_artefact(trained: Trained, tmp_path: Path) -> None:
    assert life(tmp_path, {}).digest == trained.digest


@pytest.mark.parametrize("domains", [["", "ai.onnx.ml"], ["ai.onnx.ml", ""]])
def test_the_order_in_which_a_converter_lists_operator_sets_does_not_matter(domains: list[str]) -> None:
    def model(order: list[str]) -> ModelProto:
        graph = helper.make_graph([], "empty", [], [])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, 18) for domain in order])

    assert canonical_bytes(model(domains)) == canonical_bytes(model(["ai.onnx.ml", ""]))


def test_other_hyperparameters_give_another_artefact(trained: Trained, worse: Trained) -> None:
    assert worse.digest != trained.digest


def test_the_artefact_holds_weights_signature_lineage_and_card(trained: Trained) -> None:
    files = members(trained.archive)
    assert sorted(files) == ["card.json", "lineage.json", "model.onnx", "signature.json"]
    signature = json.loads(files["signature.json"])
    assert signature["file"]["digest"] == sha256(files["model.onnx"])
    assert [field["name"] for field in signature["inputs"][0]["fields"]] == [
        "sepal_length",
        "sepal_width",
        "petal_length",
        "petal_width",
    ]
    assert signature["predict"]["label"]["classes"] == ["setosa", "versicolor", "virginica"]


def test_lineage_names_data_code_environment_and_parameters(trained: Trained) -> None:
    lineage = json.loads(members(trained.archive)["lineage.json"])
    assert lineage["dataset"]["digest"] == sha256((IRIS / "data/iris.csv").read_bytes())
    assert lineage["dataset"]["version"] == "1.0.0"
    assert lineage["environment"]["lockDigest"] == sha256((IRIS / "requirements.txt").read_bytes())
    assert lineage["code"]["digest"].startswith("sha256:")
    assert lineage["hyperparameters"] == {"C": 1.0, "features": "all", "max_iter": 500}
    assert lineage["seed"] == 7


def test_facts_of_the_run_stay_out_of_the_artefact(trained: Trained) -> None:
    facts = read(trained.root / "output/data/training.json")
    assert facts["artifactDigest"] == trained.digest
    assert facts["mlflow"] is None
    assert 0.8 < facts["metrics"]["crossValidationAccuracy"] <= 1


def test_sagemakers_own_hyperparameters_and_command_are_accepted(tmp_path: Path) -> None:
    put_dataset(tmp_path / "input/data/dataset")
    assert parse({"sagemaker_region": "eu-central-1", "C": "0.5"}).C == 0.5
    assert run("training", "train", env={"ML_ROOT": str(tmp_path)}).returncode == 0
    assert (tmp_path / "model/model.onnx").is_file()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"C": "0"}, "hyperparameter C: bad value"),
        ({"C": "nan"}, "hyperparameter C: bad value"),
        ({"max_iter": "0"}, "hyperparameter max_iter: bad value"),
        ({"max_iter": "1.5"}, "hyperparameter max_iter: bad value"),
        ({"depth": "3"}, "hyperparameter depth: unknown name; allowed: C, max_iter, features, seed"),
        ({"features": "petal length"}, "hyperparameter features: bad value"),
    ],
)
def test_bad_hyperparameters_are_refused(given: dict[str, str], problem: str) -> None:
    with pytest.raises(RefusedInput) as refused:
        parse(given)
    assert problem in str(refused.value)


def test_a_column_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    prepare(tmp_path, {"features": "petal_length,stem_length"})
    done = run_here(job, tmp_path)
    assert done.returncode == 1
    assert "hyperparameter features: unknown column" in done.stderr
    assert "given: stem_length" in done.stderr


def test_a_fault_is_told_to_sagemaker_too(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir(parents=True)
    (tmp_path / "model/model.onnx").mkdir()  # a folder where the weights are to be written
    prepare(tmp_path, {})
    with pytest.raises(IsADirectoryError):
        run_here(job, tmp_path)
    assert "IsADirectoryError" in (tmp_path / "output/failure").read_text()


def test_a_tracking_server_that_is_down_fails_the_job(tmp_path: Path) -> None:
    with socket.socket() as held:  # bound and not listening, so nobody answers on this port
        held.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{held.getsockname()[1]}"
        env = {"MLFLOW_TRACKING_URI": uri, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
        done = train(tmp_path, {}, env=env)
    assert done.returncode == 1
    assert "MLFLOW_TRACKING_URI: the tracking server did not take the run" in done.stderr
    assert uri in (tmp_path / "output/failure").read_text()
