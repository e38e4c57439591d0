"""What a daemon publishes for its status page, on virtual time: albums, pictures, counts, lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, InterruptedRun, StateError
from imgur_sync.executor import Options, Ports
from imgur_sync.model.activity import WaitKind
from imgur_sync.model.spec import Manifest
from imgur_sync.report.live import LiveActivity, beginning
from imgur_sync.report.metrics import metrics_text
from imgur_sync.report.page import page_html
from imgur_sync.report.text import Moment
from imgur_sync.report.watched import AlbumFace
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.page.gathering import TILES, Gatherer
from imgur_sync.watch.page.pictures import picture_answer
from imgur_sync.watch.page.publishing import MOST_LINES, Heart, Publisher
from imgur_sync.watch.page.snapshot import Snapshot
from imgur_sync.watch.showing import Shown
from imgur_sync.watch.site import PassBench, RoomWanted
from tests.support.pictures import mp4
from tests.support.watched_days import WatchedDays

HOUR = 3600.0


class ShownDays(WatchedDays):
    """A daemon with a page. `snapshots` are all that were published."""

    def __init__(self, base: Path, **options: Any) -> None:
        super().__init__(base, **options)
        self.gatherer = Gatherer()
        self.snapshots: list[Snapshot] = []

    @contextmanager
    def _peeking(self, manifest: Manifest) -> Iterator[Ports]:
        with super()._peeking(manifest) as ports, self.gatherer.reading(manifest, ports):
            yield ports

    @contextmanager
    def _passing(
        self, manifest: Manifest, options: Options, room_wanted: RoomWanted, left_out: frozenset[str]
    ) -> Iterator[PassBench]:
        passing = super()._passing(manifest, options, room_wanted, left_out)
        with passing as bench, self.gatherer.reading(manifest, bench.ports):
            yield bench

    def publish(self, until: float) -> Snapshot:
        """Run a daemon with a page until so many seconds after the stage was set up; what it published last."""
        run = Daemon.run

        def shown(daemon: Daemon) -> Iterator[Any]:
            live = LiveActivity(self.board, self.clock, beginning("watch", self.clock))
            face, publisher = Shown(live, daemon), Publisher(daemon, live, self.gatherer, self.clock.now)
            self.snapshots.append(publisher.snapshot)
            for event in run(daemon):
                yield event
                face.show(event)
                publisher.show(event)
                self.snapshots.append(publisher.snapshot)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Daemon, "run", shown)
            self.watch(until)
        return self.snapshots[-1]

    def face(self, key: str = "cats") -> AlbumFace:
        """The album as it was published last."""
        return next(face for face in self.snapshots[-1].watched.albums if face.key == key)

    def page(self) -> str:
        """The page as it was published last."""
        return page_html(self.snapshots[-1].watched, Moment(self.clock.now()), silent=0)


@pytest.fixture
def days(tmp_path: Path) -> Iterator[ShownDays]:
    """An album with three pictures."""
    with ShownDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def test_an_album_is_there_from_the_first_moment_on(days: ShownDays) -> None:
    """Before anything was looked at; then with all its pictures, which can be read."""
    last = days.publish(HOUR / 2)
    first = days.snapshots[0].watched.albums[0]
    assert (first.key, first.made, first.looked, first.pictures) == ("cats", False, False, 0)
    face = days.face()
    assert (face.made, face.looked, face.pictures, face.failed) == (True, True, 3, 0)
    assert {tile.name for tile in face.tiles} == {"a.png", "b.png", "c.png"}
    for tile in face.tiles:
        answer = picture_answer(last.pictures[tile.address])
        assert (answer.kind, answer.body) == ("image/png", (days.base / "cats" / tile.name).read_bytes())
    assert len(last.pictures) == 3
    assert "as its folder is" in days.page()


def test_a_new_picture_comes_first_and_a_removed_one_is_served_no_more(days: ShownDays) -> None:
    """The dozen that came last."""
    days.at(600.0, lambda: days.add("cats", "d.png", 4))
    days.at(1200.0, lambda: days.remove("cats", "b.png"))
    days.publish(660.0)
    assert days.face().tiles[0].name == "d.png"
    last = days.publish(HOUR)
    assert {tile.name for tile in days.face().tiles} == {"a.png", "c.png", "d.png"}
    assert {one.path for one in last.pictures.values()} == {"a.png", "c.png", "d.png"}


def test_no_more_than_a_dozen_are_shown(days: ShownDays) -> None:
    """All are counted."""
    days.pictures("cats", [f"{number}.png" for number in range(30)])
    days.publish(HOUR / 2)
    assert (days.face().pictures, len(days.face().tiles)) == (33, TILES)


def test_a_film_is_told_of_and_not_shown(days: ShownDays) -> None:
    """No browser shows it as a picture: its tile has a name and no address."""
    (days.base / "cats" / "film.mp4").write_bytes(mp4())
    last = days.publish(HOUR / 2)
    face = days.face()
    assert face.pictures == 4
    assert [(tile.name, bool(tile.address)) for tile in face.tiles if tile.name == "film.mp4"] == [("film.mp4", False)]
    assert len(last.pictures) == 3


def test_addresses_say_nothing_and_change_with_each_daemon(tmp_path: Path) -> None:
    """Nobody guesses them, and no browser shows an old picture at a new one's."""
    addresses = []
    for name in ("one", "other"):
        with ShownDays(tmp_path / name) as days:
            days.album("cats")
            days.pictures("cats", ["a.png"])
            addresses += days.publish(HOUR / 2).pictures
    assert len(set(addresses)) == 2
    assert all(len(address) == len("/p/") + 18 for address in addresses)


def test_what_waits_and_what_was_counted(days: ShownDays) -> None:
    """As `status` tells it; uploads, passes, and the lines of the log."""
    days.pictures("cats", [f"{number}.png" for number in range(20)])
    days.at(600.0, lambda: days.add("cats", "d.png", 99))
    days.at(1200.0, lambda: [days.remove("cats", f"{number}.png") for number in range(15)])
    last = days.publish(HOUR).watched
    assert [wait.kind for wait in last.activity.waits] == [WaitKind.GATE]
    assert last.counted.uploads == 24
    assert last.counted.passes >= 2
    assert dict(last.counted.events)["gate_tripped"] == 1
    assert any("d.png is up" in line.text for line in last.lines)
    assert [line.level for line in last.lines if "the gate" in line.text] == ["warning"]
    assert "<code>imgur-sync -f" in days.page()
    assert "1 thing held back until somebody decides" in days.page()
    assert 'imgur_sync_waits{kind="gate"} 1' in metrics_text(last, days.clock.now(), 0)


def test_what_does_not_go_today_is_published_with_when_it_goes(days: ShownDays) -> None:
    """And passes that failed are counted; the forecast of a plan with a rest stays until there is another one."""
    days.budget = dataclasses.replace(days.budget, uploads_per_hour=6)
    days.pictures("cats", [f"{number}.png" for number in range(20)])
    last = days.publish(HOUR / 2).watched
    assert last.forecast is not None
    assert last.forecast.later.credits > 0
    assert last.counted.passes_failed == 0
    days.at(HOUR / 2 + 60.0, lambda: setattr(days.wire, "down", True))
    days.at(HOUR / 2 + 90.0, lambda: days.add("cats", "d.png", 99))
    assert days.publish(5 * HOUR).watched.counted.passes_failed > 0


def test_the_log_keeps_the_last_fifty_lines(days: ShownDays) -> None:
    """Those that the log shows: no details."""
    days.pictures("cats", [f"{number}.png" for number in range(60)])
    last = days.publish(HOUR).watched
    assert len(last.lines) == MOST_LINES
    assert not any("reading the folder" in line.text for line in last.lines)


def test_no_ids_and_no_links_of_albums_or_pictures(days: ShownDays) -> None:
    """A hidden album's page is known to whoever knows its address: it is in nothing that is published."""
    days.at(600.0, lambda: days.add("cats", "d.png", 4))
    days.publish(HOUR)
    world = days.world
    ids = [thing.id for thing in (*world.albums.values(), *world.images.values())]
    assert len(ids) >= 5
    for snapshot in days.snapshots:
        told = repr(snapshot.watched) + page_html(snapshot.watched, Moment(days.clock.now()), silent=0)
        told += metrics_text(snapshot.watched, days.clock.now(), 0)
        assert not [one for one in ids if one in told]
        assert "imgur.com" not in told


def test_the_budget_is_known_after_the_first_look(days: ShownDays) -> None:
    """As the ledger had it then."""
    last = days.publish(HOUR / 2).watched
    assert last.budget is not None
    assert 0 < last.budget_at <= days.clock.now()
    assert "credits of the day" in days.page()


def test_an_album_that_leaves_the_manifest_leaves_the_page(days: ShownDays) -> None:
    """With its pictures."""
    days.album("dogs")
    days.pictures("dogs", ["x.png"])
    assert len(days.publish(HOUR / 2).pictures) == 4
    del days.albums["dogs"]
    days.at(HOUR / 2 + 60.0, lambda: days.watcher.happen(days.base / "sync.toml"))
    last = days.publish(3 * HOUR)
    assert [face.key for face in last.watched.albums] == ["cats"]
    assert {one.path for one in last.pictures.values()} == {"a.png", "b.png", "c.png"}


def test_a_state_that_cannot_be_read_leaves_what_was_known(days: ShownDays) -> None:
    """The pass tells; the page never stands in its way, and an end that was asked for is not held up."""
    days.publish(HOUR / 2)
    manifest, before = days.manifest(), days.face()

    class Broken:
        """A state that is damaged."""

        def album(self, key: str) -> None:
            """Raises."""
            raise StateError("damaged")

    with days._peeking(manifest) as ports:
        broken = dataclasses.replace(ports, store=Broken())  # type: ignore[arg-type]
        days.gatherer.touched("cats")
        with days.gatherer.reading(manifest, broken):
            pass
        with pytest.raises(StateError), days.gatherer.reading(manifest, broken):
            raise StateError("damaged")
        with pytest.raises(InterruptedRun), days.gatherer.reading(manifest, broken):
            raise InterruptedRun(ExitCode.SIGTERM)
    assert days.gatherer.shown(manifest)[0] == (before,)


def test_a_heart_that_beats_is_not_silent() -> None:
    """In seconds since the last beat."""
    now = [10.0]
    heart = Heart(lambda: now[0])
    now[0] = 17.0
    assert heart.silent() == 7.0
    heart.beat()
    assert heart.silent() == 0.0
