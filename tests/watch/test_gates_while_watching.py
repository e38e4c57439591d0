"""The gates about what Imgur holds trip in the installed daemon: each is told once, its plan is written, what to type
works, and the daemon goes on by itself."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
from pathlib import Path

from tests.support.command import PROGRAM
from tests.support.daemon import PACE, DaemonProcess, daemon
from tests.support.mirror import HEAD, LINEAGE, Mirror, mirror, sibling, table

GATES = {"cats": "restore=5", "dogs": "publish=1", "birds": "adopt=3"}


def in_trouble(imgur: Mirror) -> None:
    """cats lost all its pictures on Imgur, dogs is to become public, and birds names an album of three pictures that
    somebody else made."""
    other = sibling(imgur, "other")
    for number in range(3):
        other.put(f"birds/b{number}.png", 40 + number)
        imgur.put(f"birds/b{number}.png", 50 + number)
    other.manifest(table("birds"), head=HEAD.replace(LINEAGE, "m7w2c4yt"))
    other.run("apply", "-y")
    imgur.run("apply", "-y")
    for image in imgur.album("cats")["images"]:
        imgur.steer("edit", {"op": "delete_image", "id": image})
    imgur.put("foxes/f0.png", 60)
    birds = table("birds", f'id = "{imgur.album("birds")["id"]}"')
    imgur.manifest(table("cats") + table("dogs", 'privacy = "public"') + birds + table("foxes"), head=HEAD + PACE)


def tripped(watch: DaemonProcess, album: str) -> list[str]:
    """What was told of gates of an album."""
    return [line["text"] for line in watch.lines if line["event"] == "gate_tripped" and line["album"] == album]


def opened(watch: DaemonProcess, album: str) -> bool:
    """Whether a gate of the album holds no more."""
    return any(line["event"] == "gate_opened" and line["album"] == album for line in tuple(watch.lines))


def at_a_terminal(imgur: Mirror, typed: str, answer: str) -> None:
    """The command with these arguments, and what it asks for."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        subprocess.run(
            [PROGRAM, *shlex.split(typed)],
            cwd=imgur.folder,
            env=imgur.place.environ({}),
            stdin=theirs,
            capture_output=True,
            timeout=60,
            check=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_gates_about_imgur_in_the_daemon(tmp_path: Path) -> None:
    """restore, publish and adopt at once, beside an album that goes on."""
    with mirror(tmp_path) as imgur:
        in_trouble(imgur)
        with daemon(imgur) as watch:
            for album, approval in GATES.items():
                watch.await_told("gate_tripped", f"apply {album} --approve {approval}")
                plan = imgur.folder / ".imgur-sync" / "held" / f"{album}.txt"
                watch.until(plan.is_file)
                assert f"--approve {approval}" in plan.read_text()
                assert plan.stat().st_mode & 0o077 == 0
            watch.until(lambda: imgur.shown("foxes") == imgur.wanted("foxes"))
            for album, approval in GATES.items():
                assert f"--approve {approval}" in imgur.run("status").stdout
                (text,) = tripped(watch, album)
                typed = text.rpartition("imgur-sync ")[2]
                imgur.shell(f'"$SYNC" {typed} -y').check_returncode()
                watch.until(lambda album=album: opened(watch, album))
                watch.until(lambda album=album: not (imgur.folder / ".imgur-sync" / "held" / f"{album}.txt").exists())
            imgur.put("dogs/d9.png", 900)
            watch.until(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
            assert all(len(tripped(watch, album)) == 1 for album in GATES)
            assert watch.stop() == 143
        imgur.check_equal("cats", "dogs", "foxes")
        assert imgur.album("dogs")["privacy"] == "public"


def test_another_folder_that_is_accepted_is_taken_in_at_once(tmp_path: Path) -> None:
    """The gate root: what is typed about it sends nothing; the daemon does what that lets through."""
    with mirror(tmp_path) as imgur:
        imgur.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        imgur.run("apply", "-y")
        with daemon(imgur) as watch:
            watch.at_rest()
            (imgur.folder / "dogs").rename(imgur.folder / "away")
            imgur.put("dogs/d1.png", (imgur.folder / "away" / "d1.png").read_bytes())
            imgur.put("dogs/new.png", 70)
            imgur.put("cats/new.png", 71)
            watch.await_told("gate_tripped", "root accept dogs")
            watch.until(lambda: imgur.shown("cats") == imgur.wanted("cats"))
            assert len(imgur.shown("dogs")) == 3
            typed = tripped(watch, "dogs")[0].rpartition("imgur-sync ")[2]
            at_a_terminal(imgur, typed, "dogs")
            watch.until(lambda: opened(watch, "dogs"))
            watch.until(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
