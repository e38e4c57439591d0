"""How command lines end: exit codes, one message, no traceback, whatever the streams are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from imgur_sync import errors
from imgur_sync.cli.ending import run
from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import Session, shared
from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun, ManifestError, ManifestProblem
from tests.support.command import PROGRAM, Workplace


def raising(error: BaseException) -> click.Command:
    """A command that raises."""

    @click.command("boom")
    @shared()
    def boom(session: Session) -> None:
        raise error

    return boom


ERRORS = [
    (ImgurSyncError("it broke"), 1),
    (errors.UsageError("it broke"), 64),
    (ManifestError("it broke", (ManifestProblem(1, 1, "what"),)), 65),
    (errors.StateError("it broke"), 65),
    (errors.ApprovalError("it broke"), 3),
    (errors.StaleError("it broke"), 4),
    (errors.LockHeldError("it broke"), 5),
    (errors.BudgetError("it broke"), 6),
    (errors.CredentialsError("it broke"), 8),
    (errors.DeclinedError("it broke"), 10),
    (errors.TryAgainLaterError("it broke"), 75),
    (InterruptedRun(ExitCode.SIGINT), 130),
    (InterruptedRun(ExitCode.SIGTERM), 143),
    (KeyboardInterrupt(), 130),
    (click.UsageError("it broke"), 64),
    (click.ClickException("it broke"), 1),
    (OSError(28, "No space left on device", "it broke"), 1),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__)
def test_every_error_has_its_exit_code_and_its_message(
    error: BaseException, code: int, in_process: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, without a traceback; stdout stays empty."""
    assert run(raising(error), []) == code
    captured = capsys.readouterr()
    assert "it broke" in captured.err or "stopped" in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(("error", "code"), ERRORS[:13], ids=lambda value: type(value).__name__)
def test_with_json_an_error_is_a_document_on_stdout_too(
    error: BaseException, code: int, in_process: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that whoever reads stdout always gets JSON."""
    assert run(raising(error), ["--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["exit_code"], document["ok"]) == ("error", code, False)


def test_a_commands_own_code_is_the_processes(in_process: Path) -> None:
    """A number is the exit code, nothing is 0."""
    assert run(click.Command("two", callback=lambda: 2), []) == 2
    assert run(click.Command("none", callback=lambda: None), []) == 0


def test_debug_shows_the_traceback_without_secrets(in_process: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Known values and whatever looks like a token are blotted out, in the message too."""
    secrets.know("s3cr3t-canary-value")
    error = ImgurSyncError("sent s3cr3t-canary-value and access_token=abcdef123")
    assert run(raising(error), ["--debug", "--json"]) == 1
    captured = capsys.readouterr()
    assert "Traceback" in captured.err
    for text in (captured.out, captured.err):
        assert "s3cr3t" not in text
        assert "abcdef123" not in text
        assert "sent *** and access_token=***" in text


SCRIPT = """\
import sys, click
import imgur_sync.cli as package
from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import shared
secrets.know("s3cr3t-canary-value")
@package.cli.command("boom")
@shared()
def boom(session):
    raise {error}
package.LazyGroup.get_command = lambda self, context, name: boom
package.main()
"""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("ValueError('s3cr3t-canary-value\\n::error::x \\x1b[31m')", "ValueError: ***\\n::error::x \\u001b[31m"),
        ("MemoryError()", "MemoryError: "),
        ("RecursionError('deep')", "RecursionError: deep"),
    ],
)
def test_an_unexpected_error_is_one_line(error: str, words: str) -> None:
    """Exit 1, how to see more, and with --debug the traceback, never a secret."""
    command = [sys.executable, "-c", SCRIPT.format(error=error), "boom"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr == f"internal error: {words} (run again with --debug for the traceback)\n"
    traced = subprocess.run([*command, "--debug"], capture_output=True, encoding="utf-8", check=False)
    assert traced.returncode == 1
    assert "Traceback (most recent call last)" in traced.stderr
    assert "canary" not in traced.stderr.replace("secrets.know", "")


def piped(workplace: Workplace, *arguments: str) -> tuple[int, str]:
    """Run with a stdout that nobody reads; returns exit code and stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=workplace.folder,
            env=workplace.environ(),
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate"], ["validate", "--json"], ["status"]])
def test_a_reader_that_went_away_is_no_error(arguments: list[str], here: Workplace) -> None:
    """`imgur-sync … | head`: quiet, and the exit code is the command's own."""
    assert piped(here, *arguments) == (0, "")


def test_the_exit_code_outlives_the_reader(here: Workplace) -> None:
    """A plan with changes says so even when nobody reads it."""
    assert piped(here, "plan", "--offline", "--detailed-exitcode")[0] == ExitCode.CHANGES


def test_closed_streams_are_no_error(here: Workplace) -> None:
    """A daemon or a cron job may have none at all."""
    command = f'exec "{PROGRAM}" validate >&- 2>&- <&-'
    done = subprocess.run(["/bin/sh", "-c", command], cwd=here.folder, env=here.environ(), check=False)
    assert done.returncode == 0


def test_a_full_disk_under_stdout_is_told_once(here: Workplace) -> None:
    """The result could not be written: exit 1 and one message."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, "validate"],
            cwd=here.folder,
            env=here.environ(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")


@pytest.mark.parametrize(
    "environ",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"TZ": "Asia/Kathmandu"},
        {"TZ": ":no/such/zone"},
        {"HOME": "", "COLUMNS": "1"},
    ],
    ids=lambda environ: next(iter(environ)),
)
def test_odd_environments_work(environ: dict[str, str], here: Workplace) -> None:
    """No UTF-8, no home, no zone: names come out with escapes instead of an error."""
    name = os.fsdecode(b"caf\xc3\xa9-\xff\xf0\x9f\x90\x88.png")
    (here.folder / "photos" / "cats" / "p1.gif").rename(here.folder / "photos" / "cats" / name)
    for arguments in (["plan", "--offline"], ["plan", "--offline", "--json"], ["validate"], ["status"], ["--help"]):
        done = here.run(*arguments, environ=environ)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr


def test_a_hostile_argument_is_shown_and_not_obeyed(here: Workplace) -> None:
    """A shell's pattern can put any file name on the command line."""
    for arguments in (
        ["plan", "--offline", "\x1b[31m\u202ex"],
        ["\x1b[31m\u202ex"],
        ["links", "--format", "\x1b[31m\u202ex"],
    ):
        done = here.run(*arguments)
        assert done.returncode == ExitCode.USAGE
        assert "\x1b" not in done.stderr
        assert "\u202e" not in done.stderr


def test_help_is_the_same_before_and_after_the_options(here: Workplace) -> None:
    """Shared options may stand on either side of the command's name; the later one rules."""
    for arguments in (
        ["-f", "sync.toml", "validate"],
        ["validate", "-f", "sync.toml"],
        ["-f", "x", "validate", "-f", "sync.toml"],
    ):
        assert here.run(*arguments).returncode == 0
