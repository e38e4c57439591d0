"""A case: one thing that Imgur is said to do, a probe that looks, and what the simulator has for each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contract.conformance.visit import Visit

Probe = Callable[["Visit"], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe may see, and the knobs that have the simulator answer so; none for what it does by default."""

    seen: str
    knobs: Mapping[str, object] = field(default_factory=dict)

    def told(self) -> str:
        """The knobs as the simulator's README writes them."""
        return ", ".join(f"{name}={value}" for name, value in self.knobs.items())


@dataclass(frozen=True, slots=True)
class Case:
    """`row` begins the row of the simulator's README that the case is about; `price` is what it may cost, in credits,
    the deletion of what it makes included. The first of `answers` is the simulator's own."""

    name: str
    what: str
    row: str
    price: int
    answers: tuple[Answer, ...]
    probe: Probe


KEPT: list[Case] = []
"""All of them; filled by importing the modules that `cases` names."""


def case(
    row: str, price: int, seen: str, others: Mapping[str, Mapping[str, object]] | None = None
) -> Callable[[Probe], Probe]:
    """Keep the decorated probe as a case: its name is the function's, its docstring what it is about.

    `seen` is what it sees by default, `others` what else it may see, with the knobs for each.
    """

    def keep(probe: Probe) -> Probe:
        what = " ".join((probe.__doc__ or "").split()).rstrip(".")
        answers = (Answer(seen), *(Answer(text, knobs) for text, knobs in (others or {}).items()))
        KEPT.append(Case(probe.__name__, what, row, price, answers, probe))
        return probe

    return keep
