"""What a shell completes beside commands and options: album keys and gates. Silent: a broken manifest offers nothing.

Every argument called ALBUM, in whatever command, is an album key, and every option --approve names gates; `fit` tells
click so, when it completes. A command that comes later is completed without another word.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

ALBUMS = ("album", "albums")
"""How arguments that take album keys are called."""
_TYPED = re.compile(r"[\w./+][\w./+-]*")
"""What a shell takes for itself. The scripts insert what they are given as it stands: any other key would have to be
quoted, and one that somebody else wrote could hold a command."""


class AlbumKey(click.types.StringParamType):
    """A text; completed with the keys of the manifest that the command line names."""

    name = "album"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The keys that begin so and were not given yet."""
        given = ctx.params.get(param.name or "") or ()
        taken = (given,) if isinstance(given, str) else given
        file = ctx.params.get("file") or ctx.find_root().params.get("file")
        keys = album_keys(file if isinstance(file, str) else None)
        return [CompletionItem(key) for key in keys if key.startswith(incomplete) and key not in taken]


class Approval(click.types.StringParamType):
    """A text; completed with the names of the gates that a number passes, also behind a comma."""

    name = "approval"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """`NAME=` of every gate that begins so; the number stands in the plan."""
        from imgur_sync.model.plan import GateName

        before, comma, started = incomplete.rpartition(",")
        names = [f"{gate.value}=" for gate in GateName if gate.approvable]
        return [CompletionItem(f"{before}{comma}{name}") for name in names if name.startswith(started)]


def fit(command: click.Command) -> None:
    """Tell click what the parameters of a command, and of those below it, are completed with."""
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and parameter.name in ALBUMS:
            parameter.type = AlbumKey()
        elif parameter.name == "approve":
            parameter.type = Approval()
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            fit(inner)


def album_keys(file: str | None) -> list[str]:
    """The album keys of the manifest, in its order; none where it cannot be read. Nothing is said, nothing raised."""
    keys: list[str] = []
    with suppress(Exception):
        from imgur_sync.cli.glance import glance
        from imgur_sync.cli.stored import NAMES

        manifest = glance(Path(file or next(name for name in NAMES if os.path.lexists(name))))
        keys = list(manifest.get("albums", {}))
        if "collections" in manifest:
            keys = _all_keys(file)
    return [key for key in keys if isinstance(key, str) and _TYPED.fullmatch(key)]


def _all_keys(file: str | None) -> list[str]:
    """The keys of a manifest whose albums are not all written out in it: it is checked, unless it was before."""
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.session import Session

    return [spec.key for spec in load_manifest(Session(file=file)).albums]
