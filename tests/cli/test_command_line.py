"""The command line from outside: what there is, what it says about itself, what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from imgur_sync import __version__
from imgur_sync.cli import COMMANDS, EPILOG, cli
from imgur_sync.errors import ExitCode
from tests.support.command import PROGRAM, Workplace

HEAVY = ("httpx", "pydantic", "pydantic_settings", "rich", "watchdog", "flask", "waitress", "sqlite3", "logging")


def commands() -> list[tuple[str, click.Command]]:
    """Every command and sub-command with its full name."""
    context = click.Context(cli)
    found: list[tuple[str, click.Command]] = [("", cli)]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", value) for inner, value in command.commands.items()]
    return found


def test_the_table_agrees_with_the_commands() -> None:
    """Each name of the table is a command of that name, with that short help."""
    context = click.Context(cli)
    for name, entry in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(100) == entry.help


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_help_is_whole(name: str, command: click.Command) -> None:
    """A help fits 80 columns, says what the command does, explains each option, and leaves no trace of markup."""
    context = click.Context(command, info_name=f"imgur-sync {name}".strip(), terminal_width=80, max_content_width=80)
    text = command.get_help(context)
    assert all(len(line) <= 80 for line in text.splitlines()), text
    assert "\b" not in text
    assert command.help is not None
    assert command.help.strip().partition("\n")[0].rstrip().endswith((".", ":"))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, f"{name} {parameter.name}"
            assert parameter.opts[-1] in text


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], ["unknown"]])
def test_telling_about_itself_loads_click_and_little_else(arguments: list[str]) -> None:
    """No library that is slow to import is imported, and neither is any room but errors."""
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('LOADED', *sorted(sys.modules), file=sys.stderr))\n"
        "from imgur_sync.cli import main\n"
        f"sys.argv = ['imgur-sync', *{arguments!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    loaded = set(done.stderr.rpartition("LOADED ")[2].split())
    assert "click" in loaded
    assert not loaded & set(HEAVY)
    ours = {name for name in loaded if name.startswith("imgur_sync.")}
    assert ours <= {
        f"imgur_sync.{name}"
        for name in (
            "cli",
            "cli.session",
            "cli.ending",
            "cli.signals",
            "cli.unexpected",
            "cli.redaction",
            "errors",
            "report",
            "report.escape",
        )
    }


def test_an_offline_plan_loads_nothing_of_imgur_and_no_settings(here: Workplace) -> None:
    """And from the second time on no pydantic either: the checked manifest is remembered."""
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('LOADED', *sorted(sys.modules), file=sys.stderr))\n"
        "from imgur_sync.cli import main\n"
        "sys.argv = ['imgur-sync', 'plan', '--offline', '-q']\n"
        "main()\n"
    )
    for turn in range(3):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=here.folder,
            env=here.environ(),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        loaded = set(done.stderr.rpartition("LOADED ")[2].split())
        assert not loaded & {"httpx", "pydantic_settings", "rich", "watchdog", "flask", "imgur_sync.settings"}
        assert turn < 2 or "pydantic" not in loaded


def test_the_table_of_exit_codes_is_the_programs_own() -> None:
    """Each code that the program can return stands in the help once, in order, and no other."""
    told = [int(line.split()[0]) for line in EPILOG.splitlines() if line.strip()[:1].isdigit()]
    assert told == sorted(code.value for code in ExitCode)


def test_the_version_is_the_packages() -> None:
    """One line on stdout."""
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"imgur-sync {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["unknown"], 'there is no command "unknown"; there are init, validate, plan, '),
        (["plna"], 'there is no command "plna"; did you mean plan?'),
        (["plan", "--unknown"], "No such option"),
        (["plan", "--offline", "--refresh"], "--offline asks Imgur nothing"),
        (["plan", "--approve", "prune"], '--approve takes NAME=NUMBER, not "prune"'),
        (["plan", "--approve", "prune=-1"], "--approve takes NAME=NUMBER"),
        (["plan", "--approve", "prune=١"], "--approve takes NAME=NUMBER"),
        (["plan", "--approve", "prone=1"], "did you mean prune?"),
        (["plan", "--approve", "prune=1,prune=2"], "twice"),
        (["plan", "--max-credits", "0"], '"0" is no whole number from 1 to'),
        (["apply", "--max-credits", "many"], '"many" is no whole number'),
        (["apply"], "there is no terminal to ask at"),
        (["plan", "--offline", "dogs"], "dogs"),
        (["plan", "--offline", "cat"], "did you mean cats?"),
        (["history", "--limit", "0"], '"0" is no whole number from 1 to'),
        (["links", "cats"], 'there is no album "cats"'),
        (["links", "--format", "yaml"], "'yaml' is not one of"),
        (["simulator", "--write-env", "nowhere/env"], "--write-env nowhere/env: there is no such folder"),
        (["init"], "sync.toml is here already"),
        (["init", "nowhere", "-f", "new.toml"], "nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_exits_64_with_a_hint(arguments: list[str], words: str, here: Workplace) -> None:
    """Also what click finds wrong, for which it would exit 2: that code means changes here."""
    before = sorted(here.folder.iterdir())
    done = here.run(*arguments)
    assert done.returncode == ExitCode.USAGE, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hint: " in done.stderr
    assert done.stdout == ""
    assert [path for path in sorted(here.folder.iterdir()) if path.name not in (".imgur-sync",)] == before


@pytest.mark.parametrize("command", ["plan", "status", "links", "validate", "apply -y"])
def test_a_manifest_that_is_not_there_is_told_alike(command: str, here: Workplace) -> None:
    """65, one line and what to do, whichever command was asked."""
    done = here.run(*command.split(), "-f", "missing.toml")
    assert (done.returncode, done.stdout) == (ExitCode.UNREADABLE, "")
    assert done.stderr == (
        f"error: {here.folder / 'missing.toml'}: there is no such file\n"
        "hint: name the manifest with -f, or make one: imgur-sync init\n"
    )


@pytest.mark.parametrize("arguments", [[], ["state"]])
def test_a_group_without_a_command_shows_its_help(arguments: list[str], here: Workplace) -> None:
    """On stderr, with the code of wrong usage: a script that forgot the command must not go on."""
    done = here.run(*arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == here.run(*arguments, "--help").stdout


def test_python_dash_m_is_the_same_program(tmp_path: Path) -> None:
    """For where the script is not on the path."""
    done = subprocess.run([sys.executable, "-m", "imgur_sync", "--version"], capture_output=True, check=False)
    assert done.returncode == 0
