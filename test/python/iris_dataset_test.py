"""The dataset is checked before any use (E8), and split in one way only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.jobs import put_dataset, read, run_here

from common.dataset import load
from common.digest import digest_bytes
from common.problems import RefusedInput
from training.__main__ import train


def changed(folder: Path, old: str, new: str, keep_digest: bool = False) -> Path:
    """The dataset with one text replaced in its data; the digest is made to match unless it is kept."""
    put_dataset(folder)
    content = (folder / "iris.csv").read_text()
    assert old in content
    content = content.replace(old, new, 1)
    (folder / "iris.csv").write_text(content)
    if not keep_digest:
        descriptor = read(folder / "dataset.json")
        descriptor["file"]["digest"] = digest_bytes(content.encode())
        (folder / "dataset.json").write_text(json.dumps(descriptor))
    return folder


def test_every_row_is_on_exactly_one_side(tmp_path: Path) -> None:
    put_dataset(tmp_path)
    data = load(tmp_path)
    assert (len(data.training), len(data.held_out)) == (105, 45)
    for label in range(3):
        assert sum(row.label == label for row in data.held_out) == 15
    assert not {row.values for row in data.training} & {row.values for row in data.held_out}


def test_the_split_does_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    put_dataset(tmp_path)
    before = load(tmp_path)
    header, *rows = (tmp_path / "iris.csv").read_text().splitlines()
    reversed_text = "\n".join([header, *reversed(rows)]) + "\n"
    (tmp_path / "iris.csv").write_text(reversed_text)
    descriptor = read(tmp_path / "dataset.json")
    descriptor["file"]["digest"] = digest_bytes(reversed_text.encode())
    (tmp_path / "dataset.json").write_text(json.dumps(descriptor))
    assert sorted(load(tmp_path).held_out, key=str) == sorted(before.held_out, key=str)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("5.1,3.5,1.4,0.2", "5.1,3.5,140,0.2", "line 2, petal_length: out of bounds"),
        ("5.1,3.5,1.4,0.2", "5.1,,1.4,0.2", "line 2, sepal_width: missing value"),
        ("5.1,3.5,1.4,0.2", "5.1,nan,1.4,0.2", "line 2, sepal_width: out of bounds"),
        ("5.1,3.5,1.4,0.2", "5.1,wide,1.4,0.2", "line 2, sepal_width: not a number"),
        ("0.2,setosa", "0.2,tulip", "line 2, species: unknown class"),
        ("0.2,setosa", "0.2,virginica", "class virginica: wrong number of rows; allowed: 50; given: 51"),
        ("5.1,3.5,1.4,0.2,setosa\n", "", "wrong number of rows; allowed: 150; given: 149"),
        ("5.1,3.5,1.4,0.2,setosa", "5.1,3.5,1.4,0.2", "line 2: wrong number of cells"),
        ("sepal_length,sepal_width", "sepal_width,sepal_length", "line 1: wrong header"),
    ],
)
def test_a_broken_assumption_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(RefusedInput) as refused:
        load(changed(tmp_path, old, new))
    assert problem in str(refused.value)


def test_changed_content_is_refused_even_when_plausible(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="content changed"):
        load(changed(tmp_path, "5.1,3.5,1.4,0.2", "5.2,3.5,1.4,0.2", keep_digest=True))


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    changed(tmp_path, "5.1,3.5,1.4,0.2,setosa", "x,3.5,900,0.2,tulip", keep_digest=True)
    with pytest.raises(RefusedInput) as refused:
        load(tmp_path)
    assert [problem.what for problem in refused.value.problems] == [
        "content changed",
        "not a number",
        "out of bounds",
        "unknown class",
    ]


def test_equal_rows_on_both_sides_are_refused(tmp_path: Path) -> None:
    # Fifty times the same setosa: whatever the salt, some are on each side.
    put_dataset(tmp_path)
    header, *rows = (tmp_path / "iris.csv").read_text().splitlines()
    same = [rows[0]] * 50 + rows[50:]
    content = "\n".join([header, *same]) + "\n"
    (tmp_path / "iris.csv").write_text(content)
    descriptor = read(tmp_path / "dataset.json")
    descriptor["file"]["digest"] = digest_bytes(content.encode())
    (tmp_path / "dataset.json").write_text(json.dumps(descriptor))
    with pytest.raises(RefusedInput, match="equal rows on both sides"):
        load(tmp_path)


def test_an_unknown_key_of_the_descriptor_is_refused(tmp_path: Path) -> None:
    put_dataset(tmp_path)
    descriptor = read(tmp_path / "dataset.json")
    descriptor["ownr"] = "somebody"
    (tmp_path / "dataset.json").write_text(json.dumps(descriptor))
    with pytest.raises(RefusedInput, match="ownr"):
        load(tmp_path)


def test_training_refuses_before_it_trains(tmp_path: Path) -> None:
    changed(tmp_path / "input/data/dataset", "5.1,3.5,1.4,0.2", "5.1,3.5,140,0.2")
    done = run_here(train, tmp_path)
    assert done.returncode == 1
    assert "petal_length: out of bounds; allowed: a number from 0.1 to 30 cm; given: 140" in done.stderr
    assert "petal_length: out of bounds" in (tmp_path / "output/failure").read_text()
    assert not (tmp_path / "model").exists()
