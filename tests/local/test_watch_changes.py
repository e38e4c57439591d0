"""What real changes in real folders are told as. Nothing here waits for time to pass: hints are awaited."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.hint import Cause, Touched
from tests.support.watch_stage import WatchStage, paced

FOLDERS = 8_000
BURST = 50_000


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[WatchStage]:
    """The album "cats" in an empty folder, watched."""
    stage = WatchStage(tmp_path)
    stage.start()
    yield stage
    stage.watcher.close()


def test_folders_made_at_once_with_files_in_them(stage: WatchStage) -> None:
    """`mkdir -p a/b/c` and files in each: every folder is told, however late a watch was laid on it, and again when
    something happens there later."""
    for number in range(20):
        for folder in ("a", "a/b", "a/b/c"):
            stage.put(stage.root / f"{number}" / folder / "one.png")
    stage.touched(*(f"{number}/{folder}" for number in range(20) for folder in ("a", "a/b", "a/b/c")))
    stage.settle()
    stage.only("7/a/b/c")


def test_a_tree_that_is_moved_in_is_told_whole_and_watched(stage: WatchStage) -> None:
    """With all files in it already complete."""
    stage.put(stage.base / "elsewhere" / "deep" / "deeper" / "one.png")
    (stage.base / "elsewhere").rename(stage.root / "in")
    stage.touched("", "in")
    stage.settle()
    stage.only("in/deep/deeper")


def test_a_tree_that_is_moved_out_is_told_and_heard_of_no_more(stage: WatchStage) -> None:
    """What is done to it later concerns nobody, though the kernel's watches go with it."""
    stage.put(stage.root / "out" / "deep" / "one.png")
    stage.put(stage.root / "here" / "one.png")
    stage.touched("out/deep", "here")
    (stage.root / "out").rename(stage.base / "elsewhere")
    stage.touched("out")
    stage.settle()
    stage.put(stage.base / "elsewhere" / "two.png")
    stage.put(stage.base / "elsewhere" / "deep" / "two.png")
    stage.only("here")


def test_a_tree_that_is_moved_out_and_in_again_is_watched(stage: WatchStage) -> None:
    """Under another name, and under the same one."""
    stage.put(stage.root / "out" / "deep" / "one.png")
    stage.touched("out/deep")
    for name in ("another", "out", "out"):
        current = next(path for path in stage.root.iterdir() if path.is_dir())
        current.rename(stage.base / "elsewhere")
        (stage.base / "elsewhere").rename(stage.root / name)
        stage.touched(name)
        stage.put(stage.root / "last.png")
        stage.touched("")
    stage.put(stage.root / "out" / "deep" / "two.png")
    stage.touched("out/deep")


def test_a_folder_that_is_renamed_inside_is_told_under_both_names(stage: WatchStage) -> None:
    """And watched under the new one; also one whose old or new name is litter."""
    stage.put(stage.root / "one" / "deep" / "one.png")
    stage.touched("one/deep")
    (stage.root / "one").rename(stage.root / "two")
    stage.touched("one", "two")
    stage.put(stage.root / "last.png")
    stage.touched("")
    stage.put(stage.root / "two" / "deep" / "two.png")
    stage.touched("two/deep")
    (stage.root / "two").rename(stage.root / "two.part")
    stage.touched("two")
    (stage.root / "two.part").rename(stage.root / "three")
    stage.touched("three")
    stage.settle()
    stage.only("three/deep")


def test_an_atomic_save_is_told(stage: WatchStage) -> None:
    """A file written under another name, litter even, and renamed: into place, from outside, over an old one."""
    (stage.root / "sub").mkdir()
    stage.touched("sub")
    for temporary in (stage.root / "sub" / ".new", stage.root / "sub" / "one.png.part", stage.base / "outside"):
        stage.seen.clear()
        temporary.write_bytes(b"x")
        temporary.replace(stage.root / "sub" / "one.png")
        stage.touched("sub")
    os.link(stage.root / "sub" / "one.png", stage.root / "linked.png")
    stage.touched("")


def test_what_is_removed_is_told(stage: WatchStage) -> None:
    """A file, and a folder with all that was in it."""
    stage.put(stage.root / "sub" / "deep" / "one.png")
    stage.put(stage.root / "two.png")
    stage.touched("sub/deep", "")
    stage.settle()
    (stage.root / "two.png").unlink()
    stage.touched("")
    stage.remove(stage.root / "sub")
    stage.touched("sub")
    stage.put(stage.root / "sub" / "deep" / "again.png")
    stage.touched("sub/deep")


def test_a_git_checkout_is_told_and_what_git_writes_for_itself_is_not(stage: WatchStage) -> None:
    """Both branches' folders; nothing below `.git`."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "gc.auto=0", "-c", "commit.gpgsign=false")
        subprocess.run(("git", *who, *arguments), cwd=stage.root, check=True, capture_output=True, timeout=60)

    git("init", "-q", "-b", "main")
    for number in range(20):
        stage.put(stage.root / f"summer{number}" / "one.png", b"%d" % number)
    git("add", "-A")
    git("commit", "-qm", "summer")
    git("checkout", "-qb", "winter")
    for number in range(20):
        (stage.root / f"summer{number}").rename(stage.root / f"winter{number}")
    git("add", "-A")
    git("commit", "-qm", "winter")
    stage.settle()
    git("checkout", "-q", "main")
    stage.touched(*(f"{season}{number}" for season in ("summer", "winter") for number in range(20)))
    told = {folder for hint in stage.seen if isinstance(hint, Touched) for folder in hint.folders}
    assert not any(folder.startswith(".git") for folder in told)
    stage.settle()
    git("gc", "-q")
    git("branch", "another")
    stage.only("summer7")


def test_fifty_thousand_files_at_once_end_in_a_look_at_everything(stage: WatchStage) -> None:
    """The kernel keeps 16,384 events: more are lost while the reader has no time for them, and a look at everything is
    told after that. What comes then is told as ever, also of folders whose making was lost."""
    folders = [f"f{number}" for number in range(50)]
    for folder in folders:
        stage.make(stage.root / folder)
    stage.touched(*folders)
    archive = stage.base / "pictures.tar"
    with tarfile.open(archive, "w") as tar:
        for number in range(BURST):
            member = tarfile.TarInfo(f"f{number % 50}/{number}.png")
            member.size = 1
            tar.addfile(member, io.BytesIO(b"x"))
    reader = next(thread for thread in threading.enumerate() if type(thread).__name__ == "_Kernel")
    handle, gate = reader.handle_event, threading.Event()

    def held(event: object) -> None:
        gate.wait()
        handle(event)

    reader.handle_event = held  # as on a machine that has other things to do
    try:
        subprocess.run(("tar", "-xf", archive, "-C", stage.root), check=True, timeout=120)
        stage.make(stage.root / "lost" / "in" / "the" / "flood")
    finally:
        gate.set()
    assert stage.until(Cause.OVERFLOW).albums == ("cats",)
    stage.settle()
    stage.only("lost/in/the/flood")


def test_ten_thousand_files_in_new_folders_are_told_folder_by_folder(stage: WatchStage) -> None:
    """Or all at once, where events are lost."""
    for number in range(200):
        (stage.root / f"f{number}").mkdir()
        for name in range(50):
            (stage.root / f"f{number}" / f"{name}.png").touch()
    stage.touched(*(f"f{number}" for number in range(200)))


def test_our_own_looking_makes_no_hint_and_costs_nothing(tmp_path: Path) -> None:
    """All files of 8,000 folders are listed, opened and read, twice: the kernel tells nothing of it, and the watching
    threads use no CPU time to speak of beside that of the reading."""
    stage = WatchStage(tmp_path, paced(check=5.0))
    for number in range(FOLDERS):
        folder = stage.root / f"{number // 100}" / f"{number}"
        folder.mkdir(parents=True)
        (folder / "one.png").write_bytes(b"x")
    stage.start()
    reader = next(thread for thread in threading.enumerate() if type(thread).__name__ == "_Kernel")
    events: list[object] = []
    handle = reader.handle_event
    reader.handle_event = lambda event: (events.append(event), handle(event))
    all_before, own_before = time.process_time(), time.thread_time()
    for _ in range(2):
        for folder, _, names in os.walk(stage.root):
            for name in names:
                (Path(folder) / name).read_bytes()
    own = time.thread_time() - own_before
    others = time.process_time() - all_before - own
    assert events == []
    assert others < 0.1 * own + 0.05
    stage.only("7/777")
    stage.watcher.close()


def test_looks_at_the_start_miss_nothing(tmp_path: Path) -> None:
    """A file that is written while the watches are laid is there before the first hint, or told after it."""
    stage = WatchStage(tmp_path)
    for number in range(300):
        (stage.root / f"{number:03}").mkdir(parents=True)
    writer = threading.Thread(target=lambda: [stage.put(stage.root / f"{n:03}" / "one.png") for n in range(300)])
    writer.start()
    stage.start()
    there = {path.parent.name for path in stage.root.glob("*/one.png")}
    writer.join()
    missing = {f"{number:03}" for number in range(300)} - there
    if missing:
        stage.touched(*missing)
    stage.watcher.close()


def test_names_that_are_no_text_are_told(stage: WatchStage) -> None:
    """Undecodable bytes, a newline, and names that look like patterns."""
    for name in (b"\xff\xfe", b"a\nb", b"**"):
        folder = os.fsdecode(name)
        (stage.root / folder).mkdir()
        (stage.root / folder / "one.png").write_bytes(b"x")
        stage.touched(folder)


def test_a_hint_is_told_once(stage: WatchStage) -> None:
    """And none comes when nothing happens, until the deadline."""
    stage.put(stage.root / "one.png")
    stage.settle()
    deadline = stage.clock.monotonic() + 0.3
    assert stage.watcher.next(deadline) is None
    assert stage.clock.monotonic() >= deadline
