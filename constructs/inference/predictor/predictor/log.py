"""One JSON object a line on standard output. Inputs and answers are never logged."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

LEVELS = ("debug", "info", "warning", "error")


class Log:
    """Writes events of a level and above, each with the fields that every line carries."""

    def __init__(self, level: str = "info", **common: Any) -> None:
        self._least = LEVELS.index(level)
        self._common = common

    def write(self, level: str, event: str, **fields: Any) -> None:
        """Writes one event. Times are UTC."""
        if LEVELS.index(level) < self._least:
            return
        line = {"time": _now(), "level": level, "event": event, **self._common, **fields}
        sys.stdout.write(json.dumps(line, default=str) + "\n")
        sys.stdout.flush()


def _now() -> str:
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"
