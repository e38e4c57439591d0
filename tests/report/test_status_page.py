"""The status page of a daemon and its metrics: what they say, and that nothing foreign gets out of its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, WaitKind
from imgur_sync.model.budget import Budget, Cost, Limit, LimitName, Return
from imgur_sync.model.forecast import Forecast, Windows
from imgur_sync.model.plan import Price
from imgur_sync.report.metrics import metrics_text
from imgur_sync.report.page import page_html
from imgur_sync.report.page_albums import MOST_ALBUMS, MOST_TILES, state_of
from imgur_sync.report.page_style import ICON, PAGE_STYLE
from imgur_sync.report.text import Moment
from imgur_sync.report.watched import AlbumFace, Counted, LogLine, Tile, Watched, left_at
from tests.report.conftest import HOSTILE, NOW

RESTING = Activity(4711, "desk", "watch", NOW - 3600, NOW, "sleeping until something happens", until=NOW + 600)
CATS = AlbumFace("cats", "My cats", "hidden", 12, made=True, looked=True)
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in its turn, every id is there once."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        assert len(ids) == len(set(ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG without content."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text += data


def page(watched: Watched, read: Moment, *, silent: float = 0.0, still: bool = False) -> Page:
    """The page, read strictly."""
    return Page(page_html(watched, read, silent=silent, still=still))


def watched(*faces: AlbumFace, activity: Activity = RESTING, **facts: object) -> Watched:
    """What a daemon at rest shows."""
    return replace(Watched("/pictures/sync.toml", activity, faces or (CATS,)), **facts)  # type: ignore[arg-type]


def test_what_it_does_now_and_until_when(read: Moment) -> None:
    """In the first line; and when it ran last, with what result."""
    activity = replace(RESTING, last=LastRun(NOW - 60, (7, 6), 3, 41), next_look=NOW + 1800)
    text = page(watched(activity=activity), read).text
    assert "Now: sleeping until something happens, until 2026-03-01 14:15 +01:00 (in 10 min)" in text
    assert "ended 2026-03-01 14:04 +01:00 (60 s ago): partial (7) and stopped at the budget (6); 3 uploads" in text
    assert "2026-03-01 14:35 +01:00 (in 30 min)" in text
    assert "process 4711 on desk" in text
    busy = replace(RESTING, doing="uploading a.png", album="cats", until=None, done=3, total=12)
    text = page(watched(activity=busy), read).text
    assert "Now: uploading a.png in cats" in text
    assert "3 of 12 steps of this pass done" in text


def test_it_renews_itself_unless_somebody_reads_it(read: Moment) -> None:
    """No script: a header of the page, and a page without it."""
    renewing, still = page_html(watched(), read, silent=0), page_html(watched(), read, silent=0, still=True)
    assert '<meta http-equiv="refresh" content="10">' in renewing
    assert "refresh" not in still
    assert '<a href="/still">' in renewing
    assert '<a href="/">' in still


def test_what_waits_is_told_with_what_to_type(read: Moment) -> None:
    """What somebody has to decide comes first, and is counted in the title."""
    waits = (
        Wait(WaitKind.BUDGET, "cats", "3 steps for the credits of the hour", NOW + 1800),
        Wait(WaitKind.FILE, "cats", "a.png: incomplete file", remedy="put the whole file there"),
        Wait(WaitKind.GATE, "cats", "the gate removals holds", remedy="imgur-sync apply cats --approve removals=5"),
        Wait(WaitKind.MANIFEST, "", "the manifest cannot be used", remedy="imgur-sync validate"),
    )
    text = page_html(watched(activity=replace(RESTING, waits=waits)), read, silent=0)
    assert "<title>(2) imgur-sync watch</title>" in text
    assert text.index("the gate removals holds") < text.index("3 steps for the credits")
    assert "<code>imgur-sync apply cats --approve removals=5</code>" in text
    assert "<p>What helps: put the whole file there</p>" in text
    assert "Until 2026-03-01 14:35 +01:00 (in 30 min)" in text


def _waiting(*kinds: WaitKind, album: str = "cats") -> Activity:
    return replace(RESTING, waits=tuple(Wait(kind, album, "x", NOW + 60) for kind in kinds))


@pytest.mark.parametrize(
    ("face", "activity", "kind", "words"),
    [
        (CATS, RESTING, "good", "as its folder is"),
        (replace(CATS, looked=False), RESTING, "wait", "not looked at yet"),
        (replace(CATS, made=False), RESTING, "wait", "nothing in its folder yet"),
        (replace(CATS, gone=True), RESTING, "held", "gone from Imgur"),
        (CATS, replace(RESTING, doing="uploading a.png", album="cats"), "busy", "now: uploading a.png"),
        (CATS, replace(RESTING, doing="", album="cats"), "good", "as its folder is"),
        (CATS, replace(RESTING, doing="uploading a.png", album="dogs"), "good", "as its folder is"),
        (CATS, replace(RESTING, queue=(Queued("cats", 3),)), "wait", "waits for its turn"),
        (CATS, _waiting(WaitKind.GATE), "held", "1 thing held back until somebody decides"),
        (CATS, _waiting(WaitKind.PAUSED), "held", "left alone, as somebody else keeps changing it back"),
        (CATS, _waiting(WaitKind.TROUBLE), "wait", "waits for Imgur"),
        (CATS, _waiting(WaitKind.FOLDER), "wait", "no events come from its folder: it is looked at from time to time"),
        (CATS, _waiting(WaitKind.FILE, WaitKind.FILE), "wait", "2 files that cannot be sent now"),
        (CATS, _waiting(WaitKind.GATE, album="dogs"), "good", "as its folder is"),
        (CATS, _waiting(WaitKind.REMOVAL, WaitKind.GATE), "held",
         "1 thing held back until somebody decides; 1 file to be looked for once more"),
    ],
)  # fmt: skip
def test_how_an_album_stands_in_words(face: AlbumFace, activity: Activity, kind: str, words: str, read: Moment) -> None:
    """The strongest rules; all of it is told."""
    assert state_of(face, activity, read) == (kind, words)
    assert words in page(watched(face, activity=activity), read).text


def test_albums_show_their_newest_pictures(read: Moment) -> None:
    """By addresses of the page itself, with the file's name for those who cannot see; others by name."""
    tiles = (Tile("sub/a.png", "image/png", "/p/abc"), Tile("clip.mp4", "video/mp4"))
    shown = page(watched(replace(CATS, tiles=tiles, failed=2)), read)
    images = [attributes for tag, attributes in shown.tags if tag == "img"]
    assert [(one["src"], one["alt"]) for one in images] == [("/p/abc", "sub/a.png")]
    assert "video: clip.mp4" in shown.text
    assert "12 pictures in it, 2 files that Imgur refused" in shown.text
    assert "My cats cats, hidden" in shown.text


def test_a_thousand_albums_are_still_a_page(read: Moment) -> None:
    """The first ones whole, the rest counted."""
    tiles = tuple(Tile(f"{number}.png", "image/png", f"/p/{number}") for number in range(12))
    faces = [replace(CATS, key=f"a{number}", title="", tiles=tiles) for number in range(1000)]
    shown = page(watched(*faces), read)
    assert sum(tag == "img" for tag, _ in shown.tags) == MOST_TILES
    assert f"And {1000 - MOST_ALBUMS} more albums: imgur-sync status lists all." in shown.text


def test_the_budget_by_limit_as_it_is_by_now(read: Moment, budget: Budget) -> None:
    """What came back since it was read is there; figures beside every bar."""
    hour = Limit(LimitName.HOUR, 500, 10, NOW - 30, 3600.0, (Return(NOW - 30, 40), Return(NOW + 60, 5)))
    known = replace(budget, limits=(hour, Limit(LimitName.RUN, 100, 50), Limit(LimitName.UPLOADS, None, None)))
    assert left_at(known, NOW) == (("hour", 50, 500),)
    shown = page(watched(budget=known, budget_at=NOW - 60), read)
    assert re.search(r"credits of the hour\s*50\s*500", shown.text)
    assert ("rect", {"class": "fill", "width": "10.0", "height": "8"}) in shown.tags
    assert "500 credits are kept for other users" in shown.text
    assert "Read 2026-03-01 14:04 +01:00 (60 s ago)" in shown.text
    assert "not known yet" in page(watched(), read).text


def _coming() -> Forecast:
    first = Windows(NOW, NOW, NOW, 0.0, 1, 4, 45, 4)
    rest = Windows(NOW + 3600, NOW + 3600, NOW + 10_800, 3600.0, 3, 12, 130, 16)
    now, later = Price(Cost(41, 4, 4), 4, 4), Price(Cost(120, 12, 12), 10, 12)
    limits = (LimitName.HOUR,)
    return Forecast(later, now, later, 3, limits, LimitName.HOUR, (first, rest), (), NOW + 3600, NOW + 10_800)


def test_the_forecast_is_drawn_and_told_while_something_waits_for_the_budget(read: Moment) -> None:
    """A drawing with a title and words, a table, and the end; nothing once nothing waits."""
    facts = {"forecast": _coming(), "forecast_at": NOW}
    shown = page(watched(activity=_waiting(WaitKind.BUDGET), **facts), read)
    assert any(tag == "svg" and found.get("role") == "img" for tag, found in shown.tags)
    assert "The last picture is up 2026-03-01 17:05 +01:00 (in 3 h), as far as the limits decide." in shown.text
    assert "4 every hour, 3 times" in shown.text
    assert "When the rest goes" not in page(watched(**facts), read).text


def test_the_last_events_newest_first(read: Moment) -> None:
    """With the second of each; a warning says that it is one."""
    lines = (LogLine(NOW - 2, "info", "cats: a.png is up"), LogLine(NOW, "warning", "the folder is gone"))
    text = page(watched(lines=lines), read).text
    assert text.index("2026-03-01 14:05:00Warning: the folder is gone") < text.index("14:04:58cats: a.png is up")


def test_a_loop_that_hangs_is_said_first(read: Moment) -> None:
    """In the title, and as an alert."""
    shown = page(watched(), read, silent=400.0)
    assert ("p", {"class": "alarm", "role": "alert"}) in shown.tags
    assert "No sign of life: imgur-sync watch" in shown.text


def test_nothing_is_loaded_from_elsewhere(read: Moment) -> None:
    """Addresses are paths of the page; no scripts, no styles inside, no handlers; the style sheet loads nothing."""
    tiles = (Tile("a.png", "image/png", "/p/abc"),)
    facts = {"forecast": _coming(), "forecast_at": NOW}
    shown = page(watched(replace(CATS, tiles=tiles), activity=_waiting(*WaitKind), **facts), read)
    for tag, attributes in shown.tags:
        assert tag not in ("script", "style", "iframe", "object", "form", "input", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href"):
            assert attributes.get(name, "/x").startswith("/")
            assert not attributes.get(name, "/x").startswith("//")
    assert not re.search(r"url\(|@import|expression|http", PAGE_STYLE)
    assert "http" not in ICON.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("kind", list(WaitKind))
def test_a_page_reads_the_same_without_colours(kind: WaitKind, read: Moment) -> None:
    """Each state has words and a mark of its own beside its colour."""
    shown = page(watched(activity=_waiting(kind)), read)
    states = [found["class"] for tag, found in shown.tags if tag == "p" and found.get("class", "").startswith("state")]
    assert len(states) == 1
    assert any(mark in shown.text for mark in "✓▶…!")


def test_hostile_names_stay_text(read: Moment, inert: Callable[[str], None]) -> None:
    """Wherever one could stand: keys, titles, files, sentences, hosts, paths. All of them on one page."""
    for name in HOSTILE:
        wait = Wait(WaitKind.GATE, name, name, NOW, name)
        activity = Activity(1, name, "watch", NOW, NOW, name, name, queue=(Queued(name, 1),), waits=(wait,))
        face = AlbumFace(name, name, "hidden", tiles=(Tile(name, "image/png", "/p/1"), Tile(name, name)))
        lines = (LogLine(NOW, "warning", name),)
        text = page_html(
            watched(face, activity=activity, lines=lines, unwatched=(name,), manifest=name), read, silent=0
        )
        inert(text)
        shown = Page(text)
        assert {tag for tag, _ in shown.tags} <= {
            "html", "head", "meta", "title", "link", "body", "main", "header", "h1", "h2", "h3", "p", "dl", "dt", "dd",
            "a", "ul", "ol", "li", "strong", "code", "section", "span", "img", "div", "table", "caption", "thead",
            "tbody", "tr", "th", "td", "time",
        }  # fmt: skip
        assert all(found.get("src", "/p/1") == "/p/1" for _, found in shown.tags)


SAMPLE = re.compile(r'imgur_sync_[a-z_]+(\{[a-z]+="[a-z0-9_]+"\})? -?[0-9]+(\.[0-9]+)?')


def test_metrics_are_in_the_text_format(read: Moment, budget: Budget) -> None:
    """HELP and TYPE before the samples of each name, each name once, no sample twice."""
    activity = replace(
        _waiting(WaitKind.BUDGET, WaitKind.FILE, WaitKind.FILE),
        queue=(Queued("cats", 3, 1, 34), Queued("dogs", 2, 0, 20)),
        last=LastRun(NOW - 60, (7, 6), 3, 41),
    )
    counted = Counted(5, 1000, 2, 1, (("pass_began", 3), ("upload_done", 5)))
    facts = {"budget": budget, "budget_at": NOW, "counted": counted, "roots": 4, "unwatched": ("x",)}
    text = metrics_text(watched(CATS, activity=activity, **facts), NOW, 1.5)
    seen: list[str] = []
    for line in text.splitlines():
        if line.startswith("# HELP "):
            seen.append(line.split()[2])
        elif line.startswith("# TYPE "):
            assert line.split()[2] == seen[-1]
            assert line.split()[3] in ("counter", "gauge")
        else:
            assert SAMPLE.fullmatch(line), line
            assert re.split(r"[ {]", line)[0] == seen[-1]
    assert text.endswith("\n")
    assert len(seen) == len(set(seen))
    assert len(text.splitlines()) == len(set(text.splitlines()))
    for sample in (
        "imgur_sync_uploads_total 5", "imgur_sync_queued_uploads 5", "imgur_sync_queued_credits 54",
        'imgur_sync_waits{kind="file"} 2', 'imgur_sync_waits{kind="gate"} 0',
        'imgur_sync_limit_left{limit="day"} 11957',
        'imgur_sync_last_pass_exit_code{code="7"} 1', 'imgur_sync_last_pass_exit_code{code="6"} 1',
        'imgur_sync_events_total{event="upload_done"} 5', "imgur_sync_roots_unwatched 1",
        'imgur_sync_passes_total{result="failed"} 1', "imgur_sync_silent_seconds 1.500", "imgur_sync_pictures 12",
    ):  # fmt: skip
        assert sample in text.splitlines(), sample


def test_metrics_name_no_album(read: Moment) -> None:
    """They go to places that others see: totals only."""
    wait = Wait(WaitKind.GATE, "weddings", "weddings: held")
    activity = replace(RESTING, album="weddings", doing="weddings", queue=(Queued("weddings", 1),), waits=(wait,))
    face = AlbumFace("weddings", "weddings", "hidden", 3, tiles=(Tile("weddings.png", "image/png", "/p/1"),))
    text = metrics_text(watched(face, activity=activity, manifest="/weddings", unwatched=("weddings",)), NOW, 0)
    assert "weddings" not in text
    assert "desk" not in text
