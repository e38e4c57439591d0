"""Where the bytes of pictures lie: all that was stored is there, and what was dropped takes no room."""

import hashlib
import os

import pytest

from imgur_sync.simulator import Clock, ConnectionDropped, Limits, Options, World
from imgur_sync.simulator.blobs import FolderBlobs


@pytest.fixture
def stored(make_imgur, tmp_path):
    """Opens a world in a folder, with a clock that stands still."""

    def open_world(**options):
        world = World.open(tmp_path / "world", clock=Clock(lambda: 1_700_000_000.0))
        return make_imgur(world=world, options=Options(**options))

    return open_world


@pytest.fixture
def blobs(tmp_path):
    """The bytes of pictures in a folder of their own."""
    opened = FolderBlobs(tmp_path)
    yield opened
    opened.close()


def on_disk(folder):
    """The sizes of the files there that hold anything."""
    return sorted(size for path in folder.iterdir() if (size := path.stat().st_size))


def test_a_disk_that_does_not_take_a_picture_holds_none_of_it_when_it_takes_the_next(blobs, tmp_path, monkeypatch):
    write = os.pwrite

    def full(handle, data, at):
        if len(data) < 5:
            raise OSError(28, "No space left on device")
        return write(handle, data[:2], at)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space"):
            blobs.put(memoryview(b"bytes"))
    name = blobs.put(b"others")
    assert blobs.get(name) == b"others"
    assert on_disk(tmp_path) == [6]


def test_a_disk_that_takes_a_picture_piece_by_piece_holds_all_of_it(blobs, monkeypatch):
    write = os.pwrite
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda handle, data, at: write(handle, data[:2], at))
        names = [blobs.put(b"bytes"), blobs.put(memoryview(b"others"))]
    assert [blobs.get(name) for name in names] == [b"bytes", b"others"]


def test_the_digest_of_bytes_is_told_and_finds_them(blobs, tmp_path):
    names = [blobs.put(data) for data in (b"bytes", memoryview(b"bytes"), b"others")]
    assert len(set(names)) == 3
    digest = hashlib.sha256(b"bytes").hexdigest()
    assert blobs.get(digest) is None
    assert [blobs.sha256(name) == digest for name in names] == [True, True, False]
    assert blobs.get(digest) == blobs.get(names[1]) == b"bytes"
    # Of earlier versions there are files that have their digest for a name.
    assert blobs.sha256(digest) == digest
    (tmp_path / ("a" * 64)).write_bytes(b"old")
    later = FolderBlobs(tmp_path)
    assert [later.get(name) for name in (*names, "a" * 64)] == [b"bytes", b"bytes", b"others", b"old"]
    # What a person took away, or cut, is not there.
    for path in tmp_path.glob("*.pack"):
        path.write_bytes(b"byt")
    assert (later.get(names[0]), later.sha256(names[0])) == (None, "")
    assert (later.get("no-such-name"), later.get("none")) == (None, None)


def test_what_is_dropped_takes_no_room(blobs, tmp_path):
    kept, first, second = blobs.put(b"kept"), blobs.put(b"first"), blobs.put(b"second")
    blobs.drop(first)
    assert (blobs.get(kept), on_disk(tmp_path)) == (b"kept", [15])
    blobs.drop(second)
    assert (blobs.get(kept), on_disk(tmp_path)) == (b"kept", [4])
    later = blobs.put(b"later")
    assert ([blobs.get(kept), blobs.get(later)], on_disk(tmp_path)) == ([b"kept", b"later"], [9])


def test_pictures_that_come_at_once_lie_apart(blobs, tmp_path, monkeypatch):
    """The second is stored while the first is being written, and dropped then, too."""
    write, names = os.pwrite, []

    def meanwhile(handle, data, at):
        monkeypatch.setattr(os, "pwrite", write)
        names.append(blobs.put(b"second"))
        blobs.drop(early)
        return write(handle, data, at)

    early = blobs.put(b"early")
    monkeypatch.setattr(os, "pwrite", meanwhile)
    names.append(blobs.put(b"first"))
    assert [blobs.get(name) for name in names] == [b"second", b"first"]
    assert on_disk(tmp_path) == [6, 10]
    blobs.drop(names[1])
    assert on_disk(tmp_path) == [6]
    blobs.close()
    assert blobs.get(blobs.put(b"third")) == b"third"
    assert on_disk(tmp_path) == [5, 6]


def test_pictures_that_are_refused_take_no_room(stored, tmp_path, png, jpeg):
    imgur = stored(limits=Limits(uploads=1))
    imgur.upload()
    assert imgur.post("/3/upload", files={"image": ("x.png", png())}).status_code == 429
    imgur.steer("faults", {"fault": "over-capacity-403"})
    assert imgur.post("/3/upload", files={"image": ("x.png", png())}).status_code == 403
    assert on_disk(tmp_path / "world" / "blobs") == [len(jpeg("a"))]


def test_a_picture_that_is_late_is_held_until_it_is_decided(stored, tmp_path, png):
    imgur, folder = stored(), tmp_path / "world" / "blobs"
    album = imgur.album()["id"]
    for _ in range(2):
        imgur.steer("faults", {"fault": "late", "seconds": 60, "match": {"path": "/3/upload", "nth": 1, "count": 1}})
        with pytest.raises(ConnectionDropped):
            imgur.post("/3/upload", files={"image": ("x.png", png())}, data={"album": album})
        assert on_disk(folder) == [len(png())]
        imgur.delete(f"/3/album/{album}")
        imgur.steer("clock", {"advance": 60})
        assert imgur.look("world")["images"] == []
        assert on_disk(folder) == []
