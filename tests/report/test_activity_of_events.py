"""What a run does now, made up from its events."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model import event as events
from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind
from imgur_sync.model.budget import LimitName
from imgur_sync.model.event import Event
from imgur_sync.model.outcome import Problem, ProblemKind
from imgur_sync.model.plan import AlbumPlan, Deferred, Gate, GateName, Plan, Unsettled, Withheld
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Upload
from imgur_sync.report.activity import doing, queue_of, waits_of

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]

BEGUN = Activity(7, "host", "apply", 100.0, 200.0, "starting", next_look=900.0)
PROBLEM = Problem(ProblemKind.BAD_REQUEST, "no", 400)
SCAN = Wait(WaitKind.FILE, "cats", "clip.mp4 is not complete", 300.0)


def after(*told: Event, first: Activity = BEGUN) -> Activity:
    """The activity after these events."""
    for event in told:
        first = doing(first, event)
    return first


@pytest.fixture
def two(album: Albums, plan: Plans, upload: Uploads) -> Plan:
    """A plan that makes an album of two pictures and edits another one."""
    steps = (CreateAlbum("cats", "Cats"), upload("a.jpg"), upload("b.jpg"))
    return plan(album(*steps), album(EditAlbum("dogs", reordered=True), key="dogs"), price=None)


@pytest.mark.parametrize(
    ("event", "words", "album", "until"),
    [
        (events.Scanning("cats", 2, 7), "reading the folder (2 of 7)", "cats", None),
        (events.Scanning("cats", 1, 1), "reading the folder", "cats", None),
        (events.Hashing("cats", "a\n\udcff.jpg", 9), "reading a\\n\\xff.jpg", "cats", None),
        (events.Listing("cats"), "asking Imgur", "cats", None),
        (events.Listing(""), "asking Imgur about the account", "", None),
        (events.UploadStarted("cats", "tom.jpg", 9), "uploading tom.jpg", "cats", None),
        (
            events.InDoubt("cats", "the upload of a.jpg", PROBLEM, 260.0),
            "finding out what became of the upload of a.jpg",
            "cats",
            260.0,
        ),
        (events.StepDone("dogs", EditAlbum("dogs")), "editing the album", "dogs", None),
        (events.TwinRemoved("cats", "a second copy"), "removing second copies", "cats", None),
        (
            events.Waiting("the hour's uploads to come back", 900.0),
            "waiting: the hour's uploads to come back",
            "",
            900.0,
        ),
        (events.Countdown("the hour's uploads", 40.0), "waiting: the hour's uploads", "", 240.0),
    ],
)
def test_an_event_says_what_is_done(event: Event, words: str, album: str, until: float | None) -> None:
    """In which album, and until when it waits; who it is, and since when, stays."""
    before = replace(BEGUN, doing="something else", album="birds", until=5.0, waits=(SCAN,))
    now = doing(before, event)
    assert (now.doing, now.album, now.until) == (words, album, until)
    assert replace(now, doing="", album="", until=None, done=0, total=0) == replace(
        before, doing="", album="", until=None
    )


def test_steps_are_counted_and_leave_the_queue(two: Plan, upload: Uploads) -> None:
    """Each that is behind, however it ended; an album without any leaves it."""
    now = after(events.Planned(two, 1))
    assert (now.doing, now.done, now.total) == ("beginning with 4 steps", 0, 4)
    assert now.queue == (Queued("cats", 2, 1, 23), Queued("dogs", 0, 1, 3))
    now = after(
        events.StepDone("cats", CreateAlbum("cats", "Cats")), events.UploadDone("cats", "a.jpg", 9, "link"), first=now
    )
    assert (now.done, now.total, now.queue[0]) == (2, 4, Queued("cats", 1, 0, 12))
    now = after(events.UploadFailed("cats", "b.jpg", PROBLEM, True), first=now)
    assert now.queue == (Queued("dogs", 0, 1, 3),)
    now = after(events.StepFailed("dogs", two.albums[1].steps[0], PROBLEM), first=now)
    assert (now.done, now.total, now.queue) == (4, 4, ())


def test_what_a_limit_holds_back_is_not_behind(two: Plan) -> None:
    """It comes again, in a later plan, whose steps are added to what is done."""
    now = after(events.Planned(two, 1), events.UploadDone("cats", "a.jpg", 9, "link"))
    held = events.UploadFailed("cats", "b.jpg", Problem(ProblemKind.BUDGET, "none left", 429), False)
    assert after(held, first=now) == now
    now = after(events.UploadFound("cats", "b.jpg", "link"), events.Planned(two, 2), first=now)
    assert (now.done, now.total) == (2, 6)
    assert len(now.queue) == 2


def test_more_is_done_than_was_planned(upload: Uploads) -> None:
    """The total follows."""
    now = after(events.UploadDone("cats", "a.jpg", 9, "link"))
    assert (now.done, now.total) == (1, 1)


def test_a_plan_says_what_waits(album: Albums, plan: Plans, upload: Uploads) -> None:
    """For gates, with what to type in its own album, and for the budget; a gate that was passed holds nothing."""
    leaves = DeleteImage("my cats", "b.jpg", "0" * 64)
    gates = (
        Gate(GateName.PRUNE, "my cats", 37, "37 of 40 pictures would be deleted"),
        Gate(GateName.REPLACE, "my cats", 2, "passed"),
    )
    held = album(
        leaves, upload("c.jpg"), key="my cats", steps=(), gates=gates, withheld=(Withheld(leaves, GateName.PRUNE),),
        deferred=(Deferred(upload("c.jpg"), LimitName.UPLOADS),),
    )  # fmt: skip
    root = album(key="dogs", gates=(Gate(GateName.ROOT, "dogs", 3, "the folder is gone"),))
    made = plan(held, root, resume_at=700.0)
    assert queue_of(made) == (Queued("my cats", 1, 0, 11),)
    waits = waits_of(made)
    assert [(wait.kind, wait.album, wait.what, wait.until) for wait in waits] == [
        (WaitKind.GATE, "my cats", "37 of 40 pictures would be deleted", None),
        (WaitKind.BUDGET, "my cats", "1 step waits for the uploads of the hour", 700.0),
        (WaitKind.GATE, "dogs", "the folder is gone", None),
    ]
    assert waits[0].remedy == "imgur-sync apply 'my cats' --approve prune=37"
    assert waits[1].remedy == "imgur-sync apply --wait"
    assert waits[2].remedy.endswith("imgur-sync root accept dogs")


def test_a_plan_takes_the_place_of_what_was_said_of_its_albums(album: Albums, plan: Plans, upload: Uploads) -> None:
    """Of other albums, and of what no plan knows, all stays."""
    old = (
        SCAN,
        Wait(WaitKind.GATE, "cats", "old"),
        Wait(WaitKind.BUDGET, "", "old"),
        Wait(WaitKind.GATE, "birds", "stays"),
        Wait(WaitKind.TROUBLE, "", "stays too"),
        Wait(WaitKind.TROUBLE, "cats", "old"),
    )
    before = replace(BEGUN, waits=old, queue=(Queued("birds", 4), Queued("cats", 9)))
    doubts = tuple(
        Unsettled("cats", f"the upload of {name}.jpg", until) for name, until in (("b", 290.0), ("c", 280.0))
    )
    now = doing(before, events.Planned(plan(album(upload("a.jpg"), unsettled=doubts)), 1))
    new = Wait(WaitKind.TROUBLE, "cats", "not certain yet: the upload of b.jpg and 1 more", 290.0)
    assert now.waits == (new, SCAN, old[3], old[4])
    assert now.queue == (Queued("cats", 1, 0, 11), Queued("birds", 4))
    assert doing(before, events.Planned(plan(), 1)).doing == "nothing to do now"


def test_a_limit_that_is_used_up_is_waited_for() -> None:
    """Once, until the time said last."""
    now = after(
        events.BudgetReached(LimitName.HOUR, 400.0),
        events.BudgetReached(LimitName.UPLOADS, 500.0),
        first=replace(BEGUN, waits=(SCAN, Wait(WaitKind.BUDGET, "cats", "2 steps"))),
    )
    said = Wait(WaitKind.BUDGET, "", "the uploads of the hour are used up", 500.0)
    assert now.waits == (SCAN, Wait(WaitKind.BUDGET, "cats", "2 steps"), said)


def test_the_end_of_a_run_leaves_what_waits(album: Albums, plan: Plans, upload: Uploads, two: Plan) -> None:
    """What the run did, and what is left; of its albums that are as wanted nothing waits any more."""
    first = replace(BEGUN, waits=(SCAN, Wait(WaitKind.GATE, "dogs", "passed since")), queue=(Queued("birds", 4),))
    now = after(events.Planned(two, 1), events.BudgetReached(LimitName.HOUR, 400.0), first=first)
    deferred = (Deferred(upload("b.jpg"), LimitName.HOUR),)
    left = plan(album(upload("b.jpg"), steps=(), deferred=deferred), resume_at=400.0)
    results = (events.AlbumResult("cats", "Cats"), events.AlbumResult("dogs", ""))
    end = events.RunFinished((ExitCode.PARTIAL, ExitCode.BUDGET), results, 12, 9, 0, 0, 125, left)
    now = doing(replace(now, at=250.0), end)
    wait = Wait(WaitKind.BUDGET, "cats", "1 step waits for the credits of the hour", 400.0, "imgur-sync apply --wait")
    queue = (Queued("cats", 1, 0, 11), Queued("birds", 4))
    last = LastRun(250.0, (7, 6), 12, 125)
    assert now == replace(BEGUN, at=250.0, doing="", waits=(wait, SCAN), queue=queue, last=last)


def test_every_event_is_taken(two: Plan) -> None:
    """None is left without an answer, and none carries an address over."""
    made: dict[type[Any], Event] = {
        type(event): event
        for event in (
            events.Scanning("a", 1, 1), events.Hashing("a", "b", 1), events.Listing("a"), events.Planned(two, 1),
            events.UploadStarted("a", "b", 1), events.UploadDone("a", "b", 1, "https://i.imgur.com/SeCrEt1.png"),
            events.UploadFound("a", "b", "https://i.imgur.com/SeCrEt1.png"),
            events.UploadFailed("a", "b", PROBLEM, True), events.InDoubt("a", "b", PROBLEM, 1.0),
            events.StepDone("a", CreateAlbum("a", None), "https://imgur.com/a/SeCrEt1"),
            events.StepFailed("a", CreateAlbum("a", None), PROBLEM), events.TwinRemoved("a", "the picture"),
            events.Waiting("b", 1.0), events.Countdown("b", 1.0), events.BudgetReached(LimitName.DAY, None),
            events.Warned("careful"), events.RunFinished((), (), 0, 0, 0, 0, 0, two),
        )
    }  # fmt: skip
    assert set(made) == set(typing.get_args(events.Event))
    for event in made.values():
        assert "SeCrEt1" not in repr(doing(BEGUN, event))


def test_hostile_names_come_out_escaped(hostile: str, inert: Callable[[str], None]) -> None:
    """What is done is a text for people."""
    for event in (
        events.Hashing("cats", hostile, 1),
        events.UploadStarted("cats", hostile, 1),
        events.Waiting(hostile, 1.0),
    ):
        inert(doing(BEGUN, event).doing)
