"""What `status` says of running processes, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind, Wish
from imgur_sync.report.activities import Running
from imgur_sync.report.jsons import status_json
from imgur_sync.report.status import Status, status_text
from imgur_sync.report.text import Moment
from tests.support.shape_check import check_document

NOW = 1_772_370_300.0
WATCH = Activity(
    812, "host", "watch", NOW - 10_800, NOW, "uploading tom.jpg", "cats", 12, 40, None,
    (Queued("cats", 28, 1, 285), Queued("dogs", 0, 2, 2), Queued("birds", 0)),
    (
        Wait(WaitKind.FILE, "dogs", "clip.mp4 is not complete", NOW + 60),
        Wait(WaitKind.GATE, "cats", "37 pictures would leave it", None, "imgur-sync apply cats --approve prune=37"),
        Wait(WaitKind.BUDGET, "", "the uploads of the hour are used up", NOW + 2580),
    ),
    LastRun(NOW - 300, (7, 6), 12, 125),
    NOW + 600,
)  # fmt: skip


def told(read: Moment, running: Running, holder: str | None = None) -> str:
    """What is said between the totals and the doubts."""
    return status_text(Status("state.db", "lin", (), (), 0, holder, running), read).partition(
        "No album was made yet.\n"
    )[2]


def test_a_watch_tells_all_that_it_does(read: Moment) -> None:
    """What somebody can do something about comes first of what waits."""
    wish = Wish(9, "host", "apply", NOW - 5)
    running = Running("watch (pid 812 on host, since x)", (WATCH,), (wish,))
    assert (
        told(read, running, "watch (pid 812 on host, since y)")
        == """\
watch (pid 812) runs since 2026-03-01 11:05 +01:00 (3 h ago)
  now: cats: uploading tom.jpg, 12 of 40 steps done
  queue: 3 albums, 287 credits
    cats: 28 uploads and 1 other step
    dogs: 2 steps
    birds: to be looked at
  waits: cats: 37 pictures would leave it
    to go on: imgur-sync apply cats --approve prune=37
  waits: dogs: clip.mp4 is not complete, until 2026-03-01 14:06 +01:00 (in 60 s)
  waits: the uploads of the hour are used up, until 2026-03-01 14:48 +01:00 (in 43 min)
  last run: 2026-03-01 14:00 +01:00 (5 min ago): 12 uploads, 125 credits, exit code 7, 6
  looks at the folders next: 2026-03-01 14:15 +01:00 (in 10 min)
apply (pid 9) asks for its turn
"""
    )


def test_a_quiet_watch_says_little(read: Moment) -> None:
    """And when it said so, where that was a while ago."""
    idle = Activity(812, "host", "watch", NOW - 10_800, NOW - 7200, "", until=NOW + 60, last=LastRun(NOW - 300, ()))
    assert (
        told(read, Running("watch (pid 812 on host, since x)", (idle,)))
        == """\
watch (pid 812) runs since 2026-03-01 11:05 +01:00 (3 h ago)
  now: nothing to do, until 2026-03-01 14:06 +01:00 (in 60 s)
  last run: 2026-03-01 14:00 +01:00 (5 min ago): 0 credits, exit code 0
  (as it said 2026-03-01 12:05 +01:00 (2 h ago))
"""
    )


def test_a_watch_that_died_is_told_of(read: Moment) -> None:
    """With what it did last, and how to start it again."""
    dead = replace(WATCH, ended=True, at=NOW - 7200)
    assert (
        told(read, Running(None, (dead,)))
        == """\
watch is not running; it was last seen 2026-03-01 12:05 +01:00 (2 h ago): cats: uploading tom.jpg
  It did not end in order. Nothing is lost; start it again: imgur-sync watch
"""
    )
    assert "(2 h ago)\n" in told(read, Running(None, (replace(dead, doing="", album=""),)))


def test_holders_that_say_nothing_are_told_all_the_same(read: Moment) -> None:
    """Where the board cannot be read, or is of others."""
    assert told(
        read, Running("watch (pid 81 on host, since x)", (WATCH,)), "purge (pid 7 on host, since y)"
    ).splitlines()[-2:] == [
        "A watch is running, and does not say what it does: watch (pid 81 on host, since x)",
        "A run is under way: purge (pid 7 on host, since y)",
    ]


def test_long_lists_are_cut(read: Moment) -> None:
    """What needs somebody is not among what is left out."""
    files = tuple(Wait(WaitKind.FILE, "cats", f"{number}.mp4 grows") for number in range(30))
    gate = Wait(WaitKind.GATE, "dogs", "37 pictures", None, "type this")
    queue = tuple(Queued(f"a{number}", 1, 0, 11) for number in range(13))
    lines = told(read, Running("", (replace(WATCH, waits=(*files, gate), queue=queue),))).splitlines()
    assert "    and 3 more (--json lists all)" in lines
    assert "  waits: and 21 more (--json lists all)" in lines
    assert "    to go on: type this" in lines
    assert len(lines) < 35


@pytest.mark.parametrize(
    "running",
    [Running(), Running("watch", (WATCH, replace(WATCH, ended=True, last=None)), (Wish(9, "h", "apply", NOW),))],
)
def test_programs_get_the_same(running: Running) -> None:
    """In the documented shape: UTC times, all lists whole."""
    document = json.loads(status_json(Status("state.db", "lin", (), running=running)))
    check_document(document, "status")
    if running.activities:
        first = document["activity"][0]
        assert (first["since"], first["until"], first["ended"]) == ("2026-03-01T10:05:00Z", None, False)
        assert first["waits"][1] == {
            "kind": "gate",
            "album": "cats",
            "what": "37 pictures would leave it",
            "until": None,
            "remedy": "imgur-sync apply cats --approve prune=37",
        }
        assert first["queue"][0] == {"album": "cats", "uploads": 28, "others": 1, "credits": 285}
        assert first["last"] == {"ended_at": "2026-03-01T13:00:00Z", "codes": [7, 6], "uploaded": 12, "credits": 125}
        assert document["wishes"] == [{"pid": 9, "host": "h", "command": "apply", "at": "2026-03-01T13:05:00Z"}]
        assert [row["ended"] for row in document["activity"]] == [False, True]


def test_hostile_texts_are_inert(hostile: str, read: Moment, inert: Callable[[str], None]) -> None:
    """Names of hosts, commands, albums and files; times that no calendar has."""
    waits = (Wait(WaitKind.GATE, hostile, hostile, 1e300, hostile),)
    shown = Activity(1, hostile, hostile, 1e300, 1e300, hostile, hostile, 1, 2, 1e300, (Queued(hostile, 1),), waits)
    running = Running(hostile, (shown, replace(shown, ended=True)), (Wish(1, hostile, hostile, 1e300),))
    inert(told(read, running, hostile))
    check_document(json.loads(status_json(Status("state.db", "lin", (), (), 0, hostile, running))), "status")
