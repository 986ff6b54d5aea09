"""What the synthesised templates ask of each resource type."""

import collections
import json
import pathlib
import re

_ATTRIBUTE = re.compile(r'"Fn::GetAtt":\s*\[\s*"(\w+)",\s*"([\w.]+)"|\$\{(\w+)\.([\w.]+)\}')


class Templates:
    """Resource types of a cloud assembly and the attributes that its templates read from them.

    Read again when the assembly was written again, so that the emulator can start before synth has ended.
    """

    def __init__(self, assembly: pathlib.Path) -> None:
        self._assembly = assembly
        self._written = -1
        self._types: dict[str, set[str]] = {}

    def attributes(self, kind: str) -> set[str] | None:
        """Attributes read from resources of ``kind``; None when no template has the type."""
        manifest = self._assembly / "manifest.json"
        written = manifest.stat().st_mtime_ns if manifest.exists() else 0
        if written != self._written:
            self._types, self._written = _read(self._assembly), written
        return self._types.get(kind)


def _read(assembly: pathlib.Path) -> dict[str, set[str]]:
    types: dict[str, set[str]] = collections.defaultdict(set)
    for path in assembly.rglob("*.template.json"):
        text = path.read_text()
        read = {(a or c, b or d) for a, b, c, d in _ATTRIBUTE.findall(text)}
        for logical_id, resource in json.loads(text).get("Resources", {}).items():
            types[resource["Type"]] |= {attribute for owner, attribute in read if owner == logical_id}
    return dict(types)
