"""Whom a daemon tells: a hook, a service manager, a log."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import PACE, daemon
from tests.support.inside import Inside
from tests.support.inside_daemon import InsideDaemon, live
from tests.support.mirror import HEAD, Mirror, all_still, mirror, table
from tests.support.shape_check import check_document

HOOK = "import pathlib, sys\nwith pathlib.Path({!r}).open('a') as file: file.write(sys.stdin.read().strip() + chr(10))"


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums that are in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        assert Inside(made.place.folder, made.place.environment).run("apply", "-y").returncode == 0
        yield made


def with_environment(imgur: Mirror, **more: str) -> Mirror:
    """The same with more in the environment."""
    return replace(imgur, place=replace(imgur.place, environment={**imgur.place.environment, **more}))


def test_the_hook_hears_of_passes_that_did_something_and_of_gates(imgur: Mirror) -> None:
    """One document each, without links and ids; passes that found nothing to do are none."""
    all_still(imgur.folder)
    heard = imgur.folder.parent / "heard.jsonl"
    command = json.dumps([sys.executable, "-c", HOOK.format(str(heard))])

    def story(watch: InsideDaemon) -> None:
        watch.at_rest()
        imgur.put("dogs/d9.png", 99)
        watch.until(lambda: heard.exists() and '"uploaded": 1' in heard.read_text())
        for number in range(4):
            (imgur.folder / "cats" / f"c{number}.png").unlink()
        watch.until(lambda: "hook_gate" in heard.read_text())

    live(with_environment(imgur, IMGUR_SYNC_HOOK=command), story, "--json", "-v")
    documents = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [document["kind"] for document in documents] == ["hook_run", "hook_gate"]
    assert documents[0]["command"] == "watch"
    assert documents[1]["type"].endswith("apply cats --approve prune=4")
    assert imgur.album("dogs")["id"] not in heard.read_text()


def test_a_file_that_is_being_written_alarms_nobody(imgur: Mirror) -> None:
    """Neither as the daemon begins nor later: what could be done is told as done, the file when it is up."""
    heard, growing = imgur.folder.parent / "heard.jsonl", imgur.folder / "cats" / "c9.png"
    command = json.dumps([sys.executable, "-c", HOOK.format(str(heard))])
    imgur.put("cats/c9.png", 95)

    def story(watch: InsideDaemon) -> None:
        def while_it_grows(condition: Callable[[], bool]) -> None:
            watch.until(lambda: os.utime(growing) is None and condition())

        while_it_grows(lambda: bool(watch.lines) and watch.lines[-1]["event"] == "asleep")
        imgur.put("dogs/d9.png", 99)
        while_it_grows(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
        (imgur.folder / "dogs" / "d0.png").unlink()
        while_it_grows(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
        watch.until(lambda: imgur.shown("cats") == imgur.wanted("cats"))
        watch.until(lambda: sum(document["uploaded"] for document in documents()) == 2)

    def documents() -> list[dict[str, Any]]:
        whole = heard.read_text().rpartition("\n")[0] if heard.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    live(with_environment(imgur, IMGUR_SYNC_HOOK=command), story, "--json", "-v")
    assert {tuple(document["exit_codes"]) for document in documents()} == {(0,)}
    assert all(not album["problems"] for document in documents() for album in document["albums"])


def test_another_hook_is_told_when_the_settings_name_one(imgur: Mirror) -> None:
    """After SIGHUP; of settings that cannot be read the log tells, and the daemon goes on."""
    config = imgur.folder / "config" / "config.toml"
    config.parent.mkdir()
    heard = {name: imgur.folder.parent / name for name in ("first", "second")}

    def name_hook(name: str) -> None:
        command = json.dumps([sys.executable, "-c", HOOK.format(str(heard[name]))])
        config.write_text(f"[profiles.default]\nhook = {command}\n")

    def story(watch: InsideDaemon) -> None:
        watch.at_rest()
        imgur.put("dogs/d8.png", 98)
        watch.until(heard["first"].exists)
        name_hook("second")
        watch.signal(signal.SIGHUP)
        watch.await_told("reloaded")
        watch.at_rest()
        imgur.put("dogs/d9.png", 99)
        watch.until(heard["second"].exists)
        config.write_text("[profiles.default]\nhook = 7\n")
        watch.signal(signal.SIGHUP)
        watch.await_told("hook", "config.toml: hook: this is no list of texts")
        watch.at_rest()

    name_hook("first")
    live(with_environment(imgur, IMGUR_SYNC_CONFIG_DIR=str(config.parent)), story, "--json", "-v")
    assert len(heard["first"].read_text().splitlines()) == 1
    assert '"uploaded": 1' in heard["second"].read_text().splitlines()[0]


def test_the_journal_dates_its_lines_itself(imgur: Mirror) -> None:
    """Where stderr goes to it, lines bear no date; otherwise they do. With -q only what somebody has to know."""

    def story(watch: InsideDaemon) -> None:
        watch.until(lambda: "watching 2 albums" in watch.errors)
        imgur.put("dogs/d9.png", 99)
        watch.until(lambda: "d9.png is up" in watch.errors)

    told = live(with_environment(imgur, JOURNAL_STREAM="1:2"), story, end=signal.SIGINT)
    assert re.search(r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  watching 2 albums$", told, re.MULTILINE)

    def quiet(watch: InsideDaemon) -> None:
        for number in range(4):
            (imgur.folder / "cats" / f"c{number}.png").unlink()
        watch.until(lambda: "--approve prune=4" in watch.errors)

    (imgur.folder / "cats" / "broken.png").write_bytes(b"")  # what stirs it at once
    told = live(imgur, quiet, "-q")
    assert "watching" not in told


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

        def story(watch: InsideDaemon) -> None:
            watch.until(lambda: told("READY=1"))
            watch.until(lambda: told("STATUS=nothing to do until"))
            heard.clear()
            watch.until(lambda: told("WATCHDOG=1"))
            heard.clear()
            watch.signal(signal.SIGHUP)
            watch.until(lambda: told("RELOADING=1"))
            watch.until(lambda: told("READY=1"))
            heard.clear()

        managed = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(2 * 10**6), "WATCHDOG_PID": str(os.getpid())}
        live(with_environment(imgur, **managed), story, "--json", "-v")
        assert told("STOPPING=1")


def test_the_log_is_for_people_unless_json_is_asked_for(imgur: Mirror) -> None:
    """Dated lines on stderr, what matters and no more; nothing on stdout; with --events JSON in a file."""
    events = imgur.folder.parent / "events.jsonl"
    process = imgur.place.start("watch", "--events", str(events))
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
    written = [json.loads(line) for line in events.read_text().splitlines()]
    for line in written:
        check_document(line, "watch_event")
    assert [line["text"] for line in written][:1] == ["watching 2 albums"]
    assert "dogs: d9.png is up" in [line["text"] for line in written]
