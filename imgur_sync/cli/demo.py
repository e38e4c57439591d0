"""`imgur-sync demo`: the whole round on a local Imgur, in a folder of its own, with the commands a user would type."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from typing import Any

import click

from imgur_sync.cli.demo_check import Figures, addresses, ask, differences, duplicates, figures
from imgur_sync.cli.demo_folder import ALBUMS, EDITS, contents, manifest, write_folders
from imgur_sync.cli.demo_stage import Stage, new_lineage, opened, without_account
from imgur_sync.cli.session import Session, is_terminal, result, shared
from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun
from imgur_sync.report.figures import plural

STEPS = 7
HINT = "This is a fault of imgur-sync or of this machine, not of yours; `imgur-sync demo --keep` shows more."


@click.command("demo", short_help="Show everything on a local Imgur, in a folder of its own.")
@click.option("--keep", is_flag=True, help="Leave folder and local Imgur up for a browser until Ctrl-C.")
@click.option("--anonymous", is_flag=True, help="Without an account: a Client-ID alone, and deletehashes.")
@shared(json=False)
def command(session: Session, keep: bool, anonymous: bool) -> None:
    """Show a whole round: pictures, plan, apply, edits, plan, apply, nothing left to do.

    Everything happens in a temporary folder and against a local Imgur on this machine, with a random Client-ID; no
    account is needed and nothing is sent anywhere else. It takes some ten seconds and removes everything at its end.
    """
    with opened() as stage:
        demo = Demo(without_account(stage) if anonymous else stage, anonymous=anonymous)
        try:
            demo.play()
        except InterruptedRun:
            raise
        except ImgurSyncError as error:
            if keep:
                say(f"\n{error.message}")
                demo.wait()
            raise
        if keep:
            demo.wait()


class Demo:
    """The steps of the demo on one stage, each told, done and checked. Raises ImgurSyncError when one goes wrong."""

    def __init__(self, stage: Stage, *, anonymous: bool = False) -> None:
        self._anonymous = anonymous
        self._begun = time.monotonic()
        self._stage = stage
        self._step = 0
        self._counted = Figures(0, 0, 0, 0)

    def play(self) -> None:
        """All steps, from an empty folder to a plan that finds nothing to do, and what they showed."""
        self._introduce()
        pictures = self._write()
        self._plan("What would be done, and what it costs")
        self._apply("Do it", pictures)
        new = self._edit()
        self._plan("What the edits need")
        self._apply("Do that, too", new)
        self._plan("Plan once more: nothing is left to do", "--detailed-exitcode")
        say("  Exit code 0: no changes.")
        self._conclude()

    def _introduce(self) -> None:
        say("imgur-sync demo: folders of pictures become Imgur albums, here on a local Imgur.")
        say("Nothing leaves this machine, and no account is needed.")
        say(f"  folder       {self._stage.folder}")
        say(f"  local Imgur  {self._stage.origin} (without hourly limits)")

    def _conclude(self) -> None:
        """Say what was shown, in the local Imgur's own figures."""
        world, total = self._world(), self._total()
        shown = sum(len(album["images"]) for album in world["albums"])
        say("")
        heading(f"Shown in {time.monotonic() - self._begun:.1f} s, as the local Imgur counted it")
        say(f"  {total} (an upload costs 10, any other call 1).")
        say(f"  {shown} pictures in {len(world['albums'])} albums, equal to the folders by SHA-256 and in their order.")
        say(f"  {duplicates(world)} duplicates among {total.uploads} uploads.")
        left = len(world["images"]) - shown
        say(f"  {left} replaced or deleted pictures left their albums, but not Imgur: nothing is deleted unless")
        say('  the manifest says prune = "delete".')

    def wait(self) -> None:
        """Leave everything up until Ctrl-C, and say how to play with it."""
        script = self._stage.folder / "demo.env"
        names = [name for name in self._stage.environment if name.startswith("IMGUR_SYNC_")]
        lines = [f"export {name}={shlex.quote(self._stage.environment[name])}\n" for name in names]
        with open(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
        say("")
        heading("The local Imgur stays up")
        self._show_addresses()
        say("  To try more commands, in another terminal:")
        folder, python = shlex.quote(str(self._stage.folder)), shlex.quote(sys.executable)
        say(f"    cd {folder} && . ./demo.env && {python} -m imgur_sync plan")
        say("  Ctrl-C ends it and removes the folder.")
        try:
            while True:
                signal.pause()
        except InterruptedRun as stop:
            if stop.exit_code is not ExitCode.SIGINT:
                raise

    def _write(self) -> int:
        self._title("A folder of pictures, and a manifest")
        root = self._stage.folder
        pictures = write_folders(root)
        text = manifest(new_lineage(), anonymous=self._anonymous)
        (root / "sync.toml").write_text(text, encoding="utf-8")
        counts = ", ".join(f"{album.folder} ({len(contents(root, album))})" for album in ALBUMS)
        say(f"  {pictures} pictures (JPEG, PNG, GIF, WebP) in {counts}.")
        say("  sync.toml says which folder is which album:")
        for line in text.splitlines():
            say(f"    | {line}".rstrip())
        return pictures

    def _edit(self) -> int:
        """Make the edits; returns how many pictures have bytes that Imgur never got."""
        self._title("Edit the folders")
        root = self._stage.folder
        known = {image["sha256"] for image in self._world()["images"]}
        for edit in EDITS:
            edit.make(root)
            say(f"  - {edit.words}")
        new = {digest for album in ALBUMS for digest in contents(root, album)} - known
        say(f"  Only {len(new)} pictures are new to Imgur: renames, moves and swaps upload nothing.")
        return len(new)

    def _plan(self, title: str, *options: str) -> None:
        self._title(title)
        self._run("plan", *options)
        spent = self._spend()
        self._expect(spent.uploads + spent.edits == 0, f"planning wrote to Imgur ({spent})")
        say(f"  Planning cost {plural(spent.credits, 'credit')}, for {plural(spent.reads, 'read')}.")

    def _apply(self, title: str, uploads: int) -> None:
        self._title(title)
        self._run("apply", "-y")
        spent = self._spend()
        say(f"  It cost {spent}, as the local Imgur counted it.")
        self._expect(spent.uploads == uploads, f"{uploads} uploads were needed and {spent.uploads} were made")
        wrong = differences(self._world(), self._stage.folder)
        self._expect(not wrong, "the albums do not equal the folders: " + "; ".join(wrong))
        say("  The albums equal the folders. To see them while the demo runs (--keep leaves them up):")
        self._show_addresses()

    def _show_addresses(self) -> None:
        for title, address in addresses(self._world(), self._stage.origin).items():
            say(f"    {title:<10} {address}")

    def _run(self, *arguments: str) -> None:
        say("  $ " + style(" ".join(("imgur-sync", *arguments)), bold=True))
        code = self._stage.run(*arguments, say=lambda line: say(f"    {line}".rstrip()))
        self._expect(code == ExitCode.DONE, f"`imgur-sync {' '.join(arguments)}` ended with exit code {code}")

    def _spend(self) -> Figures:
        """What was spent since this was last asked."""
        total = self._total()
        spent, self._counted = total.since(self._counted), total
        return spent

    def _total(self) -> Figures:
        return figures(ask(self._stage.origin, "/_simulator/ledger"), self._stage.client_id)

    def _world(self) -> Any:
        return ask(self._stage.origin, "/_simulator/world")

    def _expect(self, met: bool, otherwise: str) -> None:
        if not met:
            raise ImgurSyncError(f"the demo failed in step {self._step}: {otherwise}", hint=HINT)

    def _title(self, text: str) -> None:
        self._step += 1
        say("")
        heading(f"{self._step}/{STEPS} {text}")


def heading(text: str) -> None:
    """A line that begins a step."""
    say(style(text, fg="cyan", bold=True))


def style(text: str, *, fg: str | None = None, bold: bool = False) -> str:
    """`text` in colour where stdout is a terminal and NO_COLOR is not set."""
    plain = bool(os.environ.get("NO_COLOR")) or not is_terminal(sys.stdout)
    return text if plain else click.style(text, fg=fg, bold=bold)


def say(line: str) -> None:
    """A line on stdout, at once."""
    result(line + "\n")
