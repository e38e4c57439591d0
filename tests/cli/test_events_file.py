"""`--events FILE`: one line of JSON for each event, whatever else is shown."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.cli.recording import EventFile
from imgur_sync.errors import ExitCode
from imgur_sync.model import event as events
from imgur_sync.report.eventlines import NAMES, event_line
from tests.support.hostile import NAMES as HOSTILE
from tests.support.mirror import Mirror
from tests.support.pictures import png
from tests.support.shape_check import check_document


def read(path: Path, kind: str = "event") -> list[dict[str, Any]]:
    """All lines, each checked."""
    data = path.read_bytes()
    assert data.endswith(b"\n")
    assert data.isascii()
    found = [json.loads(line) for line in data.splitlines()]
    for document in found:
        check_document(document, kind)
    return found


def test_a_run_is_written_down_beside_what_is_shown(unsynced: Mirror, tmp_path: Path) -> None:
    """From the first folder to the end: the same result on stdout, a private file, no id, no link, no secret."""
    path = tmp_path / "events.jsonl"
    told = unsynced.run("apply", "-y", "--events", str(path)).stdout
    assert "8 pictures uploaded" in told
    lines = read(path)
    names = [line["event"] for line in lines]
    assert names[0] in ("listing", "scanning")
    assert names.count("upload_done") == 8
    assert names[-1] == "run_finished"
    assert set(names) <= set(NAMES.values())
    assert {line["path"] for line in lines if line["event"] == "upload_done"} >= {"c0.png", "c4.png"}
    assert lines[-1]["facts"]["exit_code"] == 0
    assert lines[-1]["facts"]["uploaded"] == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    world = unsynced.look("world")
    ids = [thing["id"] for thing in (*world["albums"], *world["images"])]
    secrets = [value for name, value in unsynced.place.environment.items() if name.endswith(("_TOKEN", "_SECRET"))]
    text = path.read_text()
    assert not [one for one in (*ids, *secrets, "://") if one and one in text]


def test_lines_are_added_to_a_file_that_is_there(unsynced: Mirror, tmp_path: Path) -> None:
    """A plan and a run in one file; its mode stays."""
    path = tmp_path / "events.jsonl"
    path.write_text("")
    path.chmod(0o640)
    digest = unsynced.run("plan", "--json", "--events", str(path)).stdout
    planned = read(path)
    assert [line["facts"]["digest"] for line in planned if line["event"] == "planned"] == [json.loads(digest)["digest"]]
    unsynced.run("apply", "-y", "--json", "--events", str(path))
    assert len(read(path)) > len(planned)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_hostile_names_stay_on_their_line(unsynced: Mirror, tmp_path: Path) -> None:
    """Each line is one document of ASCII, and no command to a CI runner."""
    for number, name in enumerate(HOSTILE):
        Path(os.fsdecode(os.fsencode(unsynced.folder / "cats") + b"/" + name)).write_bytes(png(seed=400 + number))
    path = tmp_path / "events.jsonl"
    unsynced.run("apply", "-y", "-q", "--events", str(path))
    lines = read(path)
    assert sum(line["event"] == "upload_done" for line in lines) == 8 + len(HOSTILE)
    for text in path.read_text().splitlines():
        assert text.startswith("{")
        assert "##[" not in text


@pytest.mark.parametrize(("name", "code"), [("-", ExitCode.USAGE), ("no/such/folder/x", ExitCode.ERROR), (".", 1)])
def test_a_file_that_cannot_be_opened_ends_the_run_before_anything_is_done(
    name: str, code: int, unsynced: Mirror
) -> None:
    """Nothing was sent that changes anything."""
    done = unsynced.run("apply", "-y", "--events", name, code=code)
    assert "events" in done.stderr
    assert unsynced.received() == []


def test_a_file_that_cannot_be_written_any_more_stops_nothing(unsynced: Mirror) -> None:
    """A disk that is full is told once; the run goes on to its end."""
    done = unsynced.run("apply", "-y", "--events", "/dev/full")
    assert done.stderr.count("no more events are written to /dev/full: No space left on device") == 1
    assert len(unsynced.received()) == 8


def test_a_pipe_that_nobody_reads_stops_nothing(unsynced: Mirror, tmp_path: Path) -> None:
    """It is not waited for: one without a reader is an error at once, one whose reader sleeps is given up."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "events" in unsynced.run("apply", "-y", "--events", str(pipe), code=ExitCode.ERROR).stderr
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        file = EventFile(str(pipe))
        for _ in range(3000):
            file.write("x" * 1000)
        file.close()
    finally:
        os.close(reader)


def test_every_event_has_a_name_or_only_moves_a_display() -> None:
    """The table is complete."""
    assert set(events.Event.__args__) - NAMES.keys() == {events.Hashing, events.Countdown}
    assert event_line(events.Hashing("cats", "a.png", 5), 0.0) == ""
    assert json.loads(event_line(events.Waiting("a limit", 60.0), 0.0)) == {
        "format_version": 1,
        "kind": "event",
        "at": "1970-01-01T00:00:00Z",
        "event": "waiting",
        "album": "",
        "path": "",
        "text": "waiting: a limit, until 1970-01-01 00:01 +00:00 (in 60 s)",
        "facts": {"reason": "a limit", "until": "1970-01-01T00:01:00Z"},
    }
