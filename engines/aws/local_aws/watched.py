"""Property maps that remember which keys were looked at."""

from collections.abc import Iterator
from typing import Any


class Watched(dict[str, Any]):
    """A property map of a template; ``unseen`` names the keys that nobody read."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__({key: watch(value) for key, value in data.items()})
        self.seen: set[str] = set()

    def unseen(self, prefix: str = "") -> Iterator[str]:
        """Dotted paths that were never read. An inner map that nobody looked into was stored as a whole."""
        for key, value in dict.items(self):
            if key not in self.seen:
                yield prefix + key
                continue
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Watched) and item.seen:
                    yield from item.unseen(f"{prefix}{key}.")


def _recording(name: str) -> Any:
    plain = getattr(dict, name)

    def method(self: Watched, *args: Any) -> Any:
        self.seen.update(args[:1] if args else dict.keys(self))
        return plain(self, *args)

    return method


for _name in ("__getitem__", "__contains__", "__iter__", "get", "pop", "items", "keys", "values"):
    setattr(Watched, _name, _recording(_name))


def watch(value: Any) -> Any:
    """``value`` with every map inside it watched."""
    if isinstance(value, dict):
        return Watched(value)
    return [watch(item) for item in value] if isinstance(value, list) else value
