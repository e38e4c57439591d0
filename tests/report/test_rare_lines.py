"""Lines that only some plans, runs and states have: each from a value that asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone

from imgur_sync.errors import ExitCode, LockHeldError
from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.model.forecast import AlbumForecast, Forecast, Windows
from imgur_sync.model.history import Run
from imgur_sync.model.plan import AlbumPlan, Cost, Deferred, Plan, Price
from imgur_sync.model.step import EditAlbum, Move, Upload, UploadReason
from imgur_sync.model.synced import FailedFile, Intent, IntentKind, RetiredUrl
from imgur_sync.report.changes import change_lines
from imgur_sync.report.chart import chart
from imgur_sync.report.checkup import checkup_json, closing_text, fine, problem, warning
from imgur_sync.report.failure import error_text
from imgur_sync.report.history import Ending, ToldRun, history_text
from imgur_sync.report.html import plan_html
from imgur_sync.report.links import LinkFormat, retired_text
from imgur_sync.report.prices import budget_lines, never_fits, remarks, used_up
from imgur_sync.report.shape_lines import shape_lines
from imgur_sync.report.shapes import SHAPES
from imgur_sync.report.status import AlbumStatus, Status, status_text
from imgur_sync.report.summary import run_text
from imgur_sync.report.text import Moment, plan_text
from imgur_sync.report.timetable import album_rows, rows, timetable

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]
PRICE = Price(Cost(11, 1, 1), 0, 1, 5)


def test_texts_that_go_with_uploads_are_told(album: Albums, upload: Uploads) -> None:
    """A title makes the name of a file public: three are named, and how many there are."""
    named = [replace(upload(f"{name}.jpg"), title=name.upper()) for name in "abcd"]
    one = replace(upload("a.jpg"), description="in the snow")
    assert change_lines(album(one))[1:] == [
        "* 1 upload brings its own texts",
        '    a.jpg: description "in the snow"',
    ]
    assert change_lines(album(*named))[1:] == [
        "* 4 uploads bring their own texts",
        '    a.jpg: title "A"',
        '    b.jpg: title "B"',
        '    c.jpg: title "C"',
    ]


def test_a_narrowing_is_no_publication_and_many_arrows_are_cut(album: Albums) -> None:
    """Of a picture whose old name nobody knows the new one is told."""
    moves = tuple(
        Move(source, f"{n}.jpg", "0" * 64) for n, source in enumerate(("", "x.jpg", "y.jpg", "z.jpg", "q.jpg"))
    )
    assert change_lines(album(EditAlbum("cats", moves=moves), moves=moves)) == [
        "> 5 renamed: (name not known) → 0.jpg, x.jpg → 1.jpg, y.jpg → 2.jpg and 2 more"
    ]


def test_what_waits_and_what_a_step_without_a_gate_waits_for(album: Albums, upload: Uploads) -> None:
    """The budget's share is counted; what is left is told below the album."""
    steps = tuple(upload(f"{name}.jpg") for name in "abc")
    waiting = album(wanted=steps, steps=steps[:1], deferred=(Deferred(steps[1], LimitName.UPLOADS),))
    assert change_lines(waiting) == ["+ 3 new: a.jpg, b.jpg, c.jpg (1 waits for the budget; 1 not now, see below)"]
    restored = upload("a.jpg", UploadReason.RESTORES)
    assert change_lines(album(restored)) == ["+ 1 restored: a.jpg (gone from Imgur; gets a new link)"]


def test_a_checkup_tells_the_worst_first_and_is_a_document(read: Moment) -> None:
    """The exit code of the problem that rules, the warnings beside it."""
    findings = (
        fine("manifest", "sync.toml is in order"),
        warning("clock", "it is 3 s late", "set it"),
        problem("state", "it is damaged", "recover it", ExitCode.UNREADABLE),
        problem("network", "Imgur cannot be reached", "try again", ExitCode.TRY_LATER),
    )
    told = json.loads(checkup_json(findings))
    assert (told["ok"], told["exit_code"], told["exit_codes"]) == (False, 65, [65, 75])
    assert told["checks"][1] == {
        "check": "clock",
        "verdict": "warning",
        "what": "it is 3 s late",
        "remedy": "set it",
        "code": 0,
    }
    assert closing_text(findings) == "4 checks: 2 problems, 1 warning.\n"
    assert json.loads(checkup_json(findings[:2]))["exit_codes"] == [0]
    assert closing_text(findings[:1]) == "All is well: 1 check.\n"


def test_limits_that_are_used_up_or_never_fit_are_named() -> None:
    """By the words of the table, or as Imgur said it."""
    assert used_up("429", "") == "Imgur allows no more for now: 429"
    assert used_up("0 of 45", "uploads") == "the uploads of the hour are used up: 0 of 45"
    assert used_up("as it is", "no such limit") == "as it is"
    words = "have no room for one more request, even when none are used: 5 of 9"
    assert never_fits("5 of 9", "posts") == f"the POSTs of the hour {words}"
    assert never_fits("5 of 9", "other") == f"the other {words}"


def test_a_budget_of_which_nothing_is_known_and_one_that_is_old(budget: Budget) -> None:
    """Without a figure there is no table; an old figure says how old, and what to do."""
    nothing = replace(budget, limits=(Limit(LimitName.RUN, None, None),), reserved=1, reading_age=None)
    assert budget_lines(nothing, PRICE) == ["No limit is known."]
    assert remarks(nothing) == [
        "Of the day, 1 credit is kept for other users of this Client-ID.",
        "Imgur has not said yet what is left; these are its documented limits less our own use.",
    ]
    assert remarks(replace(budget, reserved=0, reading_age=7200.0), ": ask it") == [
        "Imgur last said what is left 2 h ago: ask it."
    ]


def test_a_run_tells_deletions_and_what_looking_cost(plan: Plans, read: Moment) -> None:
    """Albums and pictures apart; many problems are counted; new links are pointed at."""
    retired = (RetiredUrl("cats", "a.jpg", "a", "b", "https://i.imgur.com/a.jpg", "https://i.imgur.com/b.jpg", 1.0),)
    problems = tuple(f"{n}.jpg: empty file" for n in range(30))
    cats = AlbumResult("cats", "Cats", 0, 0, False, "", problems)
    run = RunFinished((ExitCode.PARTIAL,), (cats,), 0, 0, 0, 2, 9, plan(), deleted_albums=1, looking=3, retired=retired)
    text = run_text(run, read, links=False)
    assert "2 deleted, 1 album deleted; 9 credits spent: 3 on looking for the plan, 6 on carrying it out.\n" in text
    assert "1 replaced picture with a new link: imgur-sync links --retired\n" in text
    assert "  ! and 20 more (--json lists all)\n" in text
    looked = run_text(replace(run, deleted=0, deleted_albums=0, credits=3), read, links=False)
    assert "Nothing was changed; 3 credits spent, on looking.\n" in looked


def test_a_status_counts_what_it_does_not_list(read: Moment) -> None:
    """Pictures that are gone or can never be deleted, requests in doubt beyond the first."""
    cats = AlbumStatus("cats", "", "", 3, detached=1, gone=2, missing=True, last_change=0.0, keyless=4)
    intents = tuple(Intent(n, IntentKind.EDIT_ALBUM, "cats", made_at=read.now) for n in range(30))
    status = Status("state.db", "k3v9x2mq", (cats,), intents, 2)
    lines = status_text(status, read).splitlines()
    assert lines[0] == (
        "cats: 3 pictures, 1 taken out of it, 4 that can never be deleted, 2 gone from Imgur  gone from Imgur"
    )
    assert f"  ? edit of the album cats, recorded {read.text(read.now)}" in lines
    assert lines[-2:] == [
        "  ? and 20 more (--json lists all)",
        "Second copies are still looked for, after 2 lost answers.",
    ]
    assert status_text(replace(status, albums=(), open_intents=(), suspects=0), read) == "No album was made yet.\n"


def test_pictures_of_others_in_albums_as_wanted_are_told(album: Albums, plan: Plans, read: Moment) -> None:
    """Album by album, the first few; a plan that waits says that it is not over."""
    others = tuple((f"a{n}", 2) for n in range(30))
    text = plan_text(plan(unchanged_foreign=others), read)
    assert "  Pictures that imgur-sync did not put there stay: 2 in a0, 2 in a1," in text
    assert " and 20 more\n" in text
    assert "and" not in plan_text(plan(unchanged_foreign=others[:1]), read).partition("stay: ")[2].splitlines()[0]


def test_old_and_new_addresses_come_in_every_form() -> None:
    """JSON, CSV and lines."""
    urls = (RetiredUrl("cats", "a,b.jpg", "a", "b", "https://i.imgur.com/a.jpg", "https://i.imgur.com/b.jpg", 1.0),)
    (row,) = json.loads(retired_text(urls, LinkFormat.JSON))["retired"]
    assert row == {
        "album": "cats",
        "path": "a,b.jpg",
        "old": "https://i.imgur.com/a.jpg",
        "new": "https://i.imgur.com/b.jpg",
    }
    assert retired_text(urls, LinkFormat.CSV) == (
        'album,path,old,new\ncats,"a,b.jpg",https://i.imgur.com/a.jpg,https://i.imgur.com/b.jpg\n'
    )
    assert retired_text(urls, LinkFormat.PLAIN) == "https://i.imgur.com/a.jpg https://i.imgur.com/b.jpg\n"


def test_every_shape_is_told_field_by_field() -> None:
    """Each field of each document has its line, in the order of the table."""
    for kind, table in SHAPES.items():
        lines = list(shape_lines(kind))
        heads = [line.strip().partition(":")[0].removesuffix("[]") for line in lines if line[:3].strip()]
        assert heads == ["…" if name == "*" else name for name in table]
    assert "  plan: as the fields of a plan" not in shape_lines("plan")


def test_a_holder_is_named_once(read: Moment) -> None:
    """Where the message has not named it."""
    error = LockHeldError("another run is under way", holder="pid 12")
    assert error_text(error, read).splitlines()[:2] == ["error: another run is under way", "  held by pid 12"]
    assert "held by" not in error_text(LockHeldError("pid 12 is at it", holder="pid 12"), read)


def coming(read: Moment, *windows: Windows, **facts: object) -> Forecast:
    """A forecast of these windows, in which nothing goes now."""
    later = Price(Cost(110, 10, 10), 0, 10, 50)
    whole = Forecast(later, Price(), later, 0, (LimitName.UPLOADS,), None, windows, (), None, None)
    return replace(whole, **facts)


def test_an_album_that_never_ends_says_why_or_only_that(read: Moment) -> None:
    """And one that ends says when."""
    albums = (
        AlbumForecast("cats", 3, 0, read.now + 60),
        AlbumForecast("dogs", 3, 0, None, LimitName.POSTS),
        AlbumForecast("owls", 3, 0, None),
    )
    told = dict(album_rows(coming(read, albums=albums), read))
    assert told == {
        "cats": read.text(read.now + 60),
        "dogs": "never: the POSTs of the hour have no room for one more step, even when none are used",
        "owls": "never",
    }


def test_windows_of_any_length_have_words(read: Moment) -> None:
    """An hour by its name, others by their length, those that come at once by their number; an uneven share is told."""
    now = read.now
    made = [
        Windows(now, now, now + 3600.0, 3600.0, 2, 10, 110, 10),
        Windows(now, now, now + 5000.0, 5000.0, 3, 10, 110, 10),
        Windows(now, now, now, 0.0, 2, 10, 110, 10),
    ]
    assert [row[1] for row in rows(coming(read, *made), read)] == [
        "5 every hour, 2 times",
        "about 3 every 1 h 23 min, 3 times",
        "5, 2 times",
    ]


def test_without_windows_there_is_neither_a_table_nor_a_drawing(album: Albums, plan: Plans, read: Moment) -> None:
    """What never goes has no date: the page says so in words."""
    never = (AlbumForecast("cats", 3, 0, None, LimitName.POSTS),)
    nothing = coming(read, albums=never)
    told = list(timetable(nothing, read))
    assert told == [
        "1 album is never finished, as the POSTs of the hour have no room for one more step, even when none are used: "
        "cats."
    ]
    assert chart(nothing, read.now, read) == ""
    page = plan_html(plan(album(), forecast=nothing), read)
    assert "When it goes" in page
    assert "<svg" not in page
    assert told[0] in page


def test_the_zone_of_the_reader_is_the_readers(read: Moment) -> None:
    """The same moment two zones further east."""
    assert "16:05 +03:00" in replace(read, zone=timezone(timedelta(hours=3))).text(read.now)


def test_a_failed_file_and_a_run_under_way_are_told(read: Moment) -> None:
    """In the status with what to do about it; in the history the run has no end yet."""
    failed = tuple(FailedFile("cats", f"{n}.jpg", "0" * 64, "too big", read.now) for n in range(12))
    cats = AlbumStatus("cats", "", "", 3, detached=0, gone=0, missing=False, last_change=0.0, failed=failed)
    lines = status_text(Status("state.db", "k3v9x2mq", (cats,)), read).splitlines()
    assert lines[10:13] == [
        f"  ! 9.jpg failed: too big ({read.text(read.now)})",
        "  ! and 2 more (--json lists all)",
        "    not tried again until they change, or with: imgur-sync apply --retry-failed",
    ]
    run = Run(7, "apply", read.now)
    assert history_text((ToldRun(run, Ending.RUNNING),), read).splitlines()[0].endswith("  apply: under way")
