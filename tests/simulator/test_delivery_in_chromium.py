"""Films and calls from other origins in a real browser (`test_pages_in_chromium.py` tells where there is none)."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.simulator import Running, running
from tests.support.chromium import Tab, browsing, program
from tests.support.page_stage import page_stage

pytestmark = pytest.mark.timeout(900)
CALL = """(async () => {
  const headers = { Authorization: "Bearer %(token)s" };
  const body = new URLSearchParams({ title: "Far" });
  const reply = await fetch("%(url)s/3/album", { method: "POST", headers, body });
  const read = await fetch("%(url)s/_simulator/world").then(() => "read", () => "refused");
  return [reply.status, (await reply.json()).success, reply.headers.get("x-ratelimit-userlimit"), read];
})()"""
FILM = """new Promise(done => {
  const film = document.createElement("video");
  if (!film.canPlayType('video/mp4; codecs="avc1.42C01E"')) done("no H.264 here");
  film.onloadeddata = () => done([film.videoWidth, film.videoHeight, film.duration]);
  film.onerror = () => done(film.error.message);
  film.src = "%s";
})"""


def outcome(tab: Tab, script: str) -> Any:
    """What a promise in the page comes to."""
    done = tab.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
    assert "exceptionDetails" not in done, done
    return done["result"].get("value")


@contextmanager
def elsewhere() -> Iterator[str]:
    """An empty page of another origin."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def called(server: Running, folder: Path) -> Any:
    """What a page elsewhere learns when it creates an album here, and asks what there is."""
    with elsewhere() as page, browsing(folder) as tab:
        tab.open(page)
        return outcome(tab, CALL % {"token": server.access_token, "url": server.url})


if program() is not None:

    def test_a_page_elsewhere_calls_the_api_and_does_not_steer(tmp_path: Path) -> None:
        with running() as server:
            assert called(server, tmp_path) == [200, True, None, "refused"]
            assert [album.title for album in server.albums()] == ["Far"]

    def test_a_browser_plays_the_film_of_a_gif(tmp_path: Path) -> None:
        """Where it knows H.264, which not every Chromium does."""
        with page_stage() as stage, browsing(tmp_path) as tab:
            tab.open(f"{stage.server.url}/i/{stage.moving}.gifv")
            told = outcome(tab, FILM % f"/{stage.moving}.mp4")
            assert told in ([34, 18, 1], "no H.264 here"), json.dumps(told)
