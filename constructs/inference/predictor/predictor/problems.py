"""What is wrong with an input: every problem at once, each with where, what, allowed, given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

LISTED = 50
"""Problems that one answer lists at most; the rest is counted."""

SHOWN = 80
"""Characters of a given value that an answer repeats at most."""


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, what is wrong, what is allowed (with unit), what was given."""

    where: str
    what: str
    allowed: str
    given: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; allowed: {self.allowed}; given: {self.given}"


@dataclass
class Findings:
    """Collects problems, so that a caller learns of all of them in one answer."""

    listed: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, where: str, what: str, allowed: str, given: object) -> None:
        """Notes a problem; `given` is shown as Python writes it, shortened."""
        self.total += 1
        if len(self.listed) < LISTED:
            self.listed.append(Problem(where, what, allowed, shown(given)))

    def raise_if_any(self) -> None:
        """Ends the request where there is a problem.

        Raises:
            Refused: With status 422.
        """
        if self.total:
            plural = "problem" if self.total == 1 else "problems"
            raise Refused(422, "InvalidInput", f"{self.total} {plural} in the input", self.listed)


class Refused(Exception):
    """A request that is answered with an error. The code is stable: clients may match on it."""

    def __init__(
        self,
        status: int,
        code: str,
        summary: str,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(summary)
        self.status = status
        self.code = code
        self.summary = summary
        self.problems = tuple(problems)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The answer: `error` as the Open Inference Protocol has it, plus code and problems."""
        first = f": {self.problems[0]}" if len(self.problems) == 1 else ""
        return {
            "error": f"{self.summary}{first}",
            "code": self.code,
            "problems": [asdict(problem) for problem in self.problems],
        }


def shown(given: object) -> str:
    """A value as an answer repeats it."""
    text = repr(given)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
