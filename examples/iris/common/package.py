"""The packed model: a model.tar.gz whose bytes depend on nothing but its files' names and contents.

`python -m common.package MODEL_FOLDER OUT.tar.gz` packs a folder and prints the digest.
"""

from __future__ import annotations

import argparse
import gzip
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from common.digest import digest_bytes
from common.problems import refuse

LARGEST_FILE = 512 * 1024 * 1024
"""Bytes of one file that `unpack` reads into memory at most."""


def pack(folder: Path) -> bytes:
    """The content of a folder as model.tar.gz: sorted, without times, owners or the folder's own name.

    Raises:
        RefusedInput: The folder is missing, empty, or holds something that is neither a file nor a folder.
    """
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    if not paths:
        raise refuse(str(folder), "nothing to pack", "a folder with at least one file", "none")
    archive = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=archive, mode="wb", filename="", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in paths:
            if path.is_symlink() or not path.is_file():
                raise refuse(str(path), "not a plain file", "files and folders only", "a link or device")
            content = path.read_bytes()
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def unpack(path: Path) -> dict[str, bytes]:
    """Files of a model.tar.gz by name, read into memory: nothing is written, so no name can leave a folder.

    Raises:
        RefusedInput: The file is missing or is no archive, or a member is no plain file or too large.
    """
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            return {_name(member): _content(tar, member) for member in tar.getmembers() if not member.isdir()}
    except FileNotFoundError:
        raise refuse(str(path), "artefact is missing", "a model.tar.gz at this path", "none") from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise refuse(str(path), "artefact cannot be read", "a gzip-compressed tar", error) from None


def _name(member: tarfile.TarInfo) -> str:
    return member.name.removeprefix("./")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if not member.isfile():
        raise refuse(member.name, "not a plain file", "files and folders only", "a link or device")
    if member.size > LARGEST_FILE:
        raise refuse(member.name, "file is too large", f"at most {LARGEST_FILE} bytes", f"{member.size} bytes")
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def main(arguments: Sequence[str] | None = None) -> None:
    """Packs a folder and prints the digest of the archive."""
    parser = argparse.ArgumentParser(description="Packs a model folder into a deterministic model.tar.gz.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    content = pack(options.folder)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(content)
    print(digest_bytes(content))


if __name__ == "__main__":
    main()
