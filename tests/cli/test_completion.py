"""Completion: the scripts in a real bash, and what the program answers to bash, zsh and fish."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import click
import pytest

from imgur_sync.cli import COMMANDS, cli
from imgur_sync.cli.completing import ALBUMS, AlbumKey, Approval, fit
from imgur_sync.cli.completion import SHELLS, VARIABLE
from imgur_sync.model.plan import GateName
from tests.support.command import PROGRAM, Workplace

MANIFEST = 'version = 1\n[albums.cats]\nfolder = "c"\n[albums.cars]\nfolder = "k"\n[albums.dogs]\nfolder = "d"\n'
IN_BASH = """
PATH="{folder}:$PATH"
eval "$(imgur-sync completion bash)"
function_name=$(complete -p imgur-sync | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
compopt() {{ :; }}
"$function_name" imgur-sync "${{COMP_WORDS[$COMP_CWORD]}}" "${{COMP_WORDS[$COMP_CWORD - 1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def in_bash(here: Workplace, *words: str) -> list[str]:
    """What a real bash offers for the last of these words, with the installed command."""
    quoted = " ".join(f"'{word}'" for word in ("imgur-sync", *words))
    script = IN_BASH.format(folder=PROGRAM.parent, words=quoted)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=here.folder,
        env=here.environ(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.stderr == "", done.stderr
    return [line for line in done.stdout.splitlines() if line]


def asked(here: Workplace, shell: str, line: str, incomplete: str) -> str:
    """What the program answers to the script of a shell."""
    count = str(len(line.split()) if not incomplete else len(line.split()) - 1)
    words = {"COMP_WORDS": line, "COMP_CWORD": incomplete if shell == "fish" else count}
    done = here.run(environ={VARIABLE: f"{shell}_complete", **words})
    assert done.returncode == 0
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def albums(tmp_path: Path) -> Workplace:
    """A manifest of three albums whose folders are not even there."""
    (tmp_path / "sync.toml").write_text(MANIFEST)
    return Workplace(tmp_path)


def test_a_real_bash_completes_commands_albums_options_and_gates(albums: Workplace) -> None:
    """The script is evaluated and its function called, as bash does at a tab."""
    assert in_bash(albums, "app") == ["apply"]
    assert set(in_bash(albums, "")) == set(COMMANDS)
    assert in_bash(albums, "plan", "") == ["cats", "cars", "dogs"]
    assert in_bash(albums, "apply", "ca") == ["cats", "cars"]
    assert in_bash(albums, "apply", "cats", "ca") == ["cars"]
    assert in_bash(albums, "links", "d") == ["dogs"]
    assert in_bash(albums, "plan", "--offl") == ["--offline"]
    assert in_bash(albums, "completion", "") == list(SHELLS)
    assert in_bash(albums, "apply", "--approve", "pr") == ["prune="]
    assert in_bash(albums, "apply", "--approve", "prune=3,pub") == ["prune=3,publish="]


def test_the_manifest_that_is_named_is_the_one_that_counts(albums: Workplace) -> None:
    """-f before or after the command; and a key that nobody would want to type."""
    (albums.folder / "other.toml").write_text('version = 1\n[albums."trips.2024"]\nfolder = "t"\n')
    assert in_bash(albums, "-f", "other.toml", "plan", "t") == ["trips.2024"]
    assert in_bash(albums, "plan", "-f", "other.toml", "") == ["trips.2024"]


@pytest.mark.parametrize("text", [None, "this is no TOML", "albums = 3", "version = 1\n", "[albums]\n\x00"])
def test_a_broken_or_missing_manifest_offers_nothing_and_says_nothing(tmp_path: Path, text: str | None) -> None:
    """Who presses the tab key wants no error in the middle of the line."""
    if text is not None:
        (tmp_path / "sync.toml").write_text(text)
    assert in_bash(Workplace(tmp_path), "plan", "c") == []


def test_a_manifest_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    """Nothing is read from it."""
    os.mkfifo(tmp_path / "sync.toml")
    assert in_bash(Workplace(tmp_path), "plan", "c") == []


def test_zsh_and_fish_are_answered_in_their_own_form(albums: Workplace) -> None:
    """As their scripts ask: type, value and description."""
    assert asked(albums, "zsh", "imgur-sync plan ca", "ca").split("\n")[:6] == [
        "plain",
        "cats",
        "_",
        "plain",
        "cars",
        "_",
    ]
    assert "plain\napply\nMake the albums equal the folders." in asked(albums, "zsh", "imgur-sync app", "app")
    assert asked(albums, "fish", "imgur-sync plan ", "ca").splitlines()[:1] == ["plain,cats"]
    assert "plain,apply\tMake the albums equal the folders." in asked(albums, "fish", "imgur-sync ", "app")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_asks_by_the_variable_that_the_program_knows(here: Workplace, shell: str) -> None:
    """The name of the variable is derived twice, by the script and by the program."""
    script = here.run("completion", shell).stdout
    assert f"{VARIABLE}={shell}_complete" in script
    assert "imgur-sync" in script
    assert script.endswith("\n")


def test_another_shell_is_refused(here: Workplace) -> None:
    """With the ones that there are."""
    done = here.run("completion", "tcsh")
    assert done.returncode == 64
    assert "bash" in done.stderr


def test_every_album_argument_and_every_approval_is_completed() -> None:
    """Also of commands below others: whoever adds one calls its argument ALBUM, and that is enough."""
    context = click.Context(cli)
    named = 0
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        fit(command)
        for parameter in command.params:
            if isinstance(parameter, click.Argument) and parameter.name in ALBUMS:
                assert isinstance(parameter.type, AlbumKey), name
                named += 1
            elif parameter.name == "approve":
                assert isinstance(parameter.type, Approval), name
            elif isinstance(parameter, click.Argument):
                assert not re.fullmatch(r"\[?ALBUM\]?(\.\.\.)?", parameter.make_metavar(context)), (
                    f"{name}: call it album"
                )
    assert named >= 4


def test_gates_that_no_number_passes_are_not_offered(albums: Workplace) -> None:
    """Only what --approve accepts."""
    offered = in_bash(albums, "plan", "--approve", "")
    assert offered == [f"{gate.value}=" for gate in GateName if gate.approvable]
