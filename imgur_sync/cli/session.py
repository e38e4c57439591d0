"""What the options that all commands share say, and the two streams. Imports what click does, and nothing else."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from pathlib import Path

Command = Callable[..., Any]


class Session:
    """The shared options of one command line. Given twice, before and after the command, the later one rules."""

    __slots__ = ("allow_root", "debug", "events", "file", "json", "lfs", "quiet", "told", "verbose")

    def __init__(
        self,
        *,
        file: str | None = None,
        allow_root: tuple[str, ...] = (),
        verbose: bool = False,
        quiet: bool = False,
        debug: bool = False,
        json: bool = False,
    ) -> None:
        self.file = file
        self.allow_root = allow_root
        self.verbose = verbose
        self.quiet = quiet
        self.debug = debug
        self.json = json
        self.events: str | None = None
        """The file that gets a line for each event."""
        self.lfs: str | None = None
        """Whether the content of pointers is fetched first ("pull")."""
        self.told = False
        """Whether stdout has its document already: an error that follows is told on stderr only."""

    def take(self, **options: object) -> None:
        """Take over the options that were given."""
        for name, value in options.items():
            if name == "allow_root" and isinstance(value, tuple):
                self.allow_root += tuple(str(entry) for entry in value)
            elif value:
                setattr(self, name, value)
        if self.debug or self.verbose:
            from imgur_sync.cli.logs import log_to_stderr

            log_to_stderr(debug=self.debug)

    @property
    def manifest_path(self) -> Path | None:
        """The manifest that was named, or None for the one in the current directory."""
        from pathlib import Path

        return Path(self.file) if self.file is not None else None

    @property
    def allow_roots(self) -> tuple[Path, ...]:
        """Where the manifest's folders may lie besides its own directory."""
        from pathlib import Path

        return tuple(Path(entry).absolute() for entry in self.allow_root)


def shared(*, json: bool = True) -> Callable[[Command], Command]:
    """Give a command the shared options (also after its name), `--json`, and the `Session` as first argument."""
    options = [
        click.option("-f", "--file", metavar="FILE", hidden=True),
        click.option("--allow-root", metavar="DIR", multiple=True, hidden=True),
        click.option("-v", "--verbose", is_flag=True, hidden=True),
        click.option("-q", "--quiet", is_flag=True, hidden=True),
        click.option("--debug", is_flag=True, hidden=True),
    ]
    if json:
        options.append(click.option("--json", is_flag=True, help="Print the result as JSON."))

    def decorate(function: Command) -> Command:
        @click.pass_context
        @functools.wraps(function)
        def wrapped(ctx: click.Context, /, **given: Any) -> Any:
            session = ctx.ensure_object(Session)
            names = ("file", "allow_root", "verbose", "quiet", "debug", *(("json",) if json else ()))
            session.take(**{name: given.pop(name) for name in names})
            return function(session, **given)

        command: Command = wrapped
        for option in options:
            command = option(command)
        return command

    return decorate


def result(text: str) -> None:
    """Write to stdout. A reader that went away is no error: the command goes on, its exit code stays true."""
    _write(sys.stdout, text)


def note(text: str) -> None:
    """Write one line to stderr."""
    _write(sys.stderr, text + "\n")


def prompt(text: str) -> None:
    """Write to stderr without ending the line."""
    _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed before we were started
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        hush(stream)


def hush(stream: TextIO) -> None:
    """Let what is still written to a stream vanish, because nobody reads it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits at that stream."""
    return stream is not None and not stream.closed and stream.isatty()
