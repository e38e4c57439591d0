"""What uploads cost, in exact counts: bytes on the wire and credits."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import pytest

from imgur_sync.executor import ThreadWorkers
from imgur_sync.imgur.wire import Multipart
from imgur_sync.simulator import Limits, Options, running
from tests.benchmarks import applying, bench_upload, bodies
from tests.support.sync_stage import SyncStage


def test_a_body_is_hardly_longer_than_its_file(tmp_path: Path) -> None:
    """U4: a file of 500 KB goes out once, as it is, with less than half a per cent around it."""
    with SyncStage(tmp_path) as stage:
        counts = bodies.count(stage, files=3, size=500_000)
    assert 1 < counts["body_bytes"] / counts["file_bytes"] <= 1.005


def test_a_run_without_faults_spends_the_least_credits(tmp_path: Path) -> None:
    """U7: a new album takes its creation, ten for each picture and one edit.

    Read are the account's albums, the album before its first upload and before its edit, and what came of it.
    """
    with SyncStage(tmp_path) as stage:
        counts = bodies.count(stage, files=7, size=1_000)
    assert counts["write_credits"] == counts["least_write_credits"] == 72
    assert counts["read_credits"] == 4
    assert counts["charged"] == 76


def test_what_is_read_around_uploads_does_not_grow_with_them(tmp_path: Path) -> None:
    """U7: as many reads for thirty pictures as for three."""
    reads = []
    for files in (3, 30):
        with SyncStage(tmp_path / str(files)) as stage:
            reads.append(bodies.count(stage, files=files, size=1_000)["read_credits"])
    assert reads[0] == reads[1]


def bodies_alive() -> list[Multipart]:
    """The bodies of uploads that this process holds."""
    return [found for found in gc.get_objects() if isinstance(found, Multipart)]


def test_a_body_is_let_go_when_its_sending_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """U5: no buffer waits for the collector of circular references, which may come many uploads later."""
    bench_upload.album_of(tmp_path, files=5, size=1_000, in_flight=2)
    with running(Options(limits=Limits(0, 0, 0, 0))) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("IMGUR_SYNC_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("IMGUR_SYNC_CONFIG_DIR", str(tmp_path / "config"))
        gc.collect()
        gc.disable()
        try:
            others = {id(body): body for body in bodies_alive()}
            told = applying.run(tmp_path)
            alive = [body for body in bodies_alive() if id(body) not in others]
        finally:
            gc.enable()
    assert told["uploaded"] == 5
    assert not alive


class Buffer:
    """Stands for the bytes of a file."""


def test_an_idle_worker_keeps_nothing_of_its_last_job() -> None:
    """U5: what a job returned belongs to whoever took its completion."""
    workers = ThreadWorkers(1)
    started, ended = threading.Event(), threading.Event()

    def second() -> None:
        started.set()
        ended.wait()

    try:
        workers.submit(1, Buffer)
        completion = workers.next(None)
        assert completion is not None
        buffer = weakref.ref(completion.value)
        del completion
        workers.submit(2, second)
        started.wait()  # so the worker is through with the first one
        assert buffer() is None
    finally:
        ended.set()
        workers.next(None)
        workers.close()
