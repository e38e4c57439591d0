"""A local Imgur on a socket, with something of everything on its pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from imgur_sync.simulator import Options, Running, running
from imgur_sync.simulator.drawing import grey

GIF = b"GIF89a" + b"\x21\0\x11\0" + b"\x21\xf9\x04" * 2
"""What a GIF that moves begins with."""
LONG = "A title that goes on for ever " * 4 + "and-has-a-word-that-is-longer-than-any-screen-is-wide" * 3


@dataclass
class PageStage:
    """A running simulator and who talks to it; `album` and `pictures` are ids."""

    server: Running
    web: httpx.Client
    album: str = ""
    pictures: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    moving: str = ""
    deletehash: str = ""

    def post(self, path: str, *, anonymous: bool = False, **body: Any) -> Any:
        """The data of a POST that succeeds."""
        whose = f"Client-ID {self.server.client_id}" if anonymous else f"Bearer {self.server.access_token}"
        reply = self.web.post(path, headers={"Authorization": whose}, **body)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def upload(self, shade: int, **fields: str) -> str:
        """A new picture's id."""
        files = {"image": ("x.png", grey(64, 48, shade, str(shade)))}
        return str(self.post("/3/upload", data=fields, files=files)["id"])

    def fill(self) -> None:
        """Albums open and hidden, long and empty; pictures, a video, rules, spending."""
        keys = [
            self.upload(40 * one, name=f"picture-{one}.png", title="" if one % 2 else f"Tom {one}") for one in range(5)
        ]
        self.pictures = tuple(keys)
        sent = {"ids[]": keys[:4], "title": "Cats", "privacy": "public", "description": "All of them\nin a row"}
        self.album = self.post("/3/album", data=sent)["id"]
        long = self.post("/3/album", data={"ids[]": keys[:1], "title": LONG, "description": LONG})["id"]
        for path, title in ((f"album/{long}", LONG), (f"image/{keys[4]}", "Tom")):
            self.post(f"/3/gallery/{path}", data={"title": title, "tags": f"cats,{LONG[-60:]}", "terms": "1"})
        gif = self.post("/3/upload", files={"image": ("x.gif", GIF)})
        self.moving, self.posts = gif["id"], (long, keys[4])
        self.deletehash = self.post("/3/upload", anonymous=True, files={"image": ("x.gif", GIF)})["deletehash"]
        self.post("/3/album", data={"privacy": "hidden"})
        self.post("/3/album", anonymous=True, data={"title": "Nobody's"})
        self.web.get("/3/image/none", headers={"Authorization": f"Bearer {self.server.access_token}"})
        self.steer("clock", {"advance": 3700})
        self.upload(250, name=LONG)
        self.steer("spend", {"credits": 30, "hit": True})
        self.steer("faults", [{"fault": "wait-429", "match": {"path": "/3/upload", "nth": 3}}, {"fault": "stale-read"}])
        self.steer("swarm", {"seed": "calm", "rates": {"html-503": 0}})

    def steer(self, what: str, sent: Any) -> None:
        """A POST to `/_simulator/`."""
        assert self.web.post(f"/_simulator/{what}", json=sent).status_code == 200

    def look(self, what: str) -> Any:
        """What `/_simulator/` shows."""
        return self.web.get(f"/_simulator/{what}").json()

    def stored(self) -> dict[str, Any]:
        """The album as stored."""
        return next(one for one in self.look("world")["albums"] if one["id"] == self.album)

    @property
    def paths(self) -> list[str]:
        """Every kind of page that is there."""
        seen = ["/", "/user/demo", f"/a/{self.album}", f"/{self.pictures[0]}", "/t/cats"]
        seen += [f"/gallery/{key}" for key in self.posts]
        more = [f"/i/{self.moving}.gifv", f"/delete/{self.deletehash}", "/gallery"]
        forms = ["/user/demo/edit", f"/a/{self.album}/edit", f"/{self.pictures[0]}/edit", "/faults", "/controls"]
        return [*seen, *(f"{path}?as=visitor" for path in seen), *forms, *more, "/meters", "/meters?hours=720"]


@contextlib.contextmanager
def page_stage(options: Options | None = None) -> Iterator[PageStage]:
    """The stage, filled."""
    with running(options) as server, httpx.Client(base_url=server.url, trust_env=False, timeout=240) as web:
        stage = PageStage(server, web)
        stage.fill()
        yield stage
