"""What must hold of a month: looked at from outside, on what Imgur saw and what the daemon told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from imgur_sync.model.event import RunFinished
from imgur_sync.simulator.changes import PutImage
from imgur_sync.simulator.records import Image
from imgur_sync.state import database
from imgur_sync.watch.events import PassBegan
from tests.simulation.planted.patching import everywhere
from tests.simulation.watching import Deed
from tests.watch.living import DAY, Life
from tests.watch.plot import begin, draw

JUST_NOW = 300.0
"""A file that came back so many seconds ago may have been missing when the daemon last looked."""


@dataclass
class Month:
    """What became of one seed. `broken` is empty where all that was promised held."""

    seed: int
    broken: list[str] = field(default_factory=list)
    passes: int = 0
    wakes: float = 0.0
    """A day."""
    drift: int = 0
    """The most credits that looks for changes on Imgur took in any 24 hours on end."""
    looking: float = 0.0
    """Credits a day for all looks."""
    uploads: int = 0
    starts: int = 0
    acts: Counter[str] = field(default_factory=Counter)


def swiftly() -> Any:
    """Databases that are not synced: nobody pulls the plug here, and syncing takes most of the time."""
    connect = database.connect

    def fast(path: Path, *, mode: str = "rw", synchronous: str = "FULL", busy: float = 20.0) -> Any:
        return connect(path, mode=mode, synchronous="OFF", busy=busy)

    return everywhere(connect, fast)


def month(base: Path, seed: int, *, days: int = 30, pictures: int = 300, rescan: float = 3600.0) -> Month:
    """Live that long with that seed, and say what is to be said of it."""
    with swiftly(), Life(base, seed) as life:
        life.pace = replace(life.pace, rescan=rescan)
        begin(life)
        draw(life, days, pictures)
        found = Month(seed)
        judge = Judge(life)
        life.deeds.noted = judge.deed
        life.live(days * DAY)
        judge.at_the_end()
        found.broken = judge.broken
        found.passes = len(life.runs())
        found.wakes = life.sleeps / days
        found.drift = judge.drift()
        found.looking = (sum(run.looking for _, run in life.runs()) + sum(cost for _, cost in life.looks)) / days
        found.uploads = life.uploads()
        found.starts = len(life.restarts)
        found.acts = life.done
        return found


class Judge:
    """Looks at every commit of Imgur as it happens, and at the whole when the month is over."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.broken: list[str] = []

    def deed(self, deed: Deed) -> None:
        """A commit: nothing leaves that has a file, or had one a moment ago; nothing is sent twice."""
        if deed.by == "us":
            for album, image in deed.left:
                self._left(deed, album, image)
            for image in deed.dropped:
                self._dropped(image)
            for change in deed.changes:
                if isinstance(change, PutImage):
                    self._sent(change.image)

    def _say(self, what: str) -> None:
        day, seconds = divmod(self.life.elapsed, DAY)
        self.broken.append(f"day {day:.0f} {seconds / 3600:.2f} h: {what}")

    def _left(self, deed: Deed, album: str, image: str) -> None:
        life, sha = self.life, self.life.deeds.shas.get(image, "?")
        key = next((key for key, spec in life.albums.items() if spec.title == deed.before[album].title), "")
        if image in life.foreign:
            self._say(f"{key}: a picture of others left")
        elif key in life.unplugged:
            self._say(f"{key}: a picture left while the folder was unplugged")
        else:
            files = sum(life.digest(path) == sha for path in life.files(key))
            shown = sum(life.deeds.shas.get(one) == sha for one in deed.after[album].images)
            gone, came = life.gone.get((key, sha)), life.came.get((key, sha), float("-inf"))
            if shown < files and life.elapsed - came > JUST_NOW:
                self._say(f"{key}: a picture left whose file is there since {came / DAY:.3f} ({shown} of {files})")
            elif gone is None and not files:
                self._say(f"{key}: a picture left whose file never left")
            elif gone is not None and gone.removed and not files:
                since = life.elapsed - gone.at
                if since < life.pace.removal_hold:
                    self._say(f"{key}: a picture left {since:.1f} s after its file")

    def _dropped(self, image: str) -> None:
        life, sha, name = self.life, self.life.deeds.shas.get(image, "?"), self.life.deeds.names.get(image, "")
        twin = any(one.name == name for one in life.world.images.values())
        trash = life.files("trash") if "trash" not in life.unplugged else []
        files = sum(life.digest(path) == sha for path in trash)
        alive = sum(one.blob == sha for one in life.world.images.values())
        if life.deeds.born.get(image) != "us":
            self._say("a picture of others was deleted")
        elif not twin and alive < files and life.elapsed - life.came.get(("trash", sha), float("-inf")) > JUST_NOW:
            self._say(f"a picture was deleted whose file is there ({alive} of {files})")

    def _sent(self, image: Image) -> None:
        life = self.life
        alive = sum(
            one.blob == image.blob and life.deeds.born.get(one.id) == "us" for one in life.world.images.values()
        )
        if alive > life.most[image.blob]:
            self._say(f"{image.name} was sent though {alive - 1} of {life.most[image.blob]} were there")

    def at_the_end(self) -> None:
        """Albums are folders; nothing is there twice; no limit was run into."""
        life = self.life
        for key in life.albums:
            self._album(key)
        names = Counter(one.name for one in life.world.images.values() if one.name and one.id not in life.foreign)
        for name, count in names.items():
            if count > 1:
                self._say(f"{name} is there {count} times")
        refusals = dict(life.look("ledger")["refusals"])
        others = life.done["spent"]
        if refusals.pop("client", 0) or refusals.pop("posts", 0) or sum(refusals.values()) > others:
            self._say(f"refused: {life.look('ledger')['refusals']}")
        allowed = life.budget.refresh_credits_per_day
        if self.drift() > allowed:
            self._say(f"{self.drift()} credits for looking for changes in 24 hours, of {allowed}")

    def _album(self, key: str) -> None:
        life = self.life
        albums = [one for one in life.world.albums.values() if one.title == life.albums[key].title]
        if len(albums) != 1:
            self._say(f"{key}: {len(albums)} albums of that title")
            return
        (album,) = albums
        shown = [life.deeds.shas[image] for image in album.images if image not in life.foreign]
        wanted = life.digests(key)
        if shown != wanted:
            more, less = Counter(shown) - Counter(wanted), Counter(wanted) - Counter(shown)
            waits = [wait.text for wait in life.daemon.standings.waits() if wait.album in ("", key)]
            self._say(f"{key}: {len(less)} missing, {len(more)} too many, of {len(wanted)}; it waits for {waits}")
        if (album.description or "") != (life.albums[key].description or "") and life.albums[
            key
        ].description is not None:
            self._say(f"{key}: the description is {album.description!r}")

    def drift(self) -> int:
        """The most credits in any 24 hours that looks for changes took."""
        spent = list(self.life.looks)
        looking = False
        for at, event in self.life.told:
            if isinstance(event, PassBegan):
                looking = event.why.startswith("to look for changes")
            elif isinstance(event, RunFinished) and looking:
                spent.append((at, event.looking))
        return max((sum(cost for at, cost in spent if end - DAY < at <= end) for end, _ in spent), default=0)
