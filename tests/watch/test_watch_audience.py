"""Whom a daemon tells: a hook, a service manager, a log."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.daemon import PACE, daemon
from tests.support.mirror import HEAD, Mirror, mirror, table

HOOK = "import sys; open({!r}, 'a').write(sys.stdin.read().strip() + chr(10))"


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums that are in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        made.run("apply", "-y")
        yield made


def with_environment(imgur: Mirror, **more: str) -> Mirror:
    """The same with more in the environment."""
    return replace(imgur, place=replace(imgur.place, environment={**imgur.place.environment, **more}))


def test_the_hook_hears_of_passes_that_did_something_and_of_gates(imgur: Mirror) -> None:
    """One document each, without links and ids; passes that found nothing to do are none."""
    heard = imgur.folder.parent / "heard.jsonl"
    command = json.dumps([sys.executable, "-c", HOOK.format(str(heard))])
    with daemon(with_environment(imgur, IMGUR_SYNC_HOOK=command)) as watch:
        watch.at_rest()
        imgur.put("dogs/d9.png", 99)
        watch.until(lambda: heard.exists() and '"uploaded": 1' in heard.read_text())
        for number in range(4):
            (imgur.folder / "cats" / f"c{number}.png").unlink()
        watch.until(lambda: "hook_gate" in heard.read_text())
        assert watch.stop() == 143
    documents = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [document["kind"] for document in documents] == ["hook_run", "hook_gate"]
    assert documents[0]["command"] == "watch"
    assert documents[1]["type"].endswith("apply cats --approve prune=4")
    assert imgur.album("dogs")["id"] not in heard.read_text()


def test_a_hook_that_hangs_delays_nothing(imgur: Mirror) -> None:
    """The next picture goes up meanwhile, and the end comes at once."""
    command = json.dumps([sys.executable, "-c", "import time; time.sleep(600)"])
    with daemon(with_environment(imgur, IMGUR_SYNC_HOOK=command)) as watch:
        watch.at_rest()
        for number in range(3):
            imgur.put(f"dogs/e{number}.png", 90 + number)
            watch.until(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
        assert watch.stop() == 143


def test_a_service_manager_is_told_when_it_is_ready_alive_and_gone(imgur: Mirror) -> None:
    """READY, WATCHDOG, RELOADING and READY again after SIGHUP, STATUS, STOPPING."""
    path = imgur.folder.parent / "n.sock"
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.setblocking(False)

        def told(word: str) -> bool:
            try:
                while True:
                    heard.extend(manager.recv(4096).decode().splitlines())
            except BlockingIOError:
                return any(line.startswith(word) for line in heard)

        with daemon(with_environment(imgur, NOTIFY_SOCKET=str(path), WATCHDOG_USEC="2000000")) as watch:
            watch.until(lambda: told("READY=1"))
            watch.until(lambda: told("STATUS=nothing to do until"))
            heard.clear()
            watch.until(lambda: told("WATCHDOG=1"))
            heard.clear()
            watch.process.send_signal(signal.SIGHUP)
            watch.until(lambda: told("RELOADING=1"))
            watch.until(lambda: told("READY=1"))
            heard.clear()
            assert watch.stop() == 143
            assert told("STOPPING=1")


def test_the_log_is_for_people_unless_json_is_asked_for(imgur: Mirror) -> None:
    """Dated lines on stderr, what matters and no more; nothing on stdout."""
    process = imgur.place.start("watch")
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        imgur.put("dogs/d9.png", 99)
        lines = iter(process.stderr.readline, "")
        second = next(line for line in lines if "finished: 0 uploads" not in line)  # the file came into the first pass
    finally:
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    assert first.endswith("  watching 2 albums\n")
    assert second.endswith("  dogs: d9.png is up\n")
    assert "finished: 1 upload" in rest
    assert out == ""
