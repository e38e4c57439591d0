"""A run that is ended before its end tells what it did, what is left and what to type next."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.mirror import HEAD, UPLOAD, Mirror, mirror, table, until

ONE_BY_ONE = HEAD + "[upload]\nin_flight = 1\n"
OVER_CAPACITY = {"data": {"error": "Imgur is temporarily over capacity."}, "success": False, "status": 403}


@pytest.fixture
def serial(tmp_path: Path) -> Iterator[Mirror]:
    """An album of five pictures that are sent one after another, none sent yet."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats"), head=ONE_BY_ONE)
        yield made


def stopped(here: Mirror, sent: signal.Signals, *arguments: str) -> tuple[int, str, str]:
    """An apply that gets this signal once the third upload has arrived: exit code, stdout and stderr."""
    process: subprocess.Popen[str] = here.place.start("apply", "-y", *arguments)
    try:
        until(lambda: len(here.received()) >= 3)
        process.send_signal(sent)
        told, noted = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=30)
    return process.returncode, told, noted


def held_back(here: Mirror, seconds: float) -> None:
    """The answer to the third upload comes late."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": seconds, "after": True}])


def finish(here: Mirror) -> None:
    """Imgur works again, and so does the next run: hours later, when the ledger's hour of refusals is over."""
    here.calm()
    for file in (here.folder / ".user").glob("ledger.db*"):
        file.unlink()
    for _ in range(3):
        if here.run("apply", "-y", "-q", code=None).returncode == 0:
            break
    here.check_equal("cats")


def test_ctrl_c_ends_with_the_summary(serial: Mirror) -> None:
    """The plan, then what was done, what it cost and what is left; what to type next is on stderr."""
    held_back(serial, 2)
    code, told, noted = stopped(serial, signal.SIGINT)
    assert code == 130, noted
    summary = told[told.index("Digest: ") :].split("\n\n", 1)[1]
    assert summary.startswith('cats: "cats", 3 pictures uploaded, not finished\n'), told
    assert "\n3 pictures uploaded (" in summary
    assert " on carrying it out.\nLeft over: 3 steps, " in summary
    assert summary.endswith("Exit 130: stopped by Ctrl-C, state safe\n")
    assert noted.endswith("stopped; what was done is saved\nhint: run apply again to go on\n")
    finish(serial)


def test_sigterm_ends_with_the_summary_as_json(serial: Mirror) -> None:
    """One document, with the exit code, and the request in doubt counted and named."""
    held_back(serial, 20)
    code, told, noted = stopped(serial, signal.SIGTERM, "--json")
    assert code == 143, noted
    document = json.loads(told)
    facts = {name: document[name] for name in ("kind", "exit_code", "exit_codes", "stopped", "uploaded", "in_doubt")}
    assert facts == {
        "kind": "run",
        "exit_code": 143,
        "exit_codes": [143],
        "stopped": True,
        "uploaded": 2,
        "in_doubt": 1,
    }
    assert document["hint"] == "run apply again to go on"
    assert document["credits"] >= 30
    (cats,) = document["albums"]
    assert cats["problems"] == ["the upload of c2.png may or may not have happened"]
    assert [step["kind"] for step in document["left"]["albums"][0]["wanted"]] == [*["upload"] * 3, "edit_album"]
    finish(serial)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_an_imgur_that_gives_up_on_the_way_ends_with_the_summary(as_json: bool, serial: Mirror) -> None:
    """75 after two uploads: they are told, with the reason and what is left."""
    busy: list[dict[str, Any]] = [
        {"match": {**UPLOAD, "nth": number}, "fault": "reply", "status": 403, "body": OVER_CAPACITY}
        for number in range(3, 30)
    ]
    for number in range(5, 9):
        serial.put(f"cats/c{number}.png", number)
    serial.steer("faults", busy)
    done = serial.run("apply", "-y", *(["--json"] if as_json else []), code=75)
    assert "error: Imgur cannot be used now: Imgur is temporarily over capacity." in done.stderr
    if as_json:
        document = json.loads(done.stdout)
        assert (document["kind"], document["exit_code"], document["uploaded"]) == ("run", 75, 2)
        assert "over capacity" in document["message"]
        assert document["stopped"] is True
    else:
        assert "\n2 pictures uploaded (" in done.stdout
        assert "\nLeft over: 8 steps, " in done.stdout
        assert done.stdout.endswith("\nExit 75: try again later\n")
    finish(serial)


def test_an_imgur_that_cannot_be_asked_leaves_no_summary(serial: Mirror) -> None:
    """Nothing had begun: the error is all there is to tell."""
    serial.steer("faults", [{"match": {"method": "GET", "path": "/3/*"}, "fault": "reply", "status": 500, "body": ""}])
    done = serial.run("apply", "-y", "--json", code=75)
    document = json.loads(done.stdout)
    assert (document["kind"], document["exit_code"]) == ("error", 75)
    assert serial.run("apply", "-y", code=75).stdout == ""
    assert serial.received() == []


def test_a_terminal_that_goes_away_costs_nothing(serial: Mirror) -> None:
    """SIGHUP ends a run as a kill does: what was under way is found by the next one and not sent twice."""
    held_back(serial, 5)
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests themselves run under nohup
    try:
        code, _, noted = stopped(serial, signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert code == -signal.SIGHUP
    assert "Traceback" not in noted
    finish(serial)
    assert sorted(serial.received()) == sorted(serial.wanted("cats"))
