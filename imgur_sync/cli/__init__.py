"""The command line. Imports click and the standard library only: `--help` and `--version` load nothing else.

Each command is a file of its own, loaded when it is called; `COMMANDS` tells what there is without loading any.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """Where a command lives (a module of this package, whose `command` it is) and its line in `--help`."""

    module: str
    help: str


GROUPS = {
    "First steps": {
        "init": Entry("init", "Write a sync.toml for folders that exist."),
        "validate": Entry("validate", "Check sync.toml, without the network."),
    },
    "Every day": {
        "plan": Entry("plan", "Show what apply would do, and what it costs."),
        "apply": Entry("apply", "Make the albums equal the folders."),
        "watch": Entry("watch", "Keep every album equal to its folder, until Ctrl-C."),
        "links": Entry("links", "List the links of the pictures."),
    },
    "Looking closer": {
        "show": Entry("show", "Show a plan file."),
        "diff": Entry("diff", "Show what differs, file by file."),
        "drift": Entry("drift", "Show what was changed on Imgur."),
        "explain": Entry("explain", "Explain what becomes of one file, and why."),
        "status": Entry("status", "Show what was synced and what is in doubt."),
        "history": Entry("history", "Show what the runs so far did."),
        "credits": Entry("credits", "Show what is left of Imgur's limits."),
    },
    "Undoing": {
        "restore": Entry("restore", "Put pictures back that left an album."),
        "purge": Entry("purge", "Delete pictures for good that left their albums."),
        "forget": Entry("forget", "Let go of an album, or of pictures, without touching Imgur."),
    },
    "Credentials": {
        "login": Entry("login", "Log in to Imgur, and keep the tokens."),
        "logout": Entry("logout", "Forget the stored tokens."),
        "doctor": Entry("doctor", "Check everything, and say what to do."),
    },
    "Manifest and state": {
        "fmt": Entry("fmt", "Tidy up sync.toml, keeping every comment."),
        "schema": Entry("schema", "Print what sync.toml may hold, for editors."),
        "ci": Entry("ci", "Write the files of a repository that reviews its albums."),
        "root": Entry("root", "Confirm a folder that does not look like the one it was."),
        "state": Entry("state", "Repair the state."),
    },
    "Reviews": {
        "comment": Entry("comment", "Make the text of a pull request's comment."),
    },
    "A local Imgur, to try things on": {
        "demo": Entry("demo", "Show everything on a local Imgur, in a folder of its own."),
        "simulator": Entry("simulator", "Serve a local Imgur until Ctrl-C."),
    },
    "More help": {
        "help": Entry("help", "Explain a topic: the manifest, gates, exit codes and more."),
        "completion": Entry("completion", "Print a script that completes commands in a shell."),
    },
}
"""The sections of `--help` with their commands, in its order."""

COMMANDS = {name: entry for entries in GROUPS.values() for name, entry in entries.items()}
"""Every command, in the order of `--help`."""

EPILOG = """\b
Exit codes:
    0  everything planned was done and read back, or nothing to do
    1  error
    2  only with --detailed-exitcode: there are changes
    3  a gate withheld steps
    4  stale: the world, the manifest or the plan changed
    5  another run holds the lock
    6  stopped at the budget; run again at the time printed
    7  partial: some albums or pictures failed, the rest is done and saved
    8  credentials missing, refused or expired
   10  declined at the prompt
   64  wrong usage
   65  manifest, plan or state unreadable
   75  try again later
  130  stopped by SIGINT, state safe
  143  stopped by SIGTERM, state safe
Several after one run: 7 before 3 before 6; --json lists all.
"""


class LazyGroup(click.Group):
    """A group that loads a command's module when the command is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"{__name__}.{COMMANDS[cmd_name].module}").command
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:
            from imgur_sync.cli.completing import fit

            fit(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so, from the table."""
        found = [
            CompletionItem(name, help=entry.help) for name, entry in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; a name that is nearly one is told with that one."""
        known = args and (args[0].startswith("-") or self.get_command(ctx, args[0]) is not None)
        if args and not known and not ctx.resilient_parsing:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, 1)
            meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f'there is no command "{args[0]}"; {meant}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections of commands, from the table, with one column for all."""
        width = max(len(name) for name in COMMANDS)
        for title, entries in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), entry.help) for name, entry in entries.items()])


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from imgur_sync import __version__

        click.echo(f"imgur-sync {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-f", "--file", metavar="FILE", help="The manifest (default: sync.toml or imgur-sync.toml here).")
@click.option("--allow-root", metavar="DIR", multiple=True, help="Folders below DIR may be named by the manifest.")
@click.option("-v", "--verbose", is_flag=True, help="Tell every step on stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Tell only what went wrong on stderr.")
@click.option("--debug", is_flag=True, help="Tell everything, and show tracebacks; secrets are blotted out.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def cli(ctx: click.Context, /, **options: object) -> None:
    """Mirror folders of pictures into Imgur albums, as sync.toml says.

    \b
    imgur-sync init photos/cats     write a sync.toml
    imgur-sync plan                 see what would happen and what it costs
    imgur-sync apply                do it
    imgur-sync help                 topics: manifest, gates, budget, …

    These options may also follow a command's name. stdout carries the result, stderr everything else.
    """
    from imgur_sync.cli.session import Session

    ctx.ensure_object(Session).take(**options)


def main() -> None:
    """The console entry: runs the command line of this process and exits with its code.

    What is open has been closed by then: the interpreter does not look once more for cycles in everything that was
    loaded, which takes as long as a third of `--version`.
    """
    from imgur_sync.cli.ending import run

    code = run(cli, sys.argv[1:])
    gc.freeze()
    sys.exit(code)
