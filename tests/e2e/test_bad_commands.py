"""Commands with arguments that mean nothing, mean harm or do not end; without terminal, state, manifest or rights."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import PROGRAM
from tests.support.inside import Inside
from tests.support.mirror import table
from tests.support.modes import MODES, Either, either

CATS, DOGS = table("cats"), table("dogs")


@pytest.fixture(scope="module")
def mode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Either]:
    """One synced mirror, for words that mean the same in both modes; a picture left an album. Nothing changes it."""
    with either(tmp_path_factory.mktemp("shared"), "account", kind=Inside) as here:
        here.run("apply", "-y", "-q")
        (here.folder / "cats/c4.png").unlink()
        here.run("apply", "-y", "-q")
        yield here


def told(here: Either, *arguments: str | bytes, closed: str = "", **changed: str) -> subprocess.CompletedProcess[bytes]:
    """The command with arguments of any bytes; `closed` are redirections of bash."""
    with_shell = ["bash", "-c", f'exec "$@" {closed}', "bash", PROGRAM, *arguments]
    done = subprocess.run(
        with_shell if closed else [PROGRAM, *arguments],
        cwd=here.folder,
        env=here.place.environ(changed),
        stdin=None if closed else subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    text = done.stdout + done.stderr
    assert b"Traceback" not in text, text
    assert b"internal error" not in text, text
    return done


def case(code: int, words: str, *arguments: str | bytes) -> Any:
    """Arguments, the exit code, what stderr says."""
    name = " ".join(os.fsdecode(one)[:30] for one in arguments)
    return pytest.param(arguments, code, words, id=name.encode("ascii", "backslashreplace").decode())


ESC, HUGE, RAW = "\x1b]0;x\x07\x1b[31m", "x" * 100_000, b"\xff\xfe"
WRONG = [
    *(case(64, "no album", "restore", album, "x", "-y") for album in ("birds", ESC, HUGE, RAW, "")),
    *(case(64, "restore cats", "restore", "cats", path, "-y") for path in ("c9.png", "../c4.png", ESC, HUGE, RAW, "")),
    case(64, "-y", "restore", "cats", "c4.png"),
    case(64, "no album", "restore", "cats/../cats", "--all", "-y"),
    *(case(64, "no album", "purge", album) for album in ("birds", ESC, HUGE, RAW)),
    *(case(64, "", "purge", "--older-than", age) for age in ("soon", "-1s", "1e999d", HUGE, ESC, RAW, "nan", "")),
    *(case(64, "", "purge", "--approve", said) for said in ("purge", "purge=", "purge=x", "purge=-1", "prune=1", HUGE)),
    case(64, "", "purge", "--approve", "purge=1,purge=2"),
    case(64, "", "purge", "--approve", "purge=" + "9" * 5000),
    case(3, "purge=1", "purge", "--older-than", "0s", "--approve", "purge=2"),
    case(64, "out of the manifest", "forget", "cats", "--confirm", "cats"),
    *(case(64, "no album", "forget", album, "--confirm", album) for album in ("birds", ESC, HUGE, RAW)),
    case(64, "no picture", "forget", "cats", "nothing.png", "--confirm", "cats"),
    case(64, "stands in the album", "forget", "cats", "c0.png", "--confirm", "cats"),
    case(10, "nothing was changed", "forget", "cats", "c4.png", "--confirm", "dogs"),
    case(10, "nothing was changed", "forget", "cats", "c4.png", "--confirm", ESC),
    case(64, "no terminal", "forget", "cats", "c4.png"),
    *(case(64, "no album", "root", "accept", album) for album in ("birds", ESC, HUGE, RAW, "")),
    case(64, "", "root"),
    case(64, "", "root", "refuse", "cats"),
    *(case(64, "", "explain", path) for path in ("/etc/passwd", "..", ESC, HUGE, RAW, "", "/" * 5000, "http://x/y/z")),
    *(case(64, "", "history", album) for album in ("birds", ESC, HUGE, RAW, "")),
    *(case(64, "", "history", "--limit", number) for number in ("0", "-1", "x", "9" * 5000, "1.5")),
    *(case(64, "", "plan", album) for album in ("birds", "[", ESC, HUGE, RAW, "", "*/*/*")),
    *(case(64, "", command, "birds") for command in ("apply", "diff", "drift", "links")),
    *(case(64, "", "completion", *shell) for shell in ((), ("csh",), (ESC,), (HUGE,))),
    *(case(64, "", "help", topic) for topic in ("nothing", ESC, HUGE, RAW)),
    case(64, "", "schema", "extra"),
    case(64, "", "fmt", "extra"),
    *(case(64, "", "login", "--flow", flow) for flow in ("password", ESC, HUGE)),
    *(case(64, "", "login", "--profile", name) for name in ("../x", ESC, HUGE, "", "a/b")),
    *(case(64, "", "login", "--callback", url) for url in ("http://example.com/", "file:///x", HUGE, ESC, "http://[")),
    *(case(8, "no credential holds", "login", "--client-id", said) for said in (ESC, HUGE, "a b")),
    *(case(64, "on the command line", "login", "--refresh-token", path) for path in ("nowhere", "cats")),
    case(8, "nothing was given", "login", "--refresh-token", "-"),
    *(case(64, "", "logout", "--profile", name, "-y") for name in ("../x", ESC, HUGE, "")),
    *(case(64, "", "doctor", "--profile", name) for name in ("../x", ESC, HUGE)),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_a_wrong_argument_is_told_in_short_and_changes_nothing(
    arguments: tuple[str | bytes, ...], code: int, words: str, mode: Either
) -> None:
    """Its exit code, one message that ends, no control character, nothing sent, the state as it was."""
    state = (mode.folder / ".imgur-sync/state.db").read_bytes()
    before = mode.last()
    done = told(mode, *arguments)
    stderr = done.stderr.decode()
    assert done.returncode == code, stderr[:3000]
    assert words in stderr, stderr[:3000]
    assert stderr.strip()
    assert len(stderr) < 5_000
    assert not {"\x1b", "\x07", "\udcff"} & set(stderr), stderr[:3000]
    assert mode.last() == before
    assert (mode.folder / ".imgur-sync/state.db").read_bytes() == state


NEW = (
    ["restore"], ["restore", "cats", "--all", "-y"], ["purge", "--older-than", "0s"], ["forget", "cats", "c4.png"],
    ["root", "accept", "cats"], ["explain", "cats/c0.png"], ["history"], ["diff"], ["drift"], ["plan", "cats"],
)  # fmt: skip


@pytest.fixture(params=MODES)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """The same, for one test alone."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        (here.folder / "cats/c4.png").unlink()
        here.run("apply", "-y", "-q")
        yield here


def test_a_broken_manifest_stops_what_needs_it_and_nothing_else(own: Either) -> None:
    """65 with the place; what reads the state alone goes on; nothing is sent, nothing completed, nothing rewritten."""
    path = own.folder / "sync.toml"
    path.write_text('version = 1\n[albums.cats]\nfolder = "cats"\nprivcy = "\\u001b"\n')
    text, before = path.read_bytes(), own.last()
    for command in (*NEW, ["doctor"], ["links"], ["status"]):
        done = own.run(*command, code=None)
        assert done.returncode in (0, 64, 65), (command, done.stderr)
        if done.returncode == 65:
            assert "4:1" in done.stdout + done.stderr, command
    path.write_text('[albums.cats\nfolder = "cats"\n')
    assert "sync.toml:1:" in own.run("fmt", code=65).stderr
    own.run("schema")
    own.run("completion", "bash")
    path.write_bytes(text)
    assert own.writes(before) == []
    assert path.read_bytes() == text


@pytest.mark.parametrize("damage", ["gone", "text", "directory", "table", "newer"])
def test_a_missing_or_damaged_state_is_told_by_every_command(damage: str, own: Either) -> None:
    """Never a write to Imgur, never a new state in its place, never a traceback."""
    path, before = own.folder / ".imgur-sync/state.db", own.last()
    if damage in ("table", "newer"):
        connection = sqlite3.connect(path)
        connection.execute("DROP TABLE picture" if damage == "table" else "PRAGMA user_version = 999")
        connection.commit()
        connection.close()
    else:
        path.unlink()
    if damage == "text":
        path.write_text("no database at all " * 100)
    elif damage == "directory":
        path.mkdir()
    for command in NEW:
        done = own.run(*command, code=None)
        allowed = (0, 64, 65) if damage == "gone" else (64, 65)
        assert done.returncode in allowed, (command, done.stdout, done.stderr)
        assert done.stdout + done.stderr, command
    assert own.writes(before) == []
    assert path.exists() == (damage != "gone")


def test_a_state_folder_that_cannot_be_written_is_told(own: Either) -> None:
    """What changes the state stops before anything is sent; what only looks goes on."""
    folder, before = own.folder / ".imgur-sync", own.last()
    drop = "setpriv --bounding-set=-dac_override,-dac_read_search" if os.geteuid() == 0 else ""
    for path in folder.iterdir():
        path.chmod(0o400)
    folder.chmod(0o500)
    try:
        commands = (
            "restore cats --all -y",
            "purge --older-than 0s --approve purge=1",
            "forget cats c4.png --confirm cats",
        )
        for command in commands:
            done = own.shell(f'{drop} "$SYNC" {command}')
            assert done.returncode not in (0, 2), (command, done.stdout)
            assert "Traceback" not in done.stderr
            assert "error: " in done.stderr, command
        for command in ("restore", "history", "explain cats/c0.png", "links"):
            done = own.shell(f'{drop} "$SYNC" {command}')
            assert done.returncode == 0, (command, done.stderr)
    finally:
        folder.chmod(0o700)
        for path in folder.iterdir():
            path.chmod(0o600)
    assert own.writes(before) == []
    assert len(own.json("restore")["pictures"]) == 1


def test_what_changes_something_waits_for_no_other_run(own: Either) -> None:
    """5 with the holder; what only looks goes on."""
    path, before = own.folder / ".imgur-sync/run.lock", own.last()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        for command in (["restore", "cats", "--all", "-y"], ["purge", "--older-than", "0s", "--approve", "purge=1"]):
            own.run(*command, code=5)
        own.run("forget", "cats", "c4.png", "--confirm", "cats", code=5)
        own.run("root", "accept", "cats", code=5)
        for command in (["restore"], ["history"], ["explain", "cats/c0.png"], ["diff"], ["plan"], ["drift"]):
            own.run(*command)
    finally:
        holder.rollback()
        holder.close()
    assert own.writes(before) == []


def test_closed_streams_are_no_crash(mode: Either) -> None:
    """stdin, stdout and stderr, each closed, for every new command."""
    for command in (
        *NEW,
        ["completion", "bash"],
        ["schema"],
        ["fmt", "--check"],
        ["doctor", "--offline"],
        ["help", "gates"],
    ):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            if command[:2] == ["restore", "cats"]:
                continue  # it would put the picture back
            told(mode, *command, closed=closed)
