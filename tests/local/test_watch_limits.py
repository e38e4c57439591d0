"""Watches that cannot be had: the limit is named with its figure, and the folder is polled."""

from __future__ import annotations

import errno
import os
import re
import subprocess
from pathlib import Path

import pytest
from watchdog.observers import inotify_c

from imgur_sync.local.watching.refusals import refusal
from imgur_sync.model.hint import Cause, Deaf, Touched, WatchedRoot
from tests.support.namespaces import NOT_HERE, namespaces
from tests.support.watch_stage import WatchStage, paced
from tests.support.watching_process import WatchingProcess


class Granted:
    """Stands in for the kernel: grants so many watches at once, then refuses with that error number."""

    def __init__(self, patch: pytest.MonkeyPatch, many: int, number: int = errno.ENOSPC) -> None:
        self.left, self.number = many, number
        self._add, self._remove = inotify_c.inotify_add_watch, inotify_c.inotify_rm_watch
        patch.setattr(inotify_c, "inotify_add_watch", self.add)
        patch.setattr(inotify_c, "inotify_rm_watch", self.remove)

    def add(self, descriptor: int, path: bytes, mask: int) -> int:
        """One watch more, unless none is left."""
        if self.left <= 0:
            inotify_c.ctypes.set_errno(self.number)
            return -1
        self.left -= 1
        return self._add(descriptor, path, mask)

    def remove(self, descriptor: int, watch: int) -> int:
        """One is given back."""
        self.left += 1
        return self._remove(descriptor, watch)


def folders(stage: WatchStage, many: int) -> None:
    """Make so many sub-folders."""
    for number in range(many):
        stage.make(stage.root / f"{number}")


def test_a_watch_refused_for_a_sub_folder_has_the_whole_root_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start: the watches that it got are given back for others to have, which go on; when there are more, it is
    watched again."""
    granted = Granted(monkeypatch, 5)
    stage = WatchStage(tmp_path, paced(poll=0.1, retry=0.2))
    folders(stage, 10)
    small = stage.base / "small"
    stage.make(small)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(small, ("dogs",))])
    (unwatched,) = stage.watcher.unwatched()
    assert (unwatched.root, unwatched.albums, unwatched.why) == (stage.root, ("cats",), Deaf.WATCHES)
    figure = Path("/proc/sys/fs/inotify/max_user_watches").read_text().strip()
    assert f"fs.inotify.max_user_watches = {figure}" in unwatched.text
    assert re.search(r"sudo sysctl fs\.inotify\.max_user_watches=\d+", unwatched.text)
    assert stage.until(Cause.POLL).albums == ("cats",)
    stage.put(small / "one.png")
    stage.touched("", album="dogs")
    granted.left = 1000
    assert stage.until(Cause.WATCHED).albums == ("cats",)
    assert stage.watcher.unwatched() == ()
    stage.settle()
    stage.only("7")
    stage.watcher.close()


def test_a_watch_refused_later_has_the_whole_root_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For folders that appear while it is watched: told at once, with the sentence."""
    granted = Granted(monkeypatch, 5)
    stage = WatchStage(tmp_path, paced(check=1000.0))
    stage.start()
    folders(stage, 10)
    hint = stage.until(Cause.UNWATCHED)
    assert hint.albums == ("cats",)
    assert "fs.inotify.max_user_watches" in hint.text
    assert [one.text for one in stage.watcher.unwatched()] == [hint.text]
    assert granted.left == 5
    stage.watcher.close()


def test_the_limit_in_a_renewal_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else took the watches meanwhile."""
    granted = Granted(monkeypatch, 50)
    stage = WatchStage(tmp_path)
    folders(stage, 10)
    stage.start()
    granted.left = -9
    stage.watcher._inbox.overflow()
    assert "max_user_watches" in stage.until(Cause.UNWATCHED).text
    stage.watcher.close()


def test_no_instance_has_everything_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names both limits that the kernel's one answer stands for; when there is one, all is watched."""
    real = inotify_c.inotify_init

    def refuse() -> int:
        inotify_c.ctypes.set_errno(errno.EMFILE)
        return -1

    monkeypatch.setattr(inotify_c, "inotify_init", refuse)
    stage = WatchStage(tmp_path, paced(retry=0.2))
    stage.make(stage.base / "dogs")
    stage.make(stage.root)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(stage.base / "dogs", ("dogs",))])
    assert [one.why for one in stage.watcher.unwatched()] == [Deaf.INSTANCES, Deaf.INSTANCES]
    text = stage.watcher.unwatched()[0].text
    assert re.search(r"fs\.inotify\.max_user_instances = \d+", text)
    assert "ulimit -n" in text
    monkeypatch.setattr(inotify_c, "inotify_init", real)
    assert stage.until(Cause.WATCHED).albums == ("cats", "dogs")
    stage.settle()
    stage.only("")
    stage.watcher.close()


def test_a_root_without_permission_is_said_and_one_below_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sub-folder that cannot be opened is a matter of the scan, which names it; the rest is watched."""
    denied: set[str] = {"cats"}
    real = inotify_c.inotify_add_watch

    def add(descriptor: int, path: bytes, mask: int) -> int:
        if Path(os.fsdecode(path)).name in denied:
            inotify_c.ctypes.set_errno(errno.EACCES)
            return -1
        return real(descriptor, path, mask)

    monkeypatch.setattr(inotify_c, "inotify_add_watch", add)
    stage = WatchStage(tmp_path)
    for name in ("open", "shut", "closed"):
        stage.make(stage.root / name)
    stage.start()
    assert [(one.why, "permission denied" in one.text) for one in stage.watcher.unwatched()] == [
        (Deaf.UNREADABLE, True)
    ]
    denied.clear()
    denied.update({"shut", "closed"})
    stage.until(Cause.BACK)
    assert stage.watcher.unwatched() == ()
    stage.settle()
    stage.put(stage.root / "shut" / "one.png")
    stage.only("open")
    stage.watcher.close()


@pytest.mark.parametrize(
    ("number", "why", "words"),
    [
        (errno.ENOSPC, Deaf.WATCHES, ("fs.inotify.max_user_watches = 7", "max_user_watches=524288")),
        (errno.EMFILE, Deaf.INSTANCES, ("fs.inotify.max_user_instances = 300000", "max_user_instances=600000")),
        (errno.ENOENT, Deaf.GONE, ("its return is noticed",)),
        (errno.EACCES, Deaf.UNREADABLE, ("permission denied",)),
        (errno.ENOMEM, Deaf.UNSUPPORTED, ("ENOMEM",)),
        (0, Deaf.UNSUPPORTED, ("events cannot be had",)),
    ],
)
def test_each_refusal_has_a_sentence(tmp_path: Path, number: int, why: Deaf, words: tuple[str, ...]) -> None:
    """With the figure that holds and a command that really raises it."""
    (tmp_path / "max_user_watches").write_text("7\n")
    (tmp_path / "max_user_instances").write_text("300000\n")
    found, text = refusal(number, tmp_path)
    assert found is why
    assert all(word in text for word in words), text
    assert "max_user_watches" in refusal(errno.ENOSPC, tmp_path / "nowhere")[1]


def limited(name: str, figure: int) -> tuple[str, ...]:
    """What a process is started below so that this limit of inotify holds for it and nobody else."""
    return ("unshare", "-Ur", "sh", "-c", f'echo {figure} > /proc/sys/user/{name} && exec "$@"', "sh")


def can_limit(name: str) -> bool:
    """Whether the kernel lets us do that."""
    if not namespaces("-Ur"):
        return False
    return subprocess.run((*limited(name, 10), "true"), capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("name", "expected"), [("max_inotify_watches", "watches"), ("max_inotify_instances", "instances")]
)
def test_the_kernels_own_refusal_is_understood(tmp_path: Path, name: str, expected: str) -> None:
    """The real limits, in a name space where they are small; where that is refused the tests above stand alone."""
    if not can_limit(name):
        print(NOT_HERE.format(what=f"the real limit {name}"))
        return
    root = tmp_path / "cats"
    for number in range(20):
        (root / f"{number}").mkdir(parents=True)
    figure = 10 if expected == "watches" else 0
    with WatchingProcess("--poll=0.1", "--check=0.05", str(root), wrap=limited(name, figure)) as process:
        ready = process.await_ready()
        assert ready["ready"] == [expected]
        assert f"max_user_{expected}" in ready["texts"][0]
        assert process.await_cause("poll")["albums"] == ["cats"]
        assert process.end() == 0


def test_the_kernels_refusal_for_a_folder_that_appears_is_understood(tmp_path: Path) -> None:
    """It begins within the limit and grows beyond it."""
    if not can_limit("max_inotify_watches"):
        print(NOT_HERE.format(what="the real limit max_inotify_watches, reached later"))
        return
    root = tmp_path / "cats"
    root.mkdir()
    with WatchingProcess(str(root), wrap=limited("max_inotify_watches", 10)) as process:
        assert process.await_ready()["ready"] == []
        for number in range(20):
            (root / f"{number}").mkdir(parents=True)
        assert "max_user_watches" in process.await_cause("unwatched")["text"]


def test_a_hint_is_still_had_from_others_while_one_is_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread waits for the polled one."""
    Granted(monkeypatch, 2)
    stage = WatchStage(tmp_path, paced(poll=0.05))
    folders(stage, 5)
    dogs = stage.base / "dogs"
    stage.make(dogs)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(dogs, ("dogs",))])
    stage.until(Cause.POLL)
    for number in range(5):
        stage.put(dogs / f"{number}.png")
        stage.touched("", album="dogs")
    assert not any(isinstance(hint, Touched) and hint.album == "cats" for hint in stage.seen)
    stage.watcher.close()
