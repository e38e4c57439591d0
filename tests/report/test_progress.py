"""Progress: what is told, and how often."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from rich.cells import cell_len

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import Cost, LimitName
from imgur_sync.model.event import (
    BudgetReached,
    Countdown,
    Event,
    Hashing,
    InDoubt,
    Listing,
    Planned,
    RunFinished,
    Scanning,
    StepDone,
    StepFailed,
    TwinRemoved,
    UploadDone,
    UploadFailed,
    UploadFound,
    UploadStarted,
    Waiting,
    Warned,
)
from imgur_sync.model.outcome import Problem, ProblemKind
from imgur_sync.model.plan import Plan, Price
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.report.loglines import important, line
from imgur_sync.report.progress import Detail, LiveBar, PlainLines, display
from imgur_sync.report.tally import Tally
from imgur_sync.report.text import Moment

BUSY = Problem(ProblemKind.SERVER, "over capacity", 503)
Plans = Callable[..., Plan]


@dataclass
class Hands:
    """A clock that is set by hand."""

    at: float = 1000.0

    def now(self) -> float:
        return 1_772_370_300.0 + self.at

    def monotonic(self) -> float:
        return self.at


def every_event(plan: Plan, text: str = "cats") -> list[Event]:
    """One event of each kind, with that text wherever a text goes."""
    return [
        Scanning(text, 1, 2),
        Hashing(text, text, 1000),
        Listing(text),
        Listing(""),
        Planned(plan, 1),
        UploadStarted(text, text, 5),
        UploadDone(text, text, 5, "https://i.imgur.com/SECRETid.jpg"),
        UploadFound(text, text, "https://i.imgur.com/SECRETid.jpg"),
        UploadFailed(text, text, replace(BUSY, detail=text), True),
        InDoubt(text, text, replace(BUSY, detail=text), 1e300),
        StepDone(text, EditAlbum(text), "https://imgur.com/a/SECRETid"),
        StepFailed(text, CreateAlbum(text, text), BUSY),
        TwinRemoved(text, text),
        Waiting(text, 1_772_370_400.0),
        Countdown(text, 5000.0),
        BudgetReached(LimitName.UPLOADS, 1_772_370_400.0),
        Warned(text),
        RunFinished((ExitCode.DONE,), (), 1, 5, 0, 0, 10, plan),
    ]


def test_every_event_is_one_harmless_line_without_links(
    hostile: str, plan: Plans, read: Moment, inert: Callable[[str], None]
) -> None:
    """Logs are shown to others: no address of a hidden picture, no control character, no CI command."""
    for event in every_event(plan(), hostile):
        text = line(event, read)
        inert(text)
        assert "\n" not in text
        assert "SECRETid" not in text


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (CreateAlbum("c", "C"), "making the album"),
        (Upload("c", "a.jpg", "", 1, "image/jpeg", 1, 1, False), "uploading a.jpg"),
        (EditAlbum("c"), "editing the album"),
        (EditAlbum("c", privacy="hidden", narrows=True), "narrowing the album's privacy"),
        (EditImage("c", "a.jpg", "", "A", None), "changing the texts of a.jpg"),
        (DeleteImage("c", "a.jpg", ""), "deleting the picture of a.jpg"),
        (DeleteAlbum("c"), "deleting the album"),
    ],
)
def test_each_step_has_its_words(step: Step, words: str, read: Moment) -> None:
    """Done and refused alike; the problem says what Imgur said."""
    assert line(StepDone("c", step), read) == f"c: {words}: done"
    assert line(StepFailed("c", step, BUSY), read) == f"c: {words} failed: server: over capacity (HTTP 503)"


def test_a_file_that_a_limit_holds_back_did_not_fail(read: Moment) -> None:
    """Nothing is wrong with it: it goes later, and the figures count no failure."""
    slow = Problem(ProblemKind.RATE, "You are uploading too fast. Please wait 60 more minutes.", 429)
    tally = Tally()
    for problem in (slow, Problem(ProblemKind.BUDGET, "0 uploads left, 1 needed")):
        held = UploadFailed("cats", "a.jpg", problem, False)
        tally.take(held, 0.0, read)
        assert line(held, read) == f"cats: a.jpg goes later: {problem.detail}"
    assert "failed" not in tally.line(1.0)
    tally.take(UploadFailed("cats", "b.jpg", BUSY, False), 2.0, read)
    assert "1 failed" in tally.line(3.0)


def test_a_wait_shows_from_its_first_moment_how_long_it_takes(read: Moment) -> None:
    """In front, where no narrow terminal cuts it off."""
    tally = Tally()
    tally.take(Waiting("the hour's uploads to come back", read.now + 3540), 0.0, read)
    assert tally.doing == "59 min left: the hour's uploads to come back"


def test_plain_progress_is_a_line_now_and_then(plan: Plans) -> None:
    """640 uploads in ten seconds make two lines, each with count, bytes, credits and the time that is left."""
    hands, lines = Hands(), list[str]()
    screen = PlainLines(lines.append, hands)
    screen.show(Planned(plan(price=Price(Cost(6400, 640, 640), 2, 640, 3_200_000)), 1))
    for number in range(640):
        screen.show(UploadStarted("cats", f"{number}.jpg", 5000))
        hands.at += 1 / 64
        screen.show(UploadDone("cats", f"{number}.jpg", 5000, ""))
    screen.close()
    assert lines == [
        "sending cats: 320 of 640 pictures, 1.6 of 3.2 MB, 3,200 credits, 5 s left",
        "sending cats: 640 of 640 pictures, 3.2 of 3.2 MB, 6,400 credits",
    ]


def test_what_goes_wrong_is_told_at_once_even_when_quiet(plan: Plans) -> None:
    """Quiet leaves out progress, never a failure, a doubt, a wait or a warning."""
    for detail in (Detail.QUIET, Detail.NORMAL):
        lines: list[str] = []
        screen = PlainLines(lines.append, Hands(), detail)
        events = every_event(plan())
        for event in events:
            screen.show(event)
        assert len(lines) == sum(important(event) for event in events) == 7
        assert lines[0] == "cats: cats failed: server: cats (HTTP 503); not tried again until it changes"


def test_verbose_tells_every_event(plan: Plans) -> None:
    """One line each; a wait that goes on is none before an hour is over."""
    lines: list[str] = []
    screen = PlainLines(lines.append, Hands(), Detail.VERBOSE)
    events = every_event(plan())
    for event in events:
        screen.show(event)
    assert len(lines) == len([event for event in events if not isinstance(event, Countdown)])


def test_verbose_names_a_file_that_is_read_once() -> None:
    """However many pieces it is read in; the same name in another album is another file."""
    lines: list[str] = []
    screen = PlainLines(lines.append, Hands(), Detail.VERBOSE)
    for album in ("cats", "cats", "dogs"):
        screen.show(Hashing(album, "a.jpg", 65_536))
    assert lines == ["cats: reading a.jpg", "dogs: reading a.jpg"]


def test_an_album_is_made_before_it_is_finished(read: Moment) -> None:
    """Nothing is called finishing that has only begun."""
    tally = Tally()
    tally.take(StepDone("cats", CreateAlbum("cats", "Cats")), 0.0, read)
    assert tally.doing == "made the album cats"
    tally.take(StepDone("cats", EditAlbum("cats")), 0.0, read)
    assert tally.doing == "finishing cats"


def test_the_last_second_is_not_counted_down(plan: Plans, read: Moment) -> None:
    """ "0 s left" says nothing."""
    tally = Tally()
    tally.take(Planned(plan(price=Price(uploads=10, upload_bytes=1000)), 1), 0.0, read)
    tally.take(UploadStarted("a", "x", 900), 0.0, read)
    tally.take(UploadDone("a", "x", 900, ""), 8.9, read)
    assert "left" not in tally.counts(8.9)
    assert tally.counts(90.0).endswith("10 s left")


def test_a_few_bytes_make_no_forecast(plan: Plans, read: Moment) -> None:
    """Three thumbnails say nothing about how long the films behind them take."""
    tally = Tally()
    tally.take(Planned(plan(price=Price(uploads=10, upload_bytes=1_000_000)), 1), 0.0, read)
    tally.take(UploadStarted("a", "x", 5), 0.0, read)
    tally.take(UploadDone("a", "x", 5, ""), 10.0, read)
    assert "left" not in tally.counts(10.0)
    tally.take(UploadDone("a", "y", 9_995, ""), 20.0, read)
    assert tally.counts(20.0).endswith("33 min left")


def test_hashing_is_counted_by_file_and_byte(read: Moment) -> None:
    """Several events of one file are one file."""
    tally = Tally()
    for event in (Hashing("a", "x", 10), Hashing("a", "x", 10), Hashing("a", "y", 5), Hashing("b", "y", 5)):
        tally.take(event, 0.0, read)
    assert tally.line(0.0) == "reading b: 3 files, 30 bytes"


def test_a_long_first_reading_is_told_now_and_then(read: Moment) -> None:
    """Which album of how many, files and bytes; also within one long file."""
    hands, lines = Hands(), list[str]()
    screen = PlainLines(lines.append, hands)
    screen.show(Scanning("cats", 1, 2))
    screen.show(Scanning("dogs", 2, 2))
    for _ in range(8):
        hands.at += 1.0
        screen.show(Hashing("cats", "long.mp4", 1_000_000))
    for number in range(4):
        hands.at += 1.0
        screen.show(Hashing("dogs", f"{number}.jpg", 500_000))
    assert lines == ["reading cats (1 of 2): 1 file, 5.0 MB", "reading dogs (2 of 2): 3 files, 9.0 MB"]


def test_a_later_plan_does_not_forget_what_is_up(plan: Plans, read: Moment) -> None:
    """What a following round still wants is added to what this run has sent."""
    tally = Tally()
    tally.take(Planned(plan(price=Price(uploads=2, upload_bytes=20)), 1), 0.0, read)
    tally.take(UploadDone("a", "x", 10, ""), 1.0, read)
    tally.take(Planned(plan(price=Price(uploads=1, upload_bytes=10)), 2), 2.0, read)
    assert tally.counts(2.0) == "1 of 2 pictures, 10 of 20 bytes, 10 credits"


def test_the_bar_shows_figures_draws_seldom_and_leaves_the_terminal_clean(plan: Plans) -> None:
    """Within a tenth of a second it is drawn once; important lines stand above it; the cursor is back at the end."""
    hands, stream = Hands(), io.StringIO()
    bar = LiveBar(stream, hands, color=False)
    bar.show(Planned(plan(), 1))
    drawn = stream.getvalue().count("0 of 4 pictures")
    for _ in range(50):
        bar.show(UploadStarted("cats", "a.jpg", 5))
    assert stream.getvalue().count("0 of 4 pictures") == drawn
    hands.at += 1.0
    bar.show(UploadDone("cats", "a.jpg", 300_000, ""))
    assert "1 of 4 pictures" in stream.getvalue()
    bar.show(Warned("[red]look[/red] here"))
    assert "warning: [red]look[/red] here" in stream.getvalue()
    bar.pause()
    bar.show(UploadStarted("cats", "b.jpg", 5))
    bar.close()
    text = stream.getvalue()
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 2
    assert "\x1b[3" not in text, "no colours"


@pytest.mark.parametrize("columns", [50, 80, 120, 200])
@pytest.mark.parametrize("album", ["cats", "the-long-name-of-an-album-of-a-journey", "猫" * 30])
def test_the_bar_fits_into_one_line(plan: Plans, monkeypatch: pytest.MonkeyPatch, columns: int, album: str) -> None:
    """However narrow the terminal and however long the name; the count and the time that is left are whole."""
    monkeypatch.setenv("COLUMNS", str(columns))
    hands, stream = Hands(), io.StringIO()
    bar = LiveBar(stream, hands, color=False)
    bar.show(Planned(plan(price=Price(Cost(6400, 640, 640), 2, 640, 1_003_200_000)), 1))
    bar.show(UploadStarted(album, "a.jpg", 5000))
    hands.at += 100
    bar.show(UploadDone(album, "a.jpg", 16_000_000, ""))
    shown = stream.getvalue().split("\r\x1b[2K")[-1]
    bar.close()
    assert "\n" not in shown
    assert cell_len(shown.rstrip()) <= columns - len("^C"), "else a ^C would begin a line that nobody takes away"
    assert "1 of 640 pictures" in shown
    assert shown.rstrip().endswith("min left")
    assert ("GB" in shown) == (columns >= 80)
    assert ("credit" in shown) == (columns >= 120)


def test_the_bar_is_there_before_the_first_event() -> None:
    """Imgur may take its time; a terminal that shows nothing looks dead."""
    stream = io.StringIO()
    bar = LiveBar(stream, Hands(), color=False)
    bar.begin()
    bar.close()
    assert "starting" in stream.getvalue()


def test_a_bar_is_for_terminals_only() -> None:
    """Elsewhere, or when quiet, lines are written."""
    assert isinstance(display(io.StringIO(), print, Hands(), Detail.NORMAL, live=False, color=True), PlainLines)
    assert isinstance(display(io.StringIO(), print, Hands(), Detail.QUIET, live=True, color=True), PlainLines)
    assert isinstance(display(io.StringIO(), print, Hands(), Detail.NORMAL, live=True, color=True), LiveBar)


def test_hostile_text_stays_inert_on_the_bar(plan: Plans, inert: Callable[[str], None], hostile: str) -> None:
    """Nothing but the bar's own control sequences reaches the terminal."""
    stream = io.StringIO()
    bar = LiveBar(stream, Hands(), Detail.VERBOSE, color=False)
    for event in every_event(plan(), hostile):
        bar.show(event)
    bar.close()
    text = stream.getvalue()
    for sequence in ("\x1b[?25l", "\x1b[?25h", "\x1b[2K", "\x1b[1A", "\x1b[0m", "\r"):
        text = text.replace(sequence, "")
    inert(text)


def test_a_wait_is_a_line_an_hour_elsewhere_and_a_countdown_on_the_bar(plan: Plans) -> None:
    """Ticks of half a minute for three hours: the line of the wait, then at most one an hour; the bar redraws each."""
    for detail, lines_wanted in ((Detail.QUIET, 1), (Detail.NORMAL, 3), (Detail.VERBOSE, 3)):
        hands, lines = Hands(), list[str]()
        screen = PlainLines(lines.append, hands, detail)
        screen.show(Waiting("the day's credits to come back", hands.now() + 10_800))
        for tick in range(360):
            screen.show(Countdown("the day's credits to come back", 10_800 - 30 * tick))
            hands.at += 30
        assert len(lines) == lines_wanted, lines
        assert lines[0].startswith("waiting: the day's credits to come back, until ")
        if lines_wanted > 1:
            assert lines[1] == "waiting: the day's credits to come back, 2 h left"
    stream, hands = io.StringIO(), Hands()
    bar = LiveBar(stream, hands)
    for seconds in (5025.0, 45.0, 44.0):
        bar.show(Countdown("the day's credits to come back", seconds))
        hands.at += 30
    bar.close()
    told = stream.getvalue()
    for words in ("1 h 24 min left: the day's", "45 s left: the day's", "44 s left: the day's"):
        assert words in told
    assert "waiting: " not in told, "no line for each tick"
