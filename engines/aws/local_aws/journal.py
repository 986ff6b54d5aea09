"""The append-only record of what the emulator did not do."""

import json
import pathlib
import threading
from typing import Any


class Journal:
    """Rows of JSON, one per line.

    ``action`` is one of: ``create``, ``update``, ``delete`` (a type that the emulator lacks: nothing was created),
    ``filled`` (attributes that its own handler left out and that were invented here), ``ignored`` (properties that its
    own handler never looked at).
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def write(self, action: str, kind: str, stack: str | None, logical_id: str | None, physical_id: str, **more: Any) -> None:
        """Appends one row; fails loudly when the disk is full."""
        row = {"action": action, "type": kind, "stack": stack, "logicalId": logical_id, "physicalId": physical_id, **more}
        with self._lock, self.path.open("a") as out:
            out.write(json.dumps(row, default=str) + "\n")
