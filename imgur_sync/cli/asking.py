"""What the options of `plan` and `apply` mean, and how they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from imgur_sync.cli.numbers import Whole
from imgur_sync.errors import UsageError
from imgur_sync.model.plan import GateName

MOST_CREDITS = 1_000_000_000

_OPTIONS = (
    click.argument("albums", metavar="[ALBUM]...", nargs=-1),
    click.option("--approve", metavar="NAME=N[,NAME=N]", multiple=True, help="Pass a gate, by the number it shows."),
    click.option(
        "--max-credits",
        type=Whole(1, MOST_CREDITS),
        metavar="N",
        help="Spend at most N credits, reads included.",
    ),
    click.option("--refresh", is_flag=True, help="Ask Imgur about every album, however fresh what is known of it."),
    click.option("--checksum", is_flag=True, help="Read every file again, whatever its time and size say."),
)


def planning_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument ALBUM… and the options that `plan` and `apply` share."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def approvals(texts: Iterable[str]) -> Mapping[GateName, int]:
    """`--approve` as gate to number. Raises `UsageError` for what is not NAME=N, names no gate, or names one twice."""
    numbers: dict[GateName, int] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not (number.isascii() and number.isdigit()) or len(number) > 12:
            raise UsageError(f'--approve takes NAME=NUMBER, not "{part}"', hint="for example: --approve prune=37")
        gate = next((gate for gate in GateName if gate.value == name), None)
        if gate is None:
            names = [gate.value for gate in GateName if gate.approvable]
            raise UsageError(f'there is no gate "{name}"', hint=_meant(name, names))
        if numbers.setdefault(gate, int(number)) != int(number):
            raise UsageError(f"--approve names {name} twice, with two numbers", hint="give one of them")
    return numbers


def _meant(given: str, names: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(given, names, 1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(names)}"
