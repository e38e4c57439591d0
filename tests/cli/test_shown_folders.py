"""Folders that show how they are read, and stop when asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imgur_sync.cli.shown_folders import ShownFolders, shown_on
from imgur_sync.executor import Options, Ports, SystemClock, ThreadWorkers, make_plan
from imgur_sync.executor.tasks import RunStopped
from imgur_sync.local.folders import Folders
from imgur_sync.model.event import Event, Hashing, Scanning
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore
from tests.support.pictures import png


class Screen:
    """Keeps what it is shown; calls `at_each` with every event."""

    def __init__(self, at_each: Callable[[Event], None] = lambda event: None) -> None:
        self.events: list[Event] = []
        self.at_each = at_each

    def begin(self) -> None:
        """Nothing."""

    def show(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)
        self.at_each(event)

    def pause(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    """A folder with three pictures."""
    folder = tmp_path / "cats"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(png(8, 6, number))
    clock, workers = SystemClock(), ThreadWorkers(1)
    with SqliteCache(tmp_path / "cache.db") as cache, SqliteStore.in_memory("lineage") as store:
        yield Ports(Folders(cache, clock), store, cache, clock, workers)
    workers.close()


@pytest.fixture
def spec(tmp_path: Path) -> AlbumSpec:
    """The album of that folder."""
    return AlbumSpec(key="cats", folder="cats", root=tmp_path / "cats")


def test_what_is_read_is_shown_while_the_scan_goes_on(ports: Ports, spec: AlbumSpec) -> None:
    """Each file once, all of its bytes, and nothing a second time through the scan's caller."""
    screen = Screen()
    seen: list[str] = []
    album = shown_on(screen, ports).local.scan(spec, on_hashed=lambda path, size: seen.append(path))
    assert isinstance(album, LocalAlbum)
    told = [event for event in screen.events if isinstance(event, Hashing)]
    assert [event.path for event in told] == ["0.png", "1.png", "2.png"]
    assert sum(event.bytes for event in told) == sum(file.size for file in album.files)
    assert {event.album for event in told} == {"cats"}
    assert seen == []


def test_an_album_is_named_before_its_folder_is_read(ports: Ports, spec: AlbumSpec, tmp_path: Path) -> None:
    """Not after hours of reading: each album's turn stands before the first of its files."""
    (tmp_path / "dogs").mkdir()
    (tmp_path / "dogs" / "d.png").write_bytes(png(8, 6, 9))
    dogs = AlbumSpec(key="dogs", folder="dogs", root=tmp_path / "dogs", position=1)
    manifest = Manifest(tmp_path / "sync.toml", "", (spec, dogs), tmp_path / "state.db")
    screen = Screen()
    for event in make_plan(shown_on(screen, ports), manifest, Options(offline=True)):
        screen.show(event)
    told = [(type(event), event.album) for event in screen.events if isinstance(event, Scanning | Hashing)]
    assert told.index((Scanning, "cats")) < told.index((Hashing, "cats"))
    assert told.index((Scanning, "dogs")) < told.index((Hashing, "dogs"))
    assert [event.total for event in screen.events if isinstance(event, Scanning)] == [2, 2]


def test_a_scan_ends_at_the_next_piece_after_a_signal(ports: Ports, spec: AlbumSpec) -> None:
    """A large folder takes hours; nobody waits for them after Ctrl-C."""
    assert isinstance(ports.workers, ThreadWorkers)
    stop = ports.workers.request_stop
    screen = Screen(lambda event: stop(2))
    with pytest.raises(RunStopped):
        ShownFolders(ports.local, screen, ports.workers).scan(spec)
    assert len(screen.events) == 1


def test_the_rest_is_left_to_the_folders_themselves(ports: Ports, spec: AlbumSpec) -> None:
    """Contents and rules are the same."""
    folders = ShownFolders(ports.local, Screen(), ports.workers)
    album = folders.scan(spec)
    assert isinstance(album, LocalAlbum)
    assert folders.read(spec, album.files[0]).data == png(8, 6, 0)
    assert folders.ignored(spec, ["0.png", ".imgur-sync/x"]) == ports.local.ignored(spec, ["0.png", ".imgur-sync/x"])
