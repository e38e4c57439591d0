"""`imgur-sync completion`: a script that makes a shell complete commands, options, album keys and gates."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "imgur-sync"
VARIABLE = "_IMGUR_SYNC_COMPLETE"
"""The variable by which the script asks the program; click derives it from the program's name."""


@click.command("completion", short_help="Print a script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@shared(json=False)
def command(session: Session, shell: str) -> None:
    """Print a script that makes SHELL complete commands, options, album keys and gates.

    \b
    bash   in ~/.bashrc:                   eval "$(imgur-sync completion bash)"
    zsh    in ~/.zshrc, after compinit:    eval "$(imgur-sync completion zsh)"
    fish   in ~/.config/fish/config.fish:  imgur-sync completion fish | source
    """
    from click.shell_completion import get_completion_class

    from imgur_sync.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    completer = kind(cli, {}, PROGRAM, VARIABLE)
    result(completer.source_template % completer.source_vars() + "\n")
