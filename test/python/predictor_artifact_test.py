"""Only the released artefact is opened, and nothing in it leaves its folder."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import archive, members, sha256
from support.jobs import Trained
from support.server import environment, refusal, started

from predictor.artifact import ArtifactRefused, provide
from predictor.settings import Settings


def settings(path: Path, digest: str, cache: Path, **overrides: Any) -> Settings:
    given = {"model_name": "iris", "model_version": "1", "model_uri": path.as_uri(), "model_digest": digest}
    return Settings.model_validate({**given, "model_cache": str(cache), **overrides})


def refused(path: Path, digest: str, cache: Path, **overrides: Any) -> str:
    with pytest.raises(ArtifactRefused) as error:
        provide(settings(path, digest, cache, **overrides))
    left = [item.name for item in cache.rglob("*") if not item.name.endswith(".tar.gz")] if cache.exists() else []
    assert left == [], "a refused artefact leaves nothing unpacked"
    return str(error.value)


def test_the_files_of_the_artefact(trained: Trained, cache: Path) -> None:
    folder = provide(settings(trained.archive, trained.digest, cache))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == members(trained.archive)


def test_another_digest_is_refused(trained: Trained, worse: Trained, cache: Path) -> None:
    text = refused(worse.archive, trained.digest, cache)
    assert f"expected {trained.digest}, found {worse.digest}" in text
    assert list(cache.iterdir()) == []


def test_one_changed_byte_is_refused(trained: Trained, tmp_path: Path, cache: Path) -> None:
    content = bytearray(trained.archive.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.tar.gz").write_bytes(content)
    assert "is not the released artefact" in refused(tmp_path / "changed.tar.gz", trained.digest, cache)


def test_a_missing_file_is_refused(trained: Trained, tmp_path: Path, cache: Path) -> None:
    assert "no such file" in refused(tmp_path / "none.tar.gz", trained.digest, cache)


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "inner/../../escaped", "..\\escaped"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, cache: Path, name: str) -> None:
    digest = archive(tmp_path / "a.tar.gz", [("model.onnx", b"x"), (name, b"x")])
    assert "points outside its folder" in refused(tmp_path / "a.tar.gz", digest, cache)
    assert not (tmp_path / "escaped").exists()
    assert not Path("/escaped").exists()


def test_a_link_is_refused(tmp_path: Path, cache: Path) -> None:
    target = tmp_path / "outside"
    target.mkdir()
    digest = archive(tmp_path / "a.tar.gz", [("inner/file", b"x")], links=[("inner", str(target))])
    assert "neither a file nor a folder" in refused(tmp_path / "a.tar.gz", digest, cache)
    assert list(target.iterdir()) == []


def test_the_same_name_twice_is_refused(tmp_path: Path, cache: Path) -> None:
    digest = archive(tmp_path / "a.tar.gz", [("model.onnx", b"one"), ("model.onnx", b"two")])
    assert "twice" in refused(tmp_path / "a.tar.gz", digest, cache)


def test_what_is_no_archive_is_refused(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"not an archive")
    assert "not a gzip-compressed tar" in refused(tmp_path / "a.tar.gz", sha256(b"not an archive"), cache)
    archive(tmp_path / "a.tar.gz", [("model.onnx", bytes(range(256)) * 400)])
    half = (tmp_path / "a.tar.gz").read_bytes()[:200]
    (tmp_path / "a.tar.gz").write_bytes(half)
    assert "not a gzip-compressed tar" in refused(tmp_path / "a.tar.gz", sha256(half), cache)


def test_an_artefact_larger_than_allowed_is_refused(tmp_path: Path, cache: Path) -> None:
    digest = archive(tmp_path / "a.tar.gz", [("model.onnx", b"\0" * 100_000)])
    assert "unpacks to more than 50000 bytes" in refused(tmp_path / "a.tar.gz", digest, cache, max_model_bytes=50_000)
    assert "is larger than 10 bytes" in refused(tmp_path / "a.tar.gz", digest, cache / "other", max_model_bytes=10)


def test_a_restart_does_not_need_the_store(trained: Trained, tmp_path: Path, cache: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(trained.archive.read_bytes())
    provide(settings(copy, trained.digest, cache))
    copy.unlink()
    assert (provide(settings(copy, trained.digest, cache)) / "model.onnx").is_file()


def test_a_changed_cache_is_not_trusted(trained: Trained, cache: Path) -> None:
    folder = provide(settings(trained.archive, trained.digest, cache))
    (folder / "model.onnx").write_bytes(b"changed")
    (cache / f"{trained.digest[7:]}.tar.gz").write_bytes(b"changed")
    again = provide(settings(trained.archive, trained.digest, cache))
    assert (again / "model.onnx").read_bytes() == members(trained.archive)["model.onnx"]


def test_a_cache_that_cannot_be_written_is_named(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactRefused, match="MODEL_CACHE"):
        provide(settings(trained.archive, trained.digest, tmp_path / "file" / "cache"))


def test_the_process_ends_with_65_for_another_artefact(trained: Trained, worse: Trained, cache: Path) -> None:
    code, event = refusal(environment(worse.archive, trained.digest, cache))
    assert (code, event["code"]) == (65, "ArtifactRefused")
    assert trained.digest in event["error"]


def test_the_process_ends_with_65_for_another_model(trained: Trained, cache: Path) -> None:
    code, event = refusal(environment(trained.archive, trained.digest, cache, MODEL_NAME="tulip"))
    assert (code, event["code"]) == (65, "ArtifactRefused")
    assert "MODEL_NAME is tulip, but the artefact is the model iris" in event["error"]


@contextmanager
def object_store(objects: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Answers GetObject like S3 with path-style addresses; notes what was asked."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            asked.append(path)
            content = objects.get(path)
            body = content if content is not None else b"<Error><Code>NoSuchKey</Code></Error>"
            self.send_response(404 if content is None else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def aws(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_an_artefact_from_s3(trained: Trained, cache: Path) -> None:
    with object_store({"/models/iris/model.tar.gz": trained.archive.read_bytes()}) as (endpoint, asked):
        env = environment(trained.archive, trained.digest, cache, **aws(endpoint))
        env["MODEL_URI"] = "s3://models/iris/model.tar.gz"
        with started(env) as (_, client):
            assert client.get("/v2/models/iris").json()["parameters"]["digest"] == trained.digest
    assert asked == ["/models/iris/model.tar.gz"]


def test_what_s3_does_not_have_is_refused(trained: Trained, worse: Trained, cache: Path) -> None:
    with object_store({"/models/worse.tar.gz": worse.archive.read_bytes()}) as (endpoint, _):
        env = environment(trained.archive, trained.digest, cache, **aws(endpoint))
        code, event = refusal({**env, "MODEL_URI": "s3://models/none.tar.gz"})
        assert code == 65
        assert "s3://models/none.tar.gz cannot be read" in event["error"]
        code, event = refusal({**env, "MODEL_URI": "s3://models/worse.tar.gz"})
        assert code == 65
        assert "is not the released artefact" in event["error"]
