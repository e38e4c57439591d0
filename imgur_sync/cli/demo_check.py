"""What the local Imgur says happened, held against the folders: the demo's own referee."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imgur_sync.cli.demo_folder import ALBUMS, DemoAlbum, contents
from imgur_sync.errors import ImgurSyncError
from imgur_sync.report.figures import plural


@dataclass(frozen=True, slots=True)
class Figures:
    """What the local Imgur counted: credits, uploads, other calls that write, calls that only read."""

    credits: int
    uploads: int
    edits: int
    reads: int

    def since(self, earlier: Figures) -> Figures:
        """What came on top of `earlier`."""
        return Figures(
            self.credits - earlier.credits,
            self.uploads - earlier.uploads,
            self.edits - earlier.edits,
            self.reads - earlier.reads,
        )

    def __str__(self) -> str:
        kinds = ((self.uploads, "upload"), (self.edits, "other write"), (self.reads, "read"))
        return f"{plural(self.credits, 'credit')}: {', '.join(plural(count, kind) for count, kind in kinds)}"


def ask(origin: str, path: str) -> Any:
    """The JSON at `path` of the local Imgur. Goes straight to it: proxies of the environment are not used.

    Raises ImgurSyncError when there is no answer, or none that can be read.
    """
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=30)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ImgurSyncError(f"the local Imgur did not answer {path}: {error}") from error
    finally:
        connection.close()


def figures(ledger: Any, client_id: str) -> Figures:
    """What one Client-ID used up, out of the ledger of behaviour §9."""
    mine = ledger["clients"].get(client_id, {"credits": 0, "uploads": 0, "calls": {}})
    calls: Counter[str] = Counter()
    for call, count in mine["calls"].items():
        method, path = call.split(" ", 1)
        if path.startswith("/3/"):
            calls["read" if method in ("GET", "HEAD") else "write"] += count
    return Figures(mine["credits"], mine["uploads"], calls["write"] - mine["uploads"], calls["read"])


def differences(world: Any, root: Path) -> tuple[str, ...]:
    """Each way in which the albums are not what the folders say, in words; empty if all is as it should be.

    Titles, privacy, pictures by SHA-256 and their order are compared; no two pictures anywhere may have equal bytes.
    """
    found = [wrong for album in ALBUMS for wrong in _album(world, root, album)]
    if len(world["albums"]) != len(ALBUMS):
        found.append(f"there are {plural(len(world['albums']), 'album')} instead of {len(ALBUMS)}")
    twice = duplicates(world)
    if twice:
        found.append(f"{plural(twice, 'picture')} too many: stored more than once")
    return tuple(found)


def duplicates(world: Any) -> int:
    """How many pictures are there beyond the first of equal bytes."""
    return len(world["images"]) - len({image["sha256"] for image in world["images"]})


def addresses(world: Any, origin: str) -> dict[str, str]:
    """The page of each album on the local Imgur, by title."""
    return {album["title"]: f"{origin}/a/{album['id']}" for album in world["albums"]}


def _album(world: Any, root: Path, album: DemoAlbum) -> list[str]:
    found = [candidate for candidate in world["albums"] if candidate["title"] == album.title]
    if len(found) != 1:
        return [f"{album.title}: not one album has this title but {len(found)}"]
    digests = {image["id"]: image["sha256"] for image in world["images"]}
    shown = tuple(digests.get(number, "") for number in found[0]["images"])
    wanted, wrong = contents(root, album), []
    if found[0]["privacy"] != album.privacy:
        wrong.append(f"{album.title}: is {found[0]['privacy']} instead of {album.privacy}")
    if Counter(shown) != Counter(wanted):
        lacking, extra = Counter(wanted) - Counter(shown), Counter(shown) - Counter(wanted)
        wrong.append(
            f"{album.title}: lacks {plural(lacking.total(), 'picture')} and shows {plural(extra.total(), 'other')}"
        )
    elif shown != wanted:
        wrong.append(f"{album.title}: the order is not the folder's")
    return wrong
