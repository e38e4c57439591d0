"""The forecast as people, programs and browsers get it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import Budget, Limit, LimitName, Return
from imgur_sync.model.event import RunFinished
from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Plan
from imgur_sync.model.step import CreateAlbum, Step, Upload
from imgur_sync.planner.cut import cut
from imgur_sync.planner.forecast import Terms, forecast
from imgur_sync.planner.price import price_albums
from imgur_sync.report.html import plan_html
from imgur_sync.report.jsons import plan_json
from imgur_sync.report.summary import run_text
from imgur_sync.report.text import Moment, plan_text
from tests.report.conftest import HOSTILE, NOW
from tests.support.shape_check import check_document

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]
HOUR = 3600.0


def hourly(capacity: int, left: int | None = None, returns: tuple[Return, ...] = (), **facts: object) -> Budget:
    """Uploads of the hour and nothing else."""
    limit = Limit(
        LimitName.UPLOADS,
        capacity,
        capacity if left is None else left,
        returns[0].at if returns else None,
        HOUR,
        returns,
    )
    return replace(Budget((limit,)), **facts)


@pytest.fixture
def planned(plan: Plans) -> Callable[..., Plan]:
    """Makes a plan of albums, cut to a budget as a real one is."""

    def make(budget: Budget, *albums: AlbumPlan, patience: float = 180.0) -> Plan:
        parts = cut(albums, budget, NOW + patience)
        coming = forecast(parts, budget, Terms(NOW, patience))
        return plan(
            *parts,
            budget=budget,
            price=price_albums(parts),
            total=price_albums(parts, wanted=True),
            forecast=coming,
            resume_at=coming.resume_at,
        )

    return make


@pytest.fixture
def large(album: Albums, upload: Uploads) -> Callable[..., AlbumPlan]:
    """Makes an album of so many pictures to upload."""

    def make(count: int, key: str = "cats", **facts: object) -> AlbumPlan:
        return album(*(upload(f"{n:04}.jpg", album=key) for n in range(count)), key=key, **facts)

    return make


def test_a_plan_that_does_not_all_go_now_has_a_timetable_and_a_date(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """What goes now, what every hour, what last; the date in one sentence, before the digest."""
    text = plan_text(planned(hourly(45), large(3000)), read)
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("Timetable")) + 1
    assert [re.sub(" {2,}", " | ", line.strip()) for line in lines[start : start + 4]] == [
        "from | pictures | credits | up of 3,000",
        "now | 45 | 451 | 45",
        "2026-03-01 15:05 +01:00 | 45 every hour, 65 times | 29,445 | 2,970",
        "2026-03-04 08:05 +01:00 | 30 | 303 | 3,000",
    ]
    assert len({len(line) for line in lines[start : start + 4]}) == 1, "figures are right-aligned"
    assert max(len(line) for line in lines[start - 1 : start + 5]) <= 80
    assert lines[start + 4] == "Looking again each time takes some 66 credits in all, counted in."
    assert lines[-2] == (
        "The last picture is up 2026-03-04 08:05 +01:00 (in 2 d 18 h), "
        "if apply goes on each time that the limits let it."
    )


def test_nothing_is_added_where_all_goes_now(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """The same text as without a forecast."""
    found = planned(hourly(45), large(30))
    assert plan_text(found, read) == plan_text(replace(found, forecast=None), read)


def test_what_is_waited_for_within_the_run_is_said(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """Available is what there is now; more is granted, and the plan says why."""
    text = plan_text(planned(hourly(45, 3, (Return(NOW + 120, 42),)), large(5)), read)
    assert "2 uploads of this run are waited for: they are possible again within 3 min.\n" in text
    assert "Timetable" not in text


def test_a_cap_of_a_run_counts_runs(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """No time to go on: the next run does."""
    budget = hourly(45)
    budget = replace(budget, limits=(*budget.limits, Limit(LimitName.RUN, 50, 50)))
    text = plan_text(planned(budget, large(12)), read)
    assert "It can go on at" not in text
    assert "A run spends at most 50 credits" in text
    assert "The last picture is up after 2 more runs, at the earliest 2026-03-01 14:05 +01:00 (in 0 s).\n" in text


def test_what_never_goes_is_said_with_its_reason(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """No date where there is none; a block of the month with its end."""
    text = plan_text(planned(hourly(0), large(3)), read)
    assert "1 album is never finished, as the uploads of the hour have no room for one more step" in text
    assert "is up" not in text
    blocked = plan_text(planned(hourly(45, blocked_until=NOW + 86_400), large(3)), read)
    assert "Imgur blocks" not in blocked, "a note of the plan tells it, not the timetable as well"


def test_a_plan_without_a_budget_says_that_it_knows_none(
    plan: Plans, large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """Offline: nothing deferred, no date."""
    text = plan_text(plan(large(3), budget=None, offline=True), read)
    assert "What is left of the budget is not known offline" in text


def test_a_long_timetable_shows_its_first_rows_and_the_last(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """Uneven windows are not put together; what is left out is counted."""
    coming = planned(hourly(45), large(3000)).forecast
    assert coming is not None
    many = tuple(replace(coming.windows[2], start=NOW + HOUR * n) for n in range(9))
    found = planned(hourly(45), large(3000))
    text = plan_text(replace(found, forecast=replace(coming, windows=many)), read)
    assert len(re.findall(r"^  (?:now|20\d\d-).* +[\d,]+ +[\d,]+$", text, re.M)) == 6
    assert "  … 3 rows more (--json has all)\n" in text


def test_the_json_has_the_forecast_of_every_album(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan]
) -> None:
    """In its documented shape; times in UTC; null where there is no budget."""
    document = json.loads(plan_json(planned(hourly(45), large(60), large(50, "dogs"))))
    check_document(document, "plan")
    coming = document["forecast"]
    assert [album["finished_at"] for album in coming["albums"]] == ["2026-03-01T14:05:00Z", "2026-03-01T15:05:00Z"]
    assert (coming["finished_at"], coming["decides"]) == ("2026-03-01T15:05:00Z", "uploads")
    assert sum(window["uploads"] for window in coming["windows"]) == 110
    assert json.loads(plan_json(replace(planned(hourly(45), large(1)), forecast=None)))["forecast"] is None


def test_a_run_that_stopped_says_when_it_will_be_finished(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """When to come back, and when all is up."""
    left = planned(hourly(45, 0, (Return(NOW + HOUR, 45),)), large(60))
    run = RunFinished((ExitCode.BUDGET,), (), 45, 0, 0, 0, 450, left, resume_at=left.resume_at)
    text = run_text(run, read, links=False)
    assert (
        "Run again at 2026-03-01 15:05 +01:00 (in 1 h): imgur-sync apply (or let it wait by itself: imgur-sync apply "
        "--wait).\nThe last picture is up 2026-03-01 16:05 +01:00"
    ) in text
    refused = replace(run, resume_at=NOW + 9 * HOUR)  # Imgur said later than our own count
    assert "The last picture" not in run_text(refused, read, links=False)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its attributes and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_is_whole_and_loads_nothing(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """Every element is closed; no script, no link, no address, nothing that a browser would fetch."""
    text = plan_html(planned(hourly(45), large(3000), large(10, "dogs")), read)
    page = Page(text)
    assert not page.open
    assert not {"script", "link", "img", "iframe", "object", "base", "a", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "href", "srcset", "style") or name[:2] == "on"]
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in re.sub("http-equiv", "", text)
    assert "default-src 'none'" in text


def test_the_page_says_in_words_what_it_draws(
    planned: Callable[..., Plan], large: Callable[..., AlbumPlan], read: Moment
) -> None:
    """The drawing has a title and a description, the table beside it has every window, each table has its heads."""
    page = Page(plan_html(planned(hourly(45), large(300)), read))
    for tag in ("svg", "title", "desc", "caption", "figcaption"):
        assert tag in page.tags
    assert "Pictures up over time" in page.words
    assert "45 every hour, 5 times" in page.words
    assert "The last picture is up 2026-03-01 20:05 +01:00 (in 6 h)" in page.words
    assert ("role", "img") in page.attributes
    assert page.attributes.count(("scope", "col")) == 4 + 4 + 6
    points = dict(page.attributes)["points"]
    assert points is not None
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights == sorted(heights, reverse=True)


def test_gates_come_first_and_steps_are_folded(
    planned: Callable[..., Plan], album: Albums, upload: Uploads, read: Moment
) -> None:
    """With what to type, or what to do about a gate that no number passes."""
    gates = (Gate(GateName.PRUNE, "cats", 37, "37 of 40 would leave"), Gate(GateName.ROOT, "cats", 0, "no folder"))
    steps: tuple[Step, ...] = (CreateAlbum("cats", None), *(upload(f"{n}.jpg") for n in range(250)))
    text = plan_html(planned(hourly(999), album(*steps, gates=gates)), read)
    assert text.index("Held back by gates") < text.index("Price and budget") < text.index("<details>")
    assert "--approve prune=37" in text
    assert "bring the folder back" in text
    assert "upload 198.jpg (300.0 kB)" in text
    assert "and 51 more (--json lists all)" in text
    assert "make the album, hidden" in text


def test_a_page_of_nothing_is_short(plan: Plans, read: Moment) -> None:
    """No table, no drawing."""
    text = plan_html(plan(), read)
    assert "Nothing to do." in text
    assert "<table>" not in text


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:40])
def test_no_name_becomes_more_than_text(
    name: str, planned: Callable[..., Plan], album: Albums, upload: Uploads, read: Moment, inert: Callable[[str], None]
) -> None:
    """In titles, keys, paths and the sentences of gates."""
    gates = (Gate(GateName.PRUNE, name, 1, name),)
    text = plan_html(planned(hourly(1), album(upload(name), upload("b"), key=name, title=name, gates=gates)), read)
    plain = plan_html(planned(hourly(1), album(upload("a"), upload("b"), key="x", title="x", gates=gates[:0])), read)
    page, other = Page(text), Page(plain)
    assert not page.open
    assert set(page.tags) - set(other.tags) <= {"section", "strong", "ul", "li"}
    assert {key for key, _ in page.attributes} - {key for key, _ in other.attributes} <= {"aria-labelledby", "id"}
    inert(text)
