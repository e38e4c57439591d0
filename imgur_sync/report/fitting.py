"""Parts of a text with a limit: each whole, in a shorter form, or left out; none is ever cut inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from imgur_sync.report.commonmark import length


class Part(NamedTuple):
    """One part in all of its forms, the longest first. `urgent` ones get their room first."""

    forms: tuple[str, ...]
    urgent: bool = False


class Fitted(NamedTuple):
    """The parts that fit, in their order; how many are there in a shorter form, and how many not at all."""

    texts: tuple[str, ...]
    shortened: int
    left_out: int


def fitted(parts: Sequence[Part], room: int, between: int = 2) -> Fitted:
    """As much as `room` characters hold, with `between` after each part: first every part in its shortest form, then
    longer forms, the urgent parts first, each time as long as there is room."""
    places = [number for number, part in enumerate(parts) if part.urgent]
    places += [number for number, part in enumerate(parts) if not part.urgent]
    chosen: dict[int, str] = {}
    for number in places:
        shortest = parts[number].forms[-1]
        if length(shortest) + between <= room:
            chosen[number] = shortest
            room -= length(shortest) + between
    for number in places:
        if number not in chosen:
            continue
        for form in parts[number].forms[:-1]:
            more = length(form) - length(chosen[number])
            if more <= room:
                chosen[number] = form
                room -= more
                break
    shortened = sum(text != parts[number].forms[0] for number, text in chosen.items())
    return Fitted(tuple(chosen[number] for number in sorted(chosen)), shortened, len(parts) - len(chosen))


def first_lines(lines: Iterable[str], room: int) -> tuple[list[str], int]:
    """The first lines that fit into so many characters, and how many do not."""
    taken: list[str] = []
    left = 0
    for line in lines:
        room -= length(line) + 1
        if room < 0 or left:
            left += 1
        else:
            taken.append(line)
    return taken, left
