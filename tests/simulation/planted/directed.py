"""Mistakes that no history in one process can show: each is caught by a check with real processes, files and system
calls. Most of these checks are tests of the suite, called with the mistake planted and without."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from imgur_sync.errors import ManifestError, StateError
from imgur_sync.local import listing, look, scan, walk
from imgur_sync.manifest import load, words
from imgur_sync.manifest.faults import Fault
from imgur_sync.state import database
from imgur_sync.state.lock import FileLock
from imgur_sync.state.tokens import FileTokens
from imgur_sync.watch.turns import LONGEST_YEARS, Timers
from tests.simulation.planted import deciding, reading
from tests.simulation.planted.patching import Bug, everywhere, methods, together

Check = Callable[[Path, str], None]
"""Raises where the program is wrong. The text is Python that plants the mistake in another process, or nothing."""


@dataclass(frozen=True, slots=True)
class Directed:
    """A bug, and the check that catches it, with its name for people."""

    bug: Bug
    check: Check
    called: str


def _no_fsync() -> AbstractContextManager[Any]:
    """Databases are opened with synchronous = OFF."""
    connect = database.connect

    def fast(path: Path, *, mode: str = "rw", synchronous: str = "FULL", busy: float = 20.0) -> Any:
        return connect(path, mode=mode, synchronous="OFF", busy=busy)

    return everywhere(connect, fast)


SENDS = """
import os, sys
from pathlib import Path
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, upload
with open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True) as store:
    store.record(CATS)
    print("level", store._connection.execute("PRAGMA synchronous").fetchone()[0], flush=True)
    store.open_intent(upload())
    os.write(1, b"SENT")
"""
_CALL = re.compile(r"\d+ +(\w+)\(\d+<([^>]*)>(.*)")


def what_is_recorded_is_synced(folder: Path, prelude: str) -> None:
    """Between the last write of an intent and the request there is a sync of that file: in strace's notes, or, where
    nothing can be traced, by what SQLite says of itself."""
    log, strace = folder / "calls", shutil.which("strace")
    command = [sys.executable, "-c", prelude + SENDS, str(folder / "state.db")]
    if strace is None or subprocess.run([strace, "-qq", "-e", "trace=none", "true"], check=False).returncode:
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "level 2" in told, "SQLite does not sync"
        return
    tracer = [
        strace,
        "-f",
        "-qq",
        "-y",
        "-e",
        "trace=write,pwrite64,fsync,fdatasync",
        "-e",
        "signal=none",
        "-o",
        str(log),
    ]
    subprocess.run([*tracer, *command], check=True, capture_output=True)
    open_writes = 0
    for line in log.read_text(errors="replace").splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        name, path, rest = call.groups()
        if path.endswith("state.db-wal"):
            open_writes = 0 if name in ("fsync", "fdatasync") else open_writes + 1
        if name == "write" and '"SENT"' in rest:
            assert not open_writes, f"sent while {open_writes} writes were not synced"
            return
    raise LookupError("nothing was sent")


def _drop_lock_on_fork() -> AbstractContextManager[Any]:
    """Nobody asks which process holds the lock."""

    def lost(self: FileLock) -> bool:
        return self._held is not None and self._held[1:] != self._identity()

    @contextmanager
    def hold(self: FileLock, command: str) -> Iterator[None]:
        connection, identity = self._taken(command)
        self._held = (0, *identity)
        try:
            yield
            if self.lost():
                raise StateError("the lock was lost", hint="")
        finally:
            self._held = None
            connection.close()

    return methods(FileLock, lost=lost, hold=hold)


def the_lock_is_not_carried_across_a_fork(folder: Path, prelude: str) -> None:
    """The test of that name."""
    _tests("state.test_lock_processes").test_the_lock_is_not_carried_across_a_fork(folder)


def _unlink_lock() -> AbstractContextManager[Any]:
    """Who is done tidies up."""
    held = FileLock.hold

    @contextmanager
    def hold(self: FileLock, command: str) -> Iterator[None]:
        with held(self, command):
            yield
        self._path.unlink(missing_ok=True)

    return methods(FileLock, hold=hold)


def the_lock_file_stays(folder: Path, prelude: str) -> None:
    """The test that looks what a lock leaves behind: another process may have opened the file already."""
    module = _tests("state.test_lock_processes")
    module.test_the_lock_file_is_private_and_has_a_private_folder(folder, 0o077)


def _refresh_without_lock() -> AbstractContextManager[Any]:
    """Each process refreshes when it likes."""
    return methods(FileTokens, refreshing=lambda self: nullcontext())


def one_refreshes_at_a_time(folder: Path, prelude: str) -> None:
    """The test in which another process is refreshing."""
    child = importlib.import_module("tests.state.conftest").Child
    started: list[Any] = []

    def start(script: str, *arguments: object) -> Any:
        started.append(child(script, *(str(argument) for argument in arguments)))
        return started[-1]

    try:
        _tests("state.test_token_files").test_a_kill_gives_refreshing_back(folder, start)
    finally:
        for one in started:
            one.close()


def _pydantic_error_printed() -> AbstractContextManager[Any]:
    """What pydantic says goes out, with what it was given."""
    faults = words.faults

    def printed(error: Any) -> Iterable[Fault]:
        for one, fault in zip(error.errors(), faults(error), strict=True):
            yield replace(fault, what=f"{fault.what}: {one['msg']} [input_value={one['input']!r}]")

    return everywhere(faults, printed)


def a_secret_in_the_manifest_is_not_shown(folder: Path, prelude: str) -> None:
    """The test of secret keys, with one of its texts."""
    module = _tests("manifest.test_manifest_secrets")

    def problems(text: str) -> Any:
        (folder / "sync.toml").write_text(text)
        try:
            load(None, directory=folder)
        except ManifestError as error:
            return error.problems
        return ()

    text = f'client_secret = "{module.CANARY}"\n'
    module.test_a_secret_key_is_refused_and_its_value_not_shown(problems, text, 2, 1)


def _follow_symlink() -> AbstractContextManager[Any]:
    """Files are opened and asked for as it is usual: links lead where they lead."""

    def entries(fd: int) -> list[Any]:
        found = []
        with os.scandir(fd) as there:
            for entry in there:
                try:
                    row = entry.stat()
                except OSError:
                    row = entry.stat(follow_symlinks=False)
                kind = row.st_mode & 0o170000
                times = (row.st_size, row.st_mtime_ns, row.st_ctime_ns) if kind != 0o040000 else (0, 0, 0)
                found.append((entry.name, *times, row.st_ino, kind))
        return found

    files, below = walk.FILE_FLAGS & ~os.O_NOFOLLOW, walk.FOLDER_FLAGS & ~os.O_NOFOLLOW
    return together(
        everywhere(listing._entries, entries),
        *(patch.object(module, "FILE_FLAGS", files) for module in (walk, look)),
        *(patch.object(module, "FOLDER_FLAGS", below) for module in (walk, scan)),
    )


def links_are_not_followed(folder: Path, prelude: str) -> None:
    """The test of links of every kind."""
    album = importlib.import_module("tests.support.album_folder").AlbumFolder
    (folder / "cats").mkdir()
    _tests("local.test_local_confinement").test_links_are_not_followed_and_named_when_they_look_like_pictures(
        album(folder / "cats")
    )


def nothing_unseen_is_in_order(folder: Path, prelude: str) -> None:
    """The test in which the budget ends before any one request."""
    module = _tests("executor.test_unseen_albums")
    module.test_albums_that_a_run_could_not_look_at_again_are_put_in_order_by_the_next(1, 1, folder)


def edits_that_never_arrived_are_sent_again(folder: Path, prelude: str) -> None:
    """The test in which three runs lose the same edit."""
    module, pictures = _tests("executor.test_unanswered_edits"), _tests("support.sync_stage")
    with pictures.SyncStage(folder) as stage:
        stage.album("cats", image_title="{stem}")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (0,)
        stage.clock.advance(5000)
        module.test_edits_that_never_arrived_are_sent_again(stage, "order")


def _tests(name: str) -> Any:
    return importlib.import_module(f"tests.{name}")


def all_figures_are_read(folder: Path, prelude: str) -> None:
    """The headers as they were seen in the wild, with seconds until the reset."""
    _tests("imgur.test_imgur_limits").test_all_figures_are_read()


def _watch_trusts_events() -> AbstractContextManager[Any]:
    """No full look at the folders is ever due again."""

    def never(self: Timers, now: float) -> None:
        self.rescan_at = now + LONGEST_YEARS

    return methods(Timers, rescanned=never)


def what_events_miss_is_found(folder: Path, prelude: str) -> None:
    """The test in which all events are lost."""
    module = _tests("watch.test_lost_events")
    with module.deaf_stage(folder) as days:
        module.test_without_events_a_new_file_is_found(days)


DIRECTED: dict[str, Directed] = {
    one.bug.name: one
    for one in (
        Directed(
            Bug(
                "read header as epoch",
                "a number of seconds until a reset is taken for a date",
                reading.read_header_as_epoch,
            ),
            all_figures_are_read,
            "imgur/test_imgur_limits.py::test_all_figures_are_read",
        ),
        Directed(
            Bug("no fsync", "what is written down may still be lost when the request leaves", _no_fsync),
            what_is_recorded_is_synced,
            "planted/directed.py::what_is_recorded_is_synced (strace)",
        ),
        Directed(
            Bug("follow symlink", "a link leads out of the album's folder", _follow_symlink),
            links_are_not_followed,
            "local/test_local_confinement.py::test_links_are_not_followed_and_named_when_they_look_like_pictures",
        ),
        Directed(
            Bug("drop lock on fork", "a child thinks that it holds its parent's lock", _drop_lock_on_fork),
            the_lock_is_not_carried_across_a_fork,
            "state/test_lock_processes.py::test_the_lock_is_not_carried_across_a_fork",
        ),
        Directed(
            Bug("unlink lock", "who is done removes a file that another one is about to lock", _unlink_lock),
            the_lock_file_stays,
            "state/test_lock_processes.py::test_the_lock_file_is_private_and_has_a_private_folder",
        ),
        Directed(
            Bug("refresh without lock", "two processes trade the same refresh token", _refresh_without_lock),
            one_refreshes_at_a_time,
            "state/test_token_files.py::test_a_kill_gives_refreshing_back",
        ),
        Directed(
            Bug("pydantic error printed", "a message repeats what stands in the manifest", _pydantic_error_printed),
            a_secret_in_the_manifest_is_not_shown,
            "manifest/test_manifest_secrets.py::test_a_secret_key_is_refused_and_its_value_not_shown",
        ),
        Directed(
            Bug("close an unseen round", "albums nobody looked at again are in order", deciding.close_an_unseen_round),
            nothing_unseen_is_in_order,
            "executor/test_unseen_albums.py::test_albums_that_a_run_could_not_look_at_again_are_put_in_order_by_the_next",
        ),
        Directed(
            Bug("unanswered edit is ignored", "what never arrived was refused", deciding.unanswered_edit_is_ignored),
            edits_that_never_arrived_are_sent_again,
            "executor/test_unanswered_edits.py::test_edits_that_never_arrived_are_sent_again",
        ),
        Directed(
            Bug("watch trusts events", "what events missed is never looked for", _watch_trusts_events),
            what_events_miss_is_found,
            "watch/test_lost_events.py::test_without_events_a_new_file_is_found",
        ),
    )
}
"""The bugs that checks with real processes and files must catch."""
PRELUDE = """
from tests.simulation.planted.directed import DIRECTED
PLANTED = DIRECTED[{name!r}].bug.plant()
PLANTED.__enter__()
"""


def failure(one: Directed, folder: Path, *, planted: bool) -> str:
    """How the check failed; "" where it passed."""
    prelude = PRELUDE.format(name=one.bug.name) if planted else ""
    folder.mkdir(parents=True)
    with one.bug.plant() if planted else nullcontext():
        try:
            one.check(folder, prelude)
        except LookupError:
            raise  # the check itself is broken
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return f"{type(error).__name__}: {error}"[:200]
    return ""
