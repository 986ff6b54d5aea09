"""Weights are served only if every byte of them is in the manifest whose digest was asked for."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "assets/inference/verify_weights.py"
FOLDER = "models/llama/2.1.0/"
KEY = f"{FOLDER}manifest.json"
WEIGHTS = {"config.json": b"{}", "model-1.safetensors": b"weights" * 100}


def script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_weights", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Iterator[bytes]:
        return iter(lambda: self.read(size), b"")


class Bucket:
    """The four calls of S3 that the script makes, with the answers that S3 gives."""

    def __init__(self, objects: dict[str, bytes], checksums: str = "FULL_OBJECT") -> None:
        self.objects = objects
        self.checksums = checksums
        self.read: list[str] = []

    def get_object(self, **call: str) -> dict[str, Any]:
        self.read.append(call["Key"])
        return {"Body": Body(self.objects[call["Key"]])}

    def head_object(self, **call: str) -> dict[str, Any]:
        assert call["ChecksumMode"] == "ENABLED"
        found = base64.b64encode(hashlib.sha256(self.objects[call["Key"]]).digest()).decode()
        if self.checksums == "COMPOSITE":
            return {"ChecksumSHA256": f"{found}-2", "ChecksumType": "COMPOSITE"}
        return {"ChecksumSHA256": found, "ChecksumType": "FULL_OBJECT"} if self.checksums else {}

    def get_paginator(self, operation: str) -> Bucket:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **call: str) -> list[dict[str, Any]]:
        keys = [key for key in self.objects if key.startswith(call["Prefix"])]
        return [{"Contents": [{"Key": key}]} for key in keys] or [{}]


def manifest(files: dict[str, bytes]) -> bytes:
    entries = [{"path": path, "sha256": hashlib.sha256(data).hexdigest()} for path, data in files.items()]
    return json.dumps({"schemaVersion": 1, "files": entries}).encode()


def bucket(stored: dict[str, bytes], listed: dict[str, bytes], **more: Any) -> tuple[Bucket, str]:
    text = manifest(listed)
    objects = {KEY: text, **{FOLDER + path: data for path, data in stored.items()}, "models/other/1.0.0/x": b""}
    return Bucket(objects, **more), "sha256:" + hashlib.sha256(text).hexdigest()


def refused(stored: dict[str, bytes], listed: dict[str, bytes], **more: Any) -> str:
    s3, digest = bucket(stored, listed, **more)
    module = script()
    with pytest.raises(module.Refused) as error:
        module.verify(s3, "artifacts", KEY, digest)
    return str(error.value)


def test_the_weights_of_the_manifest_are_accepted_without_reading_them() -> None:
    s3, digest = bucket(WEIGHTS, WEIGHTS)
    assert script().verify(s3, "artifacts", KEY, digest) == 2
    assert s3.read == [KEY]


@pytest.mark.parametrize("checksums", ["", "COMPOSITE"])
def test_files_without_a_whole_checksum_are_read(checksums: str) -> None:
    s3, digest = bucket(WEIGHTS, WEIGHTS, checksums=checksums)
    assert script().verify(s3, "artifacts", KEY, digest) == 2
    assert len(s3.read) == 3


def test_another_manifest_is_refused() -> None:
    s3, _ = bucket(WEIGHTS, WEIGHTS)
    module = script()
    with pytest.raises(module.Refused, match=r"has digest sha256:.*, asked for sha256:0+"):
        module.verify(s3, "artifacts", KEY, "sha256:" + "0" * 64)


@pytest.mark.parametrize("checksums", ["FULL_OBJECT", "COMPOSITE", ""])
def test_other_weights_are_refused(checksums: str) -> None:
    changed = {**WEIGHTS, "model-1.safetensors": b"other"}
    assert "model-1.safetensors has digest" in refused(changed, WEIGHTS, checksums=checksums)


def test_a_file_beside_the_manifest_is_refused() -> None:
    assert refused({**WEIGHTS, "modeling.py": b"import os"}, WEIGHTS) == "not in the manifest: modeling.py"


@pytest.mark.parametrize("name", ["modeling.py", "pytorch_model.bin", "weights.pt", "weights.pkl"])
def test_formats_that_carry_code_are_refused_even_if_listed(name: str) -> None:
    files = {**WEIGHTS, name: b""}
    assert refused(files, files) == f"may carry code: {name}"


def test_an_empty_manifest_is_refused() -> None:
    assert "lists no file" in refused({}, {})


def test_a_huge_manifest_is_refused_before_it_is_parsed() -> None:
    module = script()
    s3 = Bucket({KEY: b" " * (module.MANIFEST_LIMIT + 1)})
    with pytest.raises(module.Refused, match="larger than"):
        module.verify(s3, "artifacts", KEY, "sha256:" + "0" * 64)


def test_a_refusal_ends_with_65_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    s3, _ = bucket(WEIGHTS, WEIGHTS)
    module = script()
    monkeypatch.setattr(module.boto3, "client", lambda _: s3)
    for name, value in {"MODEL_BUCKET": "artifacts", "MODEL_MANIFEST": KEY, "MODEL_DIGEST": "sha256:0"}.items():
        monkeypatch.setenv(name, value)
    assert module.main() == 65
    assert json.loads(capsys.readouterr().err)["event"] == "refused"
