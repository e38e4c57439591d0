"""The seam to watchdog: what is asked of the kernel, and that nothing which makes a watch deaf stays unsaid.

These tests name insides of watchdog, so that another version that works otherwise is noticed here.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers import inotify_c
from watchdog.observers.inotify_c import InotifyConstants as Asked

from imgur_sync.local.watching.ears import Ears
from imgur_sync.local.watching.inbox import Inbox
from imgur_sync.local.watching.routes import Routes, Top
from imgur_sync.model.hint import Cause, LookAtAll, Touched, WatchedRoot
from tests.support.watch_stage import WatchStage
from tests.support.watching_process import DEADLINE, WatchingProcess


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[WatchStage]:
    """The album "cats" in an empty folder, watched."""
    stage = WatchStage(tmp_path)
    stage.start()
    yield stage
    stage.watcher.close()


def the(name: str) -> threading.Thread:
    """The thread of that class."""
    return next(thread for thread in threading.enumerate() if type(thread).__name__ == name)


def test_the_kernel_is_asked_for_nothing_that_looking_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither opening, reading nor closing unwritten; and no folder of litter is watched."""
    asked: list[tuple[bytes, int]] = []
    real = inotify_c.inotify_add_watch
    monkeypatch.setattr(
        inotify_c, "inotify_add_watch", lambda fd, path, mask: (asked.append((path, mask)), real(fd, path, mask))[1]
    )
    stage = WatchStage(tmp_path)
    for name in ("sub", ".git/objects/00", ".imgur-sync", "x.part/deep"):
        stage.make(stage.root / name)
    stage.start()
    stage.make(stage.root / "later" / ".imgur-sync")
    stage.settle()
    stage.watcher.close()
    names = {os.path.relpath(os.fsdecode(path), stage.root) for path, _ in asked}
    assert names == {".", "sub", "later", "settled 1"}
    unwanted = Asked.IN_OPEN | Asked.IN_ACCESS | Asked.IN_CLOSE_NOWRITE | Asked.IN_MODIFY
    wanted = Asked.IN_CLOSE_WRITE | Asked.IN_CREATE | Asked.IN_DELETE | Asked.IN_MOVE | Asked.IN_ATTRIB
    for _, mask in asked:
        assert not mask & unwanted
        assert mask & wanted == wanted


def test_a_thread_that_dies_is_noticed_at_once_and_replaced(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of whatever error: everything is listened to anew and to be looked at; no traceback is written."""
    stage = WatchStage(tmp_path)
    stage.start()
    thread = the("_Kernel")

    def fail(*arguments: object) -> None:
        raise KeyError("lost count")

    thread.handle_event = fail
    stage.put(stage.root / "one.png")
    hint = stage.until(Cause.DEAF)
    assert hint.albums == ("cats",)
    assert "KeyError: 'lost count'" in hint.text
    assert not thread.is_alive()
    stage.settle()
    stage.only("")
    stage.watcher.close()
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_is_watched_under_two_paths_makes_no_warning(stage: WatchStage) -> None:
    """One that was moved out and in again has the watch of before; warnings are errors here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stage.make(stage.root / "one" / "deep")
        stage.settle()
        (stage.root / "one").rename(stage.base / "out")
        (stage.base / "out").rename(stage.root / "two")
        stage.touched("two")
        stage.settle()
        stage.only("two/deep")
        assert the("_Kernel").is_alive()


def test_watches_that_are_given_up_twice_end_no_thread(stage: WatchStage) -> None:
    """By the kernel, since the folder is gone, and by us, since we heard of that."""
    kernel = the("_Kernel")
    for turn in range(20):
        for number in range(10):
            stage.make(stage.root / f"{turn}" / f"{number}")
        (stage.root / f"{turn}").rename(stage.base / "out")
        stage.remove(stage.base / "out")
    stage.settle()
    assert kernel.is_alive()
    assert not any(isinstance(hint, LookAtAll) for hint in stage.seen)


def test_a_folder_that_moves_out_and_has_a_successor_ends_no_thread(stage: WatchStage) -> None:
    """The successor is renamed, and then the old one is deleted: watchdog by itself loses count and its thread ends."""
    kernel = the("_Kernel")
    stage.make(stage.root / "a")
    stage.settle()
    (stage.root / "a").rename(stage.base / "out")
    stage.make(stage.root / "a")
    stage.touched("a")
    (stage.root / "a").rename(stage.root / "b")
    (stage.base / "out").rmdir()
    stage.settle()
    assert kernel.is_alive()
    stage.only("b")


def test_events_that_are_read_late_lead_to_the_folders_that_are_there_now(stage: WatchStage) -> None:
    """A new folder is renamed and gets a successor before anybody reads of it: the name leads to the successor."""
    reader, gate = the("_Kernel"), threading.Event()
    handle = reader.handle_event

    def held(event: object) -> None:
        gate.wait()
        handle(event)

    reader.handle_event = held
    try:
        (stage.root / "first").mkdir()
        (stage.root / "a").mkdir()
        (stage.root / "a").rename(stage.root / "b")
        stage.make(stage.root / "a" / "deep")
        (stage.root / "b" / "deeper").mkdir()
    finally:
        gate.set()
    stage.settle()
    for folder in ("a", "b", "a/deep", "b/deeper"):
        stage.only(folder)


def test_watches_do_not_pile_up(stage: WatchStage) -> None:
    """Folders that came and went, or moved out, leave none behind."""
    kernel = the("_Kernel")
    stage.settle()
    before = len(kernel._watch_for_wd)
    for turn in range(5):
        for number in range(10):
            stage.make(stage.root / f"{turn}" / f"{number}")
        stage.settle()
        if turn % 2:
            (stage.root / f"{turn}").rename(stage.base / f"out{turn}")
        else:
            stage.remove(stage.root / f"{turn}")
    stage.settle()
    assert len(kernel._watch_for_wd) <= before + 7


def test_an_overflow_with_more_folders_than_the_kernel_keeps_events_ends(tmp_path: Path) -> None:
    """Removing a watch makes an event, too. 17,000 folders: watchdog itself, which removes all and lays them again from
    the thread that should read, goes on for ever; here one renewal is enough, and then nothing uses any time."""
    root = tmp_path / "cats"
    for number in range(17_000):
        (root / f"{number // 500}" / f"{number}").mkdir(parents=True)
    with WatchingProcess(str(root)) as process:
        process.await_cause("start")
        process.process.send_signal(19)  # SIGSTOP: events come that nobody reads
        for number in range(17_000):
            (root / "0" / f"{number}.png").touch()
        process.process.send_signal(18)
        process.await_cause("overflow")
        (root / "7" / "one.png").touch()
        process.await_line(lambda line: "7" in line.get("folders", ()))
        (root / "7" / "3500" / "one.png").touch()
        process.await_line(lambda line: "7/3500" in line.get("folders", ()))
        used = process.cpu()
        (root / "8" / "one.png").touch()
        process.await_line(lambda line: "8" in line.get("folders", ()))
        assert process.cpu() - used < 0.1
        assert process.end() == 0


def test_repeated_overflows_are_answered_ever_more_slowly(stage: WatchStage) -> None:
    """Each is told; the renewals are ever further apart, so that a flood costs little."""
    started = stage.clock.monotonic()
    for _ in range(4):
        stage.watcher._inbox.overflow()
        stage.until(Cause.OVERFLOW)
    assert stage.clock.monotonic() - started >= 0.05 + 0.1 + 0.2 + 0.4
    stage.settle()
    stage.only("")


def test_waking_from_a_signal_handler_ends_the_wait_and_the_process(tmp_path: Path) -> None:
    """A process that waits without a deadline ends cleanly, with all threads."""
    root = tmp_path / "cats"
    root.mkdir()
    with WatchingProcess(str(root)) as process:
        process.await_cause("start")
        process.process.terminate()
        ended = process.await_line(lambda line: "ended" in line)
        assert ended["threads"] == 1
        assert process.process.wait(DEADLINE) == 0


def test_waking_from_another_thread_ends_the_wait(stage: WatchStage) -> None:
    """Without a deadline; nothing is lost by it."""
    threading.Thread(target=stage.watcher.wake).start()
    assert stage.watcher.next(None) is None
    stage.settle()
    stage.only("")


def test_a_hundred_folders_need_one_thread_and_one_instance(tmp_path: Path) -> None:
    """However many albums there are, and each is heard."""
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    stage = WatchStage(tmp_path)
    roots = [WatchedRoot(stage.base / f"{number}", (f"{number}",)) for number in range(100)]
    for root in roots:
        stage.make(root.path)
    stage.watcher.watch(roots)
    assert threading.active_count() == before[1] + 1
    assert len(os.listdir("/proc/self/fd")) == before[0] + 3
    stage.until(Cause.START)
    for number in (0, 57, 99):
        stage.put(stage.base / f"{number}" / "one.png")
        stage.touched("", album=f"{number}")
    stage.watcher.close()


def test_all_threads_end_with_the_watcher(tmp_path: Path) -> None:
    """And every descriptor is given back."""
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(3):
        stage = WatchStage(tmp_path)
        stage.start()
        stage.watcher._inbox.overflow()
        stage.until(Cause.OVERFLOW)
        stage.watcher.close()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before


def test_a_refused_thread_or_descriptor_is_an_error_without_a_leak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instance that was granted before is given back."""

    def refuse(*arguments: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    before = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr(inotify_c.os, "pipe", refuse)
        with pytest.raises(OSError, match="Too many open files"):
            Ears(Inbox())
    assert len(os.listdir("/proc/self/fd")) == before


def test_loading_the_watcher_does_not_load_watchdog(tmp_path: Path) -> None:
    """Only listening does; a folder that is not there needs none."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom imgur_sync.executor import SystemClock\n"
        "from imgur_sync.local.watching import FolderWatcher\nfrom imgur_sync.model.hint import WatchedRoot\n"
        "watcher = FolderWatcher(SystemClock())\n"
        "watcher.watch([WatchedRoot(Path(sys.argv[1]) / 'none', ('cats',))])\n"
        "assert 'watchdog' not in sys.modules\n"
        "watcher.watch([WatchedRoot(Path(sys.argv[1]), ('cats',))])\n"
        "assert 'watchdog' in sys.modules\nwatcher.close()\n"
        "assert not {'httpx', 'pydantic', 'rich', 'sqlite3'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_waiting_uses_no_cpu_time(stage: WatchStage) -> None:
    """Twenty looks a second at the root, forty times what is usual, cost less than a twentieth of the time."""
    stage.settle()
    wall, cpu = time.monotonic(), time.process_time()
    assert stage.watcher.next(stage.clock.monotonic() + 1.0) is None
    assert time.process_time() - cpu < 0.05 * (time.monotonic() - wall)


def test_routes_know_tops_and_what_lies_in_them() -> None:
    """Roots inside others are listened to with them, unless litter or flatness is in between."""
    roots = [
        WatchedRoot(Path("/p"), ("all",)),
        WatchedRoot(Path("/p/cats"), ("cats",)),
        WatchedRoot(Path("/p/.git/dogs"), ("dogs",)),
        WatchedRoot(Path("/flat"), ("flat",), recursive=False),
        WatchedRoot(Path("/flat/owls"), ("owls",)),
        WatchedRoot(Path("/pp"), ("other",)),
    ]
    routes = Routes(roots)
    assert routes.tops == (
        Top("/flat", False),
        Top("/flat/owls", True),
        Top("/p", True),
        Top("/p/.git/dogs", True),
        Top("/pp", True),
    )
    assert routes.albums_below(Top("/flat", False)) == ("flat",)
    assert set(routes.concerned("/p/cats/a/one.png", is_folder=False)) == {("all", "cats/a"), ("cats", "a")}
    assert set(routes.concerned("/p/cats", is_folder=True)) == {("all", ""), ("all", "cats"), ("cats", "")}
    assert set(routes.concerned("/p/.git/dogs/x.png", is_folder=False)) == {("dogs", "")}
    assert set(routes.concerned("/flat/owls/x.png", is_folder=False)) == {("owls", "")}
    assert not set(routes.concerned("/ppp/x.png", is_folder=False))
    assert set(Routes([WatchedRoot(Path("/"), ("world",))]).concerned("/a/b.png", is_folder=False)) == {("world", "a")}


def test_the_inbox_tells_no_detail_of_what_is_to_be_looked_at_anyway() -> None:
    """One hint for each cause, then the others' folders."""
    inbox = Inbox()
    inbox.route(Routes([WatchedRoot(Path("/cats"), ("cats",)), WatchedRoot(Path("/dogs"), ("dogs",))]))
    inbox.happened("/cats/a/one.png", is_folder=False)
    inbox.happened("/dogs/b/one.png", is_folder=False)
    inbox.look(Cause.POLL, ["cats"])
    inbox.look(Cause.POLL, ["cats"])
    assert inbox.take() == [LookAtAll(Cause.POLL, ("cats",)), Touched("dogs", ("b",))]
    assert inbox.take() == []


def test_a_flood_that_nobody_takes_stays_small() -> None:
    """Of an album with very many touched folders the whole is told."""
    inbox = Inbox()
    inbox.route(Routes([WatchedRoot(Path("/cats"), ("cats",))]))
    for number in range(10_000):
        inbox.happened(f"/cats/{number}/one.png", is_folder=False)
    (hint,) = inbox.take()
    assert isinstance(hint, Touched)
    assert "" in hint.folders
    assert len(hint.folders) <= 257
