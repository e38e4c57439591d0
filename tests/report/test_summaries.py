"""The ends of commands: what a run did, what the state holds, what went wrong, what is left."""

from __future__ import annotations

from collections.abc import Callable

from imgur_sync.errors import (
    BudgetError,
    CredentialsError,
    DeclinedError,
    ExitCode,
    InterruptedRun,
    LockHeldError,
    ManifestError,
    ManifestProblem,
)
from imgur_sync.model.budget import Budget, Cost, Limit, LimitName
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Plan, Price
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import FailedFile, Intent, IntentKind
from imgur_sync.report.credits import credit_lines
from imgur_sync.report.failure import error_text
from imgur_sync.report.prices import price_text, short_price_text
from imgur_sync.report.status import AlbumStatus, Status, status_text
from imgur_sync.report.summary import MEANINGS, run_text
from imgur_sync.report.text import Moment

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]


def test_a_run_says_what_was_done_what_is_left_and_why_it_exits(
    album: Albums, plan: Plans, upload: Callable[..., Upload], read: Moment
) -> None:
    """Album by album, then the sum; every exit code in words, the ruling one first."""
    gate = Gate(GateName.PRUNE, "cats", 7, "7 of 9 pictures would leave the album")
    left = plan(album(upload("z.jpg"), gates=(gate,)), total=Price(Cost(11, 1, 1), 0, 1, 5))
    cats = AlbumResult("cats", "Cats", 3, 1, False, "https://imgur.com/a/x", ("b.jpg: empty file",))
    dogs = AlbumResult("dogs", "", done=True, link="https://imgur.com/a/y")
    codes = (ExitCode.PARTIAL, ExitCode.GATE, ExitCode.BUDGET)
    run = RunFinished(codes, (cats, dogs), 3, 900_000, 1, 0, 33, left, read.now + 2580)
    assert (
        run_text(run, read, links=True)
        == """\
cats: "Cats", 3 pictures uploaded, 1 failed, not finished  https://imgur.com/a/x
  ! b.jpg: empty file
dogs: as wanted  https://imgur.com/a/y
3 pictures uploaded (900.0 kB), 1 edit; 33 credits spent.
Left over: 1 step, 11 credits.
Held back by prune; to let it through: apply --approve prune=7
Run again at 2026-03-01 14:48 +01:00 (in 43 min): imgur-sync apply (or let it wait by itself: imgur-sync apply --wait).
Exit 7: partial: something failed, the rest is done and saved
Exit 3: a gate held steps back
Exit 6: stopped at the budget; run again at the time printed
"""
    )
    assert "imgur.com" not in run_text(run, read, links=False)


def test_a_run_without_work_says_so(plan: Plans, read: Moment) -> None:
    """One line."""
    run = RunFinished((ExitCode.DONE,), (), 0, 0, 0, 0, 1, plan())
    assert run_text(run, read, links=True) == "Nothing was changed; 1 credit spent.\n"


def test_a_run_that_was_stopped_says_what_is_in_doubt(album: Albums, plan: Plans, read: Moment) -> None:
    """Beside what was done and what is left."""
    cats = AlbumResult("cats", "", 2, 0, False, "", ("the upload of c.png may or may not have happened",))
    left = plan(album(), total=Price(Cost(21, 2, 2), 0, 2, 5))
    run = RunFinished((ExitCode.SIGINT,), (cats,), 2, 600, 0, 0, 30, left, stopped=True, in_doubt=1)
    assert (
        run_text(run, read, links=True)
        == """\
cats: 2 pictures uploaded, not finished
  ! the upload of c.png may or may not have happened
2 pictures uploaded (600 bytes); 30 credits spent.
In doubt, settled by the next apply: 1 request
Exit 130: stopped by Ctrl-C, state safe
"""
    )


def test_every_exit_code_has_its_words() -> None:
    """None is left without a meaning."""
    assert set(MEANINGS) == set(ExitCode)


def test_a_status_shows_albums_failures_doubts_and_the_run_under_way(read: Moment) -> None:
    """With the page of each album: it is for the owner."""
    failed = FailedFile("cats", "bad.jpg", "0" * 64, "too large for Imgur", read.now - 7200)
    cats = AlbumStatus("cats", "Cats", "https://imgur.com/a/x", 12, 1, 2, False, read.now - 300, (failed,))
    dogs = AlbumStatus("dogs", "", "https://imgur.com/a/y", 0, 0, 0, True, 0.0)
    intent = Intent(1, IntentKind.UPLOAD, "cats", path="new.jpg", made_at=read.now - 120)
    status = Status("state.db", "lin", (cats, dogs), (intent,), 1, "apply (pid 7 on host)")
    assert (
        status_text(status, read)
        == """\
cats: "Cats", 12 pictures, 1 taken out of it, 2 gone from Imgur  https://imgur.com/a/x
  ! bad.jpg failed: too large for Imgur (2026-03-01 12:05 +01:00 (2 h ago))
    not tried again until they change, or with: imgur-sync apply --retry-failed
dogs: 0 pictures  gone from Imgur
2 albums, 12 pictures.
Last change by us: 2026-03-01 14:00 +01:00 (5 min ago).
A run is under way: apply (pid 7 on host)
In doubt, settled by the next apply: 1 request
  ? upload of cats/new.jpg, recorded 2026-03-01 14:03 +01:00 (2 min ago)
Second copies are still looked for, after 1 lost answer.
"""
    )


def test_the_limits_are_a_table(budget: Budget, read: Moment) -> None:
    """What is left of what, and when more comes back; a limit that is none says so."""
    assert (
        "\n".join(credit_lines(budget, read.now, read.zone))
        == """\
                           left        of  more at
  credits of the day     11,957    12,500  2026-03-01 15:05 +01:00 (in 1 h)
  credits of the hour       457       500  2026-03-01 14:35 +01:00 (in 30 min)
  POSTs of the hour       1,244     1,250  2026-03-01 14:35 +01:00 (in 30 min)
  uploads of the hour        41        45  2026-03-01 14:48 +01:00 (in 43 min)
  credits of this run  no limit  no limit
Charged here in the last 24 hours: 43 credits.
Of the day, 500 credits are kept for other users of this Client-ID.
Uploads an hour: no cap of ours; Imgur refused none of them for being too many."""
    )
    bare = Budget((Limit(LimitName.DAY, 12_500, 12_000),))
    assert "Imgur has not said yet what is left" in "\n".join(credit_lines(bare, read.now, read.zone))


def test_a_price_has_the_right_plurals() -> None:
    """One of each is one."""
    assert price_text(Price(Cost(10, 1, 1), 1, 1, 1)) == "11 credits (10 writes, 1 read), 1 upload (1 byte), 1 POST"
    assert price_text(Price(Cost(1, 0, 0))) == "1 credit (1 write, 0 reads)"
    assert short_price_text(Price(Cost(10, 1, 1), 1, 1, 1)) == "11 credits, with 1 upload (1 byte)"
    assert short_price_text(Price(Cost(1, 0, 0))) == "1 credit"


def test_an_error_has_its_place_its_remedy_and_a_hint(read: Moment) -> None:
    """A manifest's problems come one after the other, then their number."""
    problems = (
        ManifestProblem(3, 5, 'unknown key "privcy"', 'did you mean "privacy"?', 'privcy = "hidden"'),
        ManifestProblem(0, 0, "the file is empty", "write one: imgur-sync init"),
    )
    assert (
        error_text(ManifestError("/x/sync.toml", problems), read)
        == """\
/x/sync.toml:3:5: unknown key "privcy"
    | privcy = "hidden"
    did you mean "privacy"?
/x/sync.toml: the file is empty
    write one: imgur-sync init
error: /x/sync.toml: 2 problems"""
    )
    missing = ManifestProblem(0, 0, "there is no such file", "name one with -f")
    told = error_text(ManifestError("/x/sync.toml", (missing,)), read)
    assert told == "error: /x/sync.toml: there is no such file\nhint: name one with -f"
    assert error_text(CredentialsError("no token", hint="set one"), read) == "error: no token\nhint: set one"
    held = LockHeldError("another run works here", holder="apply (pid 7)")
    assert error_text(held, read) == "error: another run works here\n  held by apply (pid 7)"
    spent = BudgetError("no credits are left", resume_at=read.now + 2580)
    assert error_text(spent, read) == "error: no credits are left\n  run again at 2026-03-01 14:48 +01:00 (in 43 min)"
    assert error_text(DeclinedError("nothing was done"), read) == "nothing was done"
    assert error_text(InterruptedRun(ExitCode.SIGINT), read) == "stopped; what was done is saved"


def test_hostile_text_is_inert_in_every_summary(
    hostile: str, plan: Plans, read: Moment, inert: Callable[[str], None]
) -> None:
    """Names, titles, reasons, holders, messages, paths of manifests."""
    result = AlbumResult(hostile, hostile, 1, 1, False, hostile, (hostile,))
    inert(run_text(RunFinished((ExitCode.PARTIAL,), (result,), 1, 1, 1, 1, 1, plan()), read, links=True))
    failed = FailedFile("cats", hostile, "", hostile, 1e300)
    album = AlbumStatus(hostile, hostile, hostile, 1, 0, 0, False, 1e300, (failed,))
    intent = Intent(1, IntentKind.UPLOAD, hostile, path=hostile, made_at=1e300)
    inert(status_text(Status(hostile, hostile, (album,), (intent,), 1, hostile), read))
    problem = ManifestProblem(1, 1, hostile, hostile, hostile)
    inert(error_text(ManifestError("/" + hostile, (problem,)), read))
    inert(error_text(CredentialsError(hostile, hint=hostile), read))
