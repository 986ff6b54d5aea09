"""JSON files with the same bytes for the same content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from common.problems import refuse


def write_json(path: Path, content: object) -> None:
    """Writes `content` with sorted keys and a final newline, and makes the folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Content of a JSON file.

    Raises:
        RefusedInput: The file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise refuse(path.name, "file is missing", "a JSON file at this path", path) from None
    except ValueError as error:
        raise refuse(path.name, "file is not JSON", "UTF-8 JSON", error) from None
