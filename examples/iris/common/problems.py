"""Errors that list every problem at once, each with where, what is allowed, what was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    Attributes:
        where: File, row or name that broke it.
        what: What is wrong, in a few words.
        allowed: What would be right, with its unit.
        given: What was found.
    """

    where: str
    what: str
    allowed: str
    given: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; allowed: {self.allowed}; given: {self.given}"


class RefusedInput(Exception):
    """An input broke its contract; nothing was computed from it.

    Attributes:
        problems: Every problem found, in reading order.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def refuse(where: str, what: str, allowed: str, given: object) -> RefusedInput:
    """The error for a single problem."""
    return RefusedInput([Problem(where, what, allowed, str(given))])
