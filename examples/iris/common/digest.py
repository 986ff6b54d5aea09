"""Content digests, always written `sha256:<64 hex digits>`."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest_bytes(content: bytes) -> str:
    """Digest of these bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_file(path: Path) -> str:
    """Digest of a file's content."""
    return digest_bytes(path.read_bytes())


def digest_sources(*folders: Path) -> str:
    """Digest of all Python sources below these folders: names and contents, in sorted order."""
    entries = [
        f"{folder.name}/{path.relative_to(folder).as_posix()} {digest_file(path)}"
        for folder in folders
        for path in folder.rglob("*.py")
    ]
    return digest_bytes("\n".join(sorted(entries)).encode())
