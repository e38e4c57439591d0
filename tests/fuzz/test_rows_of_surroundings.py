"""Odd manifests for commands that check none, full and read-only disks, a lock taken away, clocks that are wrong."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, UPLOAD, Mirror, apart, mirror, table, until
from tests.support.sync_stage import SyncStage


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two folders with a manifest, none of it sent yet."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """One synced mirror; each test puts its manifest back."""
    with mirror(tmp_path_factory.mktemp("shared"), kind=Inside) as made:
        made.run("apply", "-y", "-q")
        yield made


def pipe(path: Path) -> None:
    """Somebody may write into it, or never."""
    os.mkfifo(path)


def endless(path: Path) -> None:
    """A file without an end."""
    path.symlink_to("/dev/zero")


def deep(path: Path) -> None:
    """A key of 50,000 parts, which takes a TOML parser minutes."""
    path.write_text(HEAD + "x" + ".a" * 50_000 + " = 1\n")


def nested(path: Path) -> None:
    """100,000 lists."""
    path.write_text(HEAD + "x = " + "[" * 100_000 + "]" * 100_000 + "\n")


def directory(path: Path) -> None:
    """No file."""
    path.mkdir()


def wide(path: Path) -> None:
    """UTF-16."""
    path.write_text(HEAD + table("cats"), encoding="utf-16")


@pytest.mark.parametrize("make", [pipe, endless, deep, nested, directory, wide], ids=lambda value: value.__name__)
def test_commands_that_tell_from_the_state_need_no_good_manifest(make: Callable[[Path], None], shared: Mirror) -> None:
    """They warn, tell what the state knows, and end; the others refuse it. Nothing is waited for."""
    path, before = shared.folder / "sync.toml", shared.last()
    good = path.read_bytes()
    path.unlink()
    try:
        make(path)
        for command in ("status", "links", "history"):
            told = shared.run(command)
            assert "warning: the manifest cannot be read; see: imgur-sync validate" in told.stderr
            assert told.stdout.strip()
        for command in (["validate"], ["apply", "-y"], ["fmt"]):
            refused = shared.run(*command, code=65)
            assert str(path) in refused.stderr
        words = {"COMP_WORDS": "imgur-sync plan ", "COMP_CWORD": "2", "_IMGUR_SYNC_COMPLETE": "bash_complete"}
        assert shared.run(environ=words).stdout.strip() == ""
        assert shared.last() == before
    finally:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
        path.write_bytes(good)


def test_completion_offers_no_key_that_moves_a_cursor(shared: Mirror) -> None:
    """A manifest that nobody checked may hold any key."""
    path = shared.folder / "sync.toml"
    good = path.read_bytes()
    words = {"COMP_WORDS": "imgur-sync plan ", "COMP_CWORD": "2", "_IMGUR_SYNC_COMPLETE": "bash_complete"}
    try:
        path.write_text(
            HEAD + table('"\\u001b[31m"', folder="cats") + table('"a\\nplain,b"', folder="cats") + table("dogs")
        )
        told = shared.run(environ=words).stdout
    finally:
        path.write_bytes(good)
    assert told == "plain,dogs\n"


KEYS = ["\\U0001F408", "caf\\u00e9", "\\u202ecats", "a\\tb", "a/b/c", "-cats", ".cats", "a..b", "CATS", "", "a" * 101]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:12] or "empty")
def test_a_key_of_other_letters_is_refused_with_one_to_write(key: str, shared: Mirror) -> None:
    """An emoji, an accent, an override of direction, a path, capitals: 65, escaped, with the place."""
    odd = shared.folder / "odd.toml"
    odd.write_text(HEAD + table(f'"{key}"', folder="cats"))
    told = shared.run("validate", "-f", "odd.toml", code=65).stderr
    odd.unlink()
    assert ":6:9: " in told
    assert "cannot be the name of an album" in told
    assert "\u202e" not in told
    assert "[albums." in told


SMALL_DISK = """
set -e
mkdir -p .imgur-sync
mount -t tmpfs -o size={size}k,mode=700 tmpfs .imgur-sync
[ -d kept ] && cp -a kept/. .imgur-sync/
{before}
set +e
"$SYNC" apply -y
code=$?
rm -f .imgur-sync/filling
rm -rf kept && cp -a .imgur-sync kept
exit $code
"""


@pytest.mark.parametrize("size", [28, 120, 200, 260, 320])
def test_a_disk_that_is_full_stops_before_the_next_upload(size: int, here: Mirror) -> None:
    """A real file system without room, at the start and ever later: what cannot be written is told, exit 65 or 75, no
    picture is sent that could not be recorded; with room again everything is there once."""
    script = SMALL_DISK.format(size=size, before="true")
    done = here.shell(f"cat > run.sh <<'END'\n{script}\nEND\nunshare -Urm bash run.sh")
    assert "Traceback" not in done.stderr, done.stderr
    assert "internal error" not in done.stderr, done.stderr
    assert done.returncode in (0, 65, 75), (done.returncode, done.stderr)
    if done.returncode:
        assert "full" in done.stderr or "No space left" in done.stderr or "cannot be" in done.stderr, done.stderr
        assert "hint: " in done.stderr
    else:
        assert size > 28
    large = SMALL_DISK.format(size=8000, before="true")
    done = here.shell(f"cat > run.sh <<'END'\n{large}\nEND\nunshare -Urm bash run.sh")
    assert done.returncode == 0, done.stderr
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8


def test_a_state_on_a_read_only_disk_sends_nothing(here: Mirror) -> None:
    """At the start, and a disk that the system made read-only after an error; reading commands go on."""
    ready = SMALL_DISK.format(size=8000, before="mount -o remount,ro .imgur-sync")
    done = here.shell(f"cat > run.sh <<'END'\n{ready}\nEND\nunshare -Urm bash run.sh")
    assert done.returncode == 65, done.stderr
    assert "Read-only file system" in done.stderr or "readonly" in done.stderr or "cannot be" in done.stderr
    assert "hint: " in done.stderr
    assert here.writes() == []
    here.run("apply", "-y", "-q")
    before = here.last()
    here.put("cats/more.png", 50)
    script = 'mount --bind .imgur-sync .imgur-sync && mount -o remount,bind,ro .imgur-sync; "$SYNC" status && '
    done = here.shell(f'unshare -Urm bash -c \'{script} "$SYNC" plan; "$SYNC" apply -y\'')
    assert done.returncode == 65, done.stderr
    assert "Traceback" not in done.stderr
    assert "more.png" in done.stdout
    assert here.writes(before) == []
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")


def test_a_lock_that_is_taken_away_in_the_middle_is_noticed(here: Mirror) -> None:
    """Somebody removes run.lock: the run ends as soon as it sees that it no longer guards anything, and says so."""
    here = apart(here)
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "delay", "seconds": 1}])
    process = here.place.start("apply", "-y")
    try:
        until(lambda: len(here.received()) >= 1)
        (here.folder / ".imgur-sync" / "run.lock").unlink()
        out, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in told
    assert process.returncode == 65, (process.returncode, out, told)
    assert "run.lock" in told
    assert "while this run held it" in told
    here.calm()
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8


def test_a_killed_holder_is_taken_over(here: Mirror) -> None:
    """Its lock is free at once, and nobody has to remove anything."""
    here = apart(here)
    here.steer("faults", [{"match": {**UPLOAD, "nth": 1}, "fault": "delay", "seconds": 20}])
    process = here.place.start("apply", "-y")
    try:
        until(lambda: any(request["path"] == "/3/upload" for request in here.requests()))
        assert "another run works here: apply (pid " in here.run("apply", "-y", code=5).stderr
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    finally:
        process.kill()
        process.communicate()
    here.calm()
    here.run("apply", "-y", "-q", code=None)
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")


class SetClock:
    """The clock of the program, apart from Imgur's: off by `off` seconds, and set by `jump` at the n-th request."""

    def __init__(self, base: Any, off: float) -> None:
        self._base = base
        self.counts_sleep = True
        self.off = off

    def now(self) -> float:
        """What the machine shows."""
        return float(self._base.now()) + self.off

    def monotonic(self) -> float:
        """What has passed."""
        return float(self._base.monotonic())

    def advance(self, seconds: float) -> None:
        """For both."""
        self._base.advance(seconds)


YEAR = 365 * 86_400.0


@pytest.mark.parametrize("jump_at", [0, 1, 3, 5, 8])
@pytest.mark.parametrize(
    ("off", "jump"),
    [
        pytest.param(-1_800_000_000.0, 0.0, id="1970"),
        pytest.param(10 * YEAR, 0.0, id="in ten years"),
        pytest.param(0.0, -86_400.0, id="a day back"),
        pytest.param(0.0, -10 * YEAR, id="ten years back"),
        pytest.param(-1_800_000_000.0, 1_800_000_000.0, id="from 1970 to now"),
        pytest.param(0.0, 80 * YEAR, id="to 2107"),
    ],
)
def test_a_clock_that_is_wrong_or_set_costs_nothing(off: float, jump: float, jump_at: int, tmp_path: Path) -> None:
    """Everything is there once, also after an answer was lost; the next plan is empty."""
    with SyncStage(tmp_path) as stage:
        clock = SetClock(stage.clock, off)
        stage.clock = clock
        root = stage.album("cats")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        stage.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "drop_after"}])
        ports = stage._ports

        def jumping(*given: Any) -> Any:
            made = ports(*given)
            count = [0]
            before = made.workers.before_job

            def strike(number: int) -> None:
                before(number)
                count[0] += 1
                if count[0] == jump_at:
                    clock.off += jump

            made.workers.before_job = strike
            return made

        stage._ports = jumping
        codes = []
        for _ in range(4):
            codes.append(stage.apply().codes[0])
            clock.advance(300)
            if codes[-1] == 0:
                break
        assert codes[-1] == 0, codes
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 4
        assert stage.plan().albums == ()
        assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in root.iterdir()}) == 4
