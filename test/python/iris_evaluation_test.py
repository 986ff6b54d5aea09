"""Evidence is bound to artefact and dataset, deterministic, and tells a worse model from a better one."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.artifacts import archive, members, sha256
from support.jobs import IRIS, Trained, put_dataset, read, run, run_here

from common.package import pack
from common.problems import RefusedInput
from evaluation.__main__ import evaluate as job
from evaluation.metrics import expected_calibration_error
from evaluation.model import Answers, open_model


def test_evidence_names_artefact_and_dataset(trained: Trained) -> None:
    evidence = trained.evidence
    assert evidence["model"]["digest"] == trained.digest == sha256(trained.archive.read_bytes())
    assert evidence["dataset"]["digest"] == sha256((IRIS / "data/iris.csv").read_bytes())
    assert evidence["dataset"]["rows"] == 45
    assert evidence["heldOutIndependent"] is True
    assert "thresholds" not in json.dumps(evidence)


def test_metrics_agree_with_the_predictions(trained: Trained) -> None:
    rows, metrics = trained.predictions, trained.evidence["metrics"]
    correct = [row["label"] == row["species"] for row in rows]
    assert metrics["accuracy"] == pytest.approx(sum(correct) / len(rows), abs=1e-6)
    classes = ["setosa", "versicolor", "virginica"]
    loss = -sum(math.log(row["probabilities"][classes.index(row["label"])]) for row in rows) / len(rows)
    assert metrics["logLoss"] == pytest.approx(loss, abs=1e-5)
    for name in classes:
        right = [row["species"] == name for row in rows if row["label"] == name]
        assert metrics[f"recall.{name}"] == pytest.approx(sum(right) / len(right), abs=1e-6)
    assert metrics["worstSliceAccuracy"] == min(part["accuracy"] for part in trained.evidence["slices"])
    assert trained.evidence["worstSlice"]["accuracy"] == metrics["worstSliceAccuracy"]


def test_every_row_is_in_a_slice_of_each_column(trained: Trained) -> None:
    sizes = {part["name"]: part["rows"] for part in trained.evidence["slices"]}
    assert sizes["short-petal"] + sizes["middle-petal"] + sizes["long-petal"] == 45
    assert sizes["narrow-sepal"] + sizes["wide-sepal"] == 45


def test_fewer_columns_make_a_really_worse_model(trained: Trained, worse: Trained) -> None:
    better, other = trained.evidence["metrics"], worse.evidence["metrics"]
    assert better["accuracy"] >= 0.95
    assert other["accuracy"] < 0.85
    for name in ("accuracy", "macroF1", "worstSliceAccuracy"):
        assert other[name] < better[name]
    assert other["logLoss"] > better["logLoss"]


def test_a_second_evaluation_gives_the_same_evidence(trained: Trained) -> None:
    path = trained.root / "processing/output/evidence.json"
    before = path.read_bytes()
    assert run("evaluation", "--root", str(trained.root)).returncode == 0
    assert path.read_bytes() == before


def test_nothing_is_kept_for_anyone_else(trained: Trained, tmp_path: Path) -> None:
    # With its telemetry on, ONNX Runtime writes a device id and a queue of events below the home folder.
    assert run("evaluation", "--root", str(trained.root), env={"HOME": str(tmp_path)}).returncode == 0
    assert list(tmp_path.rglob("*")) == []


def evaluate(root: Path, content: bytes) -> Any:
    target = root / "processing/input/model/model.tar.gz"
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    put_dataset(root / "processing/input/dataset")
    return run_here(job, root)


def test_changed_weights_are_refused(trained: Trained, tmp_path: Path) -> None:
    files = members(trained.archive)
    files["model.onnx"] = files["model.onnx"][:-1] + b"\0"
    archive(tmp_path / "changed.tar.gz", files.items())
    done = evaluate(tmp_path, (tmp_path / "changed.tar.gz").read_bytes())
    assert done.returncode == 1
    assert "weights changed" in done.stderr
    assert not (tmp_path / "processing/output/evidence.json").exists()


@pytest.mark.parametrize("missing", ["signature.json", "lineage.json", "model.onnx"])
def test_an_incomplete_artefact_is_refused(trained: Trained, tmp_path: Path, missing: str) -> None:
    files = [(name, content) for name, content in members(trained.archive).items() if name != missing]
    archive(tmp_path / "model.tar.gz", files)
    with pytest.raises(RefusedInput):
        open_model(tmp_path / "model.tar.gz")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    done = evaluate(tmp_path, b"weights")
    assert done.returncode == 1
    assert "artefact cannot be read" in done.stderr


def test_a_model_of_another_dataset_is_not_called_independent(trained: Trained, tmp_path: Path) -> None:
    files = members(trained.archive)
    lineage = json.loads(files["lineage.json"])
    lineage["dataset"]["split"]["salt"] = "another"
    files["lineage.json"] = json.dumps(lineage).encode()
    archive(tmp_path / "other.tar.gz", files.items())
    assert evaluate(tmp_path, (tmp_path / "other.tar.gz").read_bytes()).returncode == 0
    assert read(tmp_path / "processing/output/evidence.json")["heldOutIndependent"] is False


def test_calibration_error_of_known_answers() -> None:
    probabilities = np.asarray([[0.85, 0.15], [0.85, 0.15], [0.25, 0.75], [0.25, 0.75]], dtype=np.float32)
    answers = Answers(np.asarray([0, 0, 1, 1]), probabilities)
    # Bin of 0.85: half right, distance 0.35; bin of 0.75: all right, distance 0.25.
    assert expected_calibration_error(np.asarray([0, 1, 1, 1]), answers) == pytest.approx(0.30, abs=1e-6)
    certain = Answers(np.asarray([0, 1]), np.asarray([[1, 0], [0, 1]], dtype=np.float32))
    assert expected_calibration_error(np.asarray([0, 1]), certain) == 0


def test_packing_depends_on_names_and_contents_only(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "inner").mkdir(parents=True)
        for path in ("b.txt", "a.txt", "inner/c.txt") if name == "one" else ("inner/c.txt", "a.txt", "b.txt"):
            (folder / path).write_text(path)
    (tmp_path / "two/a.txt").chmod(0o600)
    assert pack(tmp_path / "one") == pack(tmp_path / "two")
    (tmp_path / "two/a.txt").write_text("other")
    assert pack(tmp_path / "one") != pack(tmp_path / "two")


def test_packing_does_not_depend_on_the_order_of_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.txt", "a.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    listed = sorted(tmp_path.rglob("*"))
    packed = []
    for order in (listed, listed[::-1]):
        monkeypatch.setattr(Path, "rglob", lambda *_, order=order: iter(order))
        packed.append(pack(tmp_path))
    assert packed[0] == packed[1]


def test_links_and_nothing_are_not_packed(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="nothing to pack"):
        pack(tmp_path)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(RefusedInput, match="not a plain file"):
        pack(tmp_path)
