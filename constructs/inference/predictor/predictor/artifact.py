"""Brings the artefact here, compares its digest, and unpacks it. Nothing unverified is ever opened."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from predictor.settings import Settings

CHUNK = 1 << 20


class ArtifactRefused(Exception):
    """The artefact cannot be had, is not the one that was released, or is not safe to unpack."""


def provide(settings: Settings) -> Path:
    """Folder with the files of the artefact that `MODEL_DIGEST` names.

    The packed artefact stays in the cache, so that a restarted container does not depend on the store; it is compared
    with the digest at every start.

    Raises:
        ArtifactRefused: Nothing is left in the cache that a later start could mistake for a model.
    """
    cache = Path(settings.model_cache)
    hexadecimal = settings.model_digest.removeprefix("sha256:")
    packed = cache / f"{hexadecimal}.tar.gz"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if not packed.is_file() or _digest(packed) != settings.model_digest:
            _fetch(settings, packed)
        return _unpack(packed, cache / hexadecimal, settings.max_model_bytes)
    except OSError as error:
        raise ArtifactRefused(f"MODEL_CACHE {cache} cannot be used: {error}") from None


def _fetch(settings: Settings, packed: Path) -> None:
    partial = packed.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    try:
        with _source(settings.model_uri) as stream, partial.open("wb") as out:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > settings.max_model_bytes:
                    raise ArtifactRefused(f"{settings.model_uri} is larger than {settings.max_model_bytes} bytes")
                digest.update(chunk)
                out.write(chunk)
        found = f"sha256:{digest.hexdigest()}"
        if found != settings.model_digest:
            raise ArtifactRefused(
                f"{settings.model_uri} is not the released artefact: expected {settings.model_digest}, found {found}"
            )
        os.replace(partial, packed)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _source(uri: str) -> Iterator[IO[bytes] | Any]:
    address = urlsplit(uri)
    if address.scheme == "file":
        path = Path(unquote(address.path))
        if not path.is_file():
            raise ArtifactRefused(f"{uri}: no such file")
        with path.open("rb") as stream:
            yield stream
        return
    with _object(address.netloc, address.path.lstrip("/"), uri) as body:
        yield body


@contextmanager
def _object(bucket: str, key: str, uri: str) -> Iterator[Any]:
    # Imported here: it takes longer than all the rest, and file:// needs none of it.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 3})
    try:
        body = boto3.client("s3", config=config).get_object(Bucket=bucket, Key=key)["Body"]
        with closing(body):
            yield body
    except (BotoCoreError, ClientError) as error:
        raise ArtifactRefused(f"{uri} cannot be read: {error}") from None


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _unpack(packed: Path, folder: Path, limit: int) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with tarfile.open(packed, mode="r:gz") as tar:
            left = limit
            for member in tar:
                left -= member.size
                if left < 0:
                    raise ArtifactRefused(f"the artefact unpacks to more than {limit} bytes")
                _extract(tar, member, folder)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ArtifactRefused(f"the artefact is not a gzip-compressed tar: {error}") from None
    except ArtifactRefused:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name or "\0" in member.name:
        raise ArtifactRefused(f"the artefact holds {member.name!r}, which points outside its folder")
    target = folder / name
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    if not member.isfile():
        raise ArtifactRefused(f"the artefact holds {member.name!r}, which is neither a file nor a folder")
    stream = tar.extractfile(member)
    if stream is None or target.exists():
        raise ArtifactRefused(f"the artefact holds {member.name!r} twice")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, CHUNK)
