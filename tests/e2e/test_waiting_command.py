"""`apply --wait` as a command: what it says while it waits, how it ends, what it keeps others from."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_interruptions import started
from tests.support.command import PROGRAM
from tests.support.mirror import HEAD, UPLOAD, Mirror, mirror, table

CAPPED = HEAD.replace("uploads_per_hour = 0", "uploads_per_hour = 2")
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d \(in [^)]+\)"


def until_it_waits(process: subprocess.Popen[str]) -> list[str]:
    """What the command told until it began to wait for the budget."""
    assert process.stderr is not None
    told: list[str] = []
    for line in process.stderr:
        told.append(line)
        if line.startswith("waiting: the hour's uploads to come back"):
            return told
    raise AssertionError(f"it did not wait: {told}")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_a_signal_while_it_waits_ends_with_the_summary(sent: signal.Signals, code: int, here: Mirror) -> None:
    """One line says what for and until when; another apply is kept out by name; then the summary says when to come
    back. The history knows one run; nothing is in doubt."""
    here.manifest(table("cats"), head=CAPPED)
    with started(here, "apply", "-y", "--wait") as process:
        told = until_it_waits(process)
        assert re.search(rf"steps? to go\), until {TIME}$", told[-1]), told
        locked = here.run("apply", "-y", code=5)
        assert f"apply --wait (pid {process.pid}" in locked.stderr
        process.send_signal(sent)
        shown, noted = process.communicate(timeout=30)
    assert process.returncode == code, noted
    assert "waiting:" not in noted, "a wait is told once"
    assert "stopped; what was done is saved\nhint: run apply again to go on\n" in noted
    assert "\n2 pictures uploaded (" in shown
    assert re.search(rf"\nRun again at {TIME}: imgur-sync apply \(or let it wait by itself: .*--wait\)\.\n", shown)
    assert here.json("status")["open_intents"] == []
    assert [run["exit_codes"] for run in here.json("history")["runs"]] == [[code]]
    here.manifest(table("cats"))
    here.run("apply", "-y", "-q")
    here.check_equal("cats")


def test_a_run_that_waits_and_is_stopped_prints_one_document(here: Mirror) -> None:
    """--json: the same shape as ever, with the time to come back."""
    here.manifest(table("cats"), head=CAPPED)
    with started(here, "apply", "-y", "--wait", "--json") as process:
        until_it_waits(process)
        process.send_signal(signal.SIGTERM)
        document = json.loads(process.communicate(timeout=30)[0])
    facts = (document["kind"], document["exit_code"], document["stopped"], document["uploaded"], document["in_doubt"])
    assert facts == ("run", 143, True, 2, 0)
    assert document["resume_at"]


def test_a_run_waits_and_ends_with_0(tmp_path: Path) -> None:
    """Imgur asks for two seconds, more than this manifest waits within a run: without --wait that is exit 6."""
    with mirror(tmp_path) as here:
        here.manifest(table("cats"), head=HEAD + "[upload]\nmax_wait = 0\nin_flight = 1\n")
        for name in ("c3.png", "c4.png"):  # a refusal leaves five uploads an hour
            (here.folder / "cats" / name).unlink()
        text = "You are uploading too fast. Please wait 2 more seconds."
        body = {"data": {"error": {"code": 429, "message": text}}, "success": False, "status": 400}
        slow = {"match": {**UPLOAD, "nth": 2}, "fault": "reply", "status": 429, "body": body}
        here.steer("faults", [slow])
        done = here.run("apply", "-y", "--wait")
        assert "waiting: the hour's uploads to come back" in done.stderr
        here.check_equal("cats")
        assert [run["exit_codes"] for run in here.json("history")["runs"]] == [[0]]
        assert [run["done"]["uploaded"] for run in here.json("history")["runs"]] == [len(here.wanted("cats"))]


def test_a_person_is_asked_once_told_that_it_waits_and_shown_a_countdown(here: Mirror) -> None:
    """At a terminal: how much waits and until when stands above the question; then seconds or minutes run down on the
    bar; Ctrl-C gives the cursor back."""
    here.manifest(table("cats"), head=CAPPED)
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "apply", "--wait"],
        cwd=here.folder,
        env=here.place.environ({"TERM": "xterm-256color", "COLUMNS": "160"}),
        stdin=child,
        stdout=subprocess.PIPE,
        stderr=child,
    )
    os.close(child)
    try:
        seen = _read(parent, r"\[y/N\] ")
        waits = "steps do not fit now: the run waits and goes on by itself until all is done, next"
        assert re.search(rf"{waits} (in about an hour|at about {TIME})\.", seen)
        os.write(parent, b"y\n")
        seen = _read(parent, r"\d+ (s|min) left: the hour's uploads to come back")
        process.send_signal(signal.SIGINT)
        seen += _read(parent, "hint: run apply again to go on")
        assert process.wait(timeout=30) == 130
        assert seen.rfind("\x1b[?25h") > seen.rfind("\x1b[?25l")
        assert process.stdout is not None
        assert b"2 pictures uploaded (" in process.stdout.read()
    finally:
        process.kill()
        process.wait(timeout=30)
        os.close(parent)
        if process.stdout is not None:
            process.stdout.close()


def _read(terminal: int, pattern: str) -> str:
    """What a terminal gets until it has got something that matches."""
    told = b""
    while not re.search(pattern, told.decode(errors="replace")):
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            piece = b""
        assert piece, f"{pattern} did not come: {told!r}"
        told += piece
    return told.decode(errors="replace")


def test_exit_6_tells_what_to_type(here: Mirror) -> None:
    """When, by the local clock and how far away; the command; that it can wait by itself."""
    here.manifest(table("cats"), head=CAPPED)
    told = here.run("apply", "-y", code=6).stdout
    assert re.search(
        rf"\nRun again at {TIME}: imgur-sync apply \(or let it wait by itself: imgur-sync apply --wait\)", told
    )
    assert told.endswith("\nExit 6: stopped at the budget; run again at the time printed\n")
    capped = here.run("apply", "-y", "--max-credits", "3", code=6).stdout
    assert "This run may spend no more; another one goes on: imgur-sync apply\n" in capped


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("given", ["0", "-1", "1" + "0" * 20, "many", "", "1.5"])
def test_a_cap_that_is_none_is_refused(given: str, command: str, here: Mirror) -> None:
    """64, with what is taken, before anything is asked."""
    before = here.last()
    told = here.run(command, "--max-credits", given, code=64).stderr
    assert f'"{given}" is no whole number' in told
    assert here.last() == before


def test_a_dry_run_does_not_wait(here: Mirror) -> None:
    """--dry-run is plan: with --wait it is a mistake, told before anything is asked."""
    before = here.last()
    assert "exclude each other" in here.run("apply", "--dry-run", "--wait", code=64).stderr
    assert here.last() == before
    assert "No such option" in here.run("plan", "--wait", code=64).stderr


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_reading_without_budget_is_exit_6_with_the_time(command: str, here: Mirror) -> None:
    """Others drained the hour in the middle of the look."""
    drained = {"x-ratelimit-userlimit": "500", "x-ratelimit-userremaining": "0", "x-ratelimit-userreset": "1800"}
    body = {"data": [], "success": True, "status": 200}
    reply = {"fault": "reply", "status": 200, "headers": drained, "body": body}
    here.run("apply", "-y", "-q")
    here.put("cats/new.png", 77)
    here.steer("faults", [{"match": {"method": "GET", "path": "/3/account/*"}, **reply}])
    done = here.run(command, *(["-y"] if command == "apply" else []), code=6)
    assert re.search(rf"\n  run again at {TIME}\n", done.stderr), done.stderr
    document = here.json(command, *(["-y"] if command == "apply" else []), code=6)
    assert document["resume_at"]
