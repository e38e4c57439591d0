"""The status page of the real command against a local Imgur: what it shows while the daemon works, and who gets in."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from imgur_sync.errors import ExitCode
from tests.support.command import Workplace
from tests.support.inside import Inside
from tests.support.inside_daemon import InsideDaemon, live
from tests.support.mirror import HEAD, Mirror, mirror, table, until

PATIENCE = 60.0
ADDRESS = r"the status page is (http://\S+)\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Albums cats (five pictures, with a title of its own) and dogs (three)."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"))
        yield made


class Visitor:
    """A daemon with a page, and a browser in front of it. Tiles and style sheets are fetched as a browser does."""

    def __init__(self, address: str) -> None:
        self.web = httpx.Client(base_url=address, trust_env=False, verify=False, timeout=PATIENCE)

    def page(self) -> str:
        """The page, and everything that it refers to, which must be there."""
        reply = self.web.get("/")
        assert reply.status_code == 200
        for address in set(re.findall(r'(?:src|href)="([^"]*)"', reply.text)):
            assert address.startswith("/"), address
            found = self.web.get(address)
            assert found.status_code in (200, 404), address  # a picture may just have left
        return reply.text

    def until(self, *words: str) -> str:
        """Look again and again until the page says all of that."""
        found = [""]

        def says() -> bool:
            found[0] = self.web.get("/").text
            return all(word in found[0] for word in words)

        until(says, PATIENCE)
        return found[0]

    def metric(self, name: str) -> float:
        """One sample of the metrics."""
        text = self.web.get("/metrics").text
        found = re.search(rf"^imgur_sync_{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found is not None, text
        return float(found[1])


@contextmanager
def visited(place: Mirror) -> Iterator[tuple[Visitor, subprocess.Popen[str]]]:
    """Start a daemon with a page on a free port, and visit it."""
    process = place.place.start("watch", "--listen", "127.0.0.1:0")
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        found = re.search(ADDRESS, first)
        assert found is not None, first + process.stderr.read()
        visitor = Visitor(found[1])
        with visitor.web:
            yield visitor, process
    finally:
        process.kill()
        process.communicate()


def visit(place: Mirror, story: Callable[[Visitor], None], *arguments: str) -> str:
    """The same inside the test's process, while `story` runs; all that the daemon told."""

    def told(watch: InsideDaemon) -> None:
        watch.until(lambda: re.search(ADDRESS, watch.errors) is not None)
        found = re.search(ADDRESS, watch.errors)
        assert found is not None
        visitor = Visitor(found[1])
        with visitor.web:
            story(visitor)

    return live(place, told, *arguments)


def test_the_page_follows_what_the_daemon_does(here: Mirror) -> None:
    """Pictures appear in it as they are in their albums; an emptied folder keeps its pictures, and the page says what
    somebody has to decide; SIGTERM ends all of it."""
    quick = HEAD.replace("[budget]", '[watch]\nremoval_hold = "1s"\n[budget]')
    here.manifest(table("cats") + table("dogs"), head=quick)
    (here.folder / "cats" / "notes.txt").write_text("private")
    with visited(here) as (visitor, process):
        visitor.until("as its folder is", "5 pictures in it", "3 pictures in it", "finished: ")
        page = visitor.page()
        addresses = re.findall(r'<img src="([^"]*)"', page)
        shown = {visitor.web.get(address).content for address in addresses}
        assert shown == {path.read_bytes() for path in here.folder.glob("*/*.png")}
        assert visitor.metric("uploads_total") == 8
        assert visitor.metric("pictures") == 8
        assert visitor.web.get("/healthz").text == "ok\n"
        for path in ("/cats/notes.txt", "/cats/c0.png", "/p/..%2fcats%2fnotes.txt", "/sync.toml", "/p/c0.png"):
            assert visitor.web.get(path).status_code == 404
        assert visitor.web.post("/", content=b"x").status_code == 405
        assert visitor.web.get("/", headers={"Host": "evil.example"}).status_code == 421
        here.put("cats/new.png", 99)
        page = visitor.until("6 pictures in it", "cats: new.png is up")
        assert page.index('alt="new.png"') < page.index('alt="c0.png"')
        for path in (here.folder / "dogs").iterdir():
            path.unlink()
        page = visitor.until("<title>(1) imgur-sync watch</title>", "held back until somebody decides")
        assert "<strong>Gate</strong> dogs:" in page
        assert visitor.metric('waits{kind="gate"}') == 1
        visitor.page()
        assert len(here.shown("dogs")) == 3
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode == ExitCode.SIGTERM, told
        assert "Traceback" not in told
        with pytest.raises(httpx.ConnectError):
            visitor.web.get("/healthz")


def with_environment(here: Mirror, **more: str) -> Mirror:
    """The same folder, with more in the environment."""
    return Mirror(Workplace(here.folder, {**here.place.environment, **more}), here.server, here.web)


def test_what_is_on_the_page_is_in_no_way_a_key(here: Mirror) -> None:
    """No id, address or deletehash of a hidden album or picture, and no secret, also where a name holds one: neither on
    the page nor in metrics nor in the log."""
    environ = here.place.environ()
    secrets = [value for name, value in environ.items() if name.endswith(("_TOKEN", "_SECRET")) and value]
    here.put(f"cats/{secrets[0]}.png", 77)
    seen: list[str] = []

    def story(visitor: Visitor) -> None:
        visitor.until('alt="***.png"', "cats: ***.png is up", "6 pictures in it", "3 pictures in it")
        seen.extend([visitor.page(), visitor.web.get("/metrics").text, visitor.web.get("/still").text])

    told = visit(here, story, "--listen", "127.0.0.1:0") + "".join(seen)
    world = here.look("world")
    things = [*world["albums"], *world["images"]]
    keys = [value for thing in things for name, value in thing.items() if name in ("id", "deletehash") and value]
    assert len(keys) >= 11
    assert not [key for key in (*keys, *secrets) if key in told]
    assert "imgur.com" not in told
    assert 'album="' not in told


def test_what_cannot_be_served_is_told_at_the_start(here: Mirror) -> None:
    """Before anything is sent: no place, one that others reach, one that is taken."""
    here = replace(here, place=Inside(here.folder, here.place.environment))
    done = here.run("watch", "--listen", "0.0.0.0:0", code=ExitCode.USAGE)
    assert "can be reached from other machines" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = here.run("watch", "--listen", f"127.0.0.1:{port}", code=ExitCode.ERROR)
        assert f"no status page can be served on 127.0.0.1:{port}" in done.stderr
        assert "port 0 takes a free one" in done.stderr
    done = here.run("watch", code=ExitCode.USAGE, environ={"IMGUR_SYNC_LISTEN": "everywhere"})
    assert "IMGUR_SYNC_LISTEN" in done.stderr
    assert here.requests() == []


def test_the_settings_can_ask_for_it(here: Mirror) -> None:
    """The environment or config.toml; the flag comes first, and the manifest has no say."""
    (here.folder / "config").mkdir()
    (here.folder / "config" / "config.toml").write_text('[profiles.default]\nlisten = "[::1]:0"\n')
    configured = with_environment(here, IMGUR_SYNC_CONFIG_DIR=str(here.folder / "config"))

    def six(visitor: Visitor) -> None:
        assert str(visitor.web.base_url).startswith("http://[::1]:")
        assert visitor.web.get("/healthz").text == "ok\n"

    visit(configured, six, "--verbose")

    def four(visitor: Visitor) -> None:
        assert str(visitor.web.base_url).startswith("http://127.0.0.1:")

    visit(with_environment(configured, IMGUR_SYNC_LISTEN="127.0.0.1:0"), four, "--verbose")
    here.manifest(table("cats"), head=HEAD + '[watch]\nlisten = "127.0.0.1:0"\n')
    here.run("watch", code=ExitCode.UNREADABLE)


def test_a_program_reads_where_the_page_is(here: Mirror) -> None:
    """With --json, the first line; the flag comes before the environment."""
    place = with_environment(here, IMGUR_SYNC_LISTEN="127.0.0.1:1")
    process = place.place.start("watch", "--json", "--listen", "localhost:0")
    try:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert (line["event"], line["level"]) == ("listening", "info")
        found = re.fullmatch(r"the status page is (http://localhost:[0-9]+/)", line["text"])
        assert found is not None
        assert httpx.get(f"{found[1]}healthz", trust_env=False, verify=False, timeout=PATIENCE).text == "ok\n"
    finally:
        process.kill()
        process.communicate()


def test_without_being_asked_nothing_listens(here: Mirror) -> None:
    """The default: no listening socket, and no word of a page."""
    process = here.place.start("watch")
    assert process.stderr is not None
    try:
        told = process.stderr.readline()
        while "finished" not in told:
            line = process.stderr.readline()
            assert line, told
            told += line
        assert "status page" not in told
        own = {os.readlink(link) for link in Path(f"/proc/{process.pid}/fd").iterdir()}
        assert not [inode for inode in listening() if f"socket:[{inode}]" in own]
    finally:
        process.kill()
        process.communicate()


def listening() -> list[str]:
    """The inodes of all listening sockets of this machine; there are some: the simulator's is one."""
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    inodes = [row[9] for row in rows if row[3] == "0A"]
    assert inodes
    return inodes
