"""Options of a few commands that the `Session` keeps, so that no function between hands them on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from imgur_sync.cli.session import Session

Command = Callable[..., Any]


def lfs_option(words: str) -> Callable[[Command], Command]:
    """Give a command `--lfs pull` with this help; to be used below `shared`."""

    def give(function: Command) -> Command:
        return _kept("lfs", click.option("--lfs", type=click.Choice(["pull"]), help=words), function)

    return give


def events_option(function: Command) -> Command:
    """Give a command `--events FILE`; to be used below `shared`."""
    return _kept(
        "events",
        click.option("--events", metavar="FILE", help="Also write each event as a line of JSON there."),
        function,
    )


def _kept(name: str, option: Callable[[Command], Command], function: Command) -> Command:
    @functools.wraps(function)
    def wrapped(session: Session, /, **given: Any) -> Any:
        session.take(**{name: given.pop(name)})
        return function(session, **given)

    return option(wrapped)
