"""The judge: looks at the simulated Imgur, the folders, the ledger and all outputs, not at what the program believes.

Each check is named by its invariant of the reliability specification. What it must not do is forgive.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from imgur_sync.errors import ExitCode, ImgurSyncError, ManifestError
from imgur_sync.model.event import Waiting
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.spec import Prune
from imgur_sync.planner.marker import owner, parse_name
from imgur_sync.simulator.changes import Leave
from imgur_sync.simulator.records import Album
from tests.simulation import judging_filters, judging_lives
from tests.simulation.acts import Step
from tests.simulation.broken import Broken, must
from tests.simulation.lives import LifeActs
from tests.simulation.scanning import outputs
from tests.simulation.theatre import Run, Theatre
from tests.simulation.vocabulary import ALL, SOMEBODY
from tests.simulation.watching import Deed, Watcher
from tests.simulation.weather import Sent
from tests.support.sync_stage import LINEAGE

__all__ = ["Before", "Broken", "Oracle", "must"]

OURS = ".is1-"
WORN_OUT = 15
"""After so many failed or odd answers a run may have no tokens left: it gives readings up at the first try. An odd one
with status 200 (a page of HTML, nothing at all) costs a try like a 500."""
EXPOSURE = {"secret": 0, "hidden": 1, "public": 2}


@dataclass(slots=True)
class Before:
    """How things stood before a run."""

    step: Step
    folders: dict[str, tuple[int, ...]]
    state: bytes
    requests: int
    deeds: int
    ledger: int
    credits: int
    absent: frozenset[str]
    """Albums whose folder is not there, or is not the one that was synced."""
    at: float = 0.0
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    synced: dict[str, int] = field(default_factory=dict)
    """How many pictures of each album the state held."""
    behind: dict[str, set[str]] = field(default_factory=dict)
    """By album the pictures whose files it leaves out."""


class Oracle:
    """Knows what must hold, and at what moment."""

    def __init__(self, stage: Theatre, watcher: Watcher, acts: LifeActs) -> None:
        self.stage = stage
        self.watcher = watcher
        self.acts = acts
        self.secrets_seen: set[str] = set()
        self.log = _Log()
        self.quiet = False
        self.uploads_seen = 0
        self.accepted: set[str] = set()
        self.shown_before: dict[str, tuple[str, ...]] = {}
        self.disowned: set[str] = set()
        self.late: set[str] = set()
        self.verified: set[str] = set()
        """What stood in an album when a run said that all was done."""
        self.unfindable: set[str] = set()
        """Uploads without an account whose answer was lost and that lie in no album, or that Imgur made another picture
        of: nobody can find them, or tell them from those of others."""
        self.turned: dict[str, set[str]] = {}
        """By album what an edit took out to put it in again in another order, and that is not in it yet."""
        self.purged: set[str] = set()
        """What a `purge` asked to be deleted."""
        self.let_be: dict[str, str] = {}
        """By picture the album that the state says it is let be in: its file has no say there."""
        self.put_out: set[tuple[str, str]] = set()
        """Album and picture where an edit took it out of a protected album to put it in again."""
        self.fails = self.looks = 0

    # Before and after each run

    def before(self, step: Step) -> Before:
        """Look at everything that a run must not change, or only in known ways."""
        self.watcher.run += 1
        self.shown_before = {album.id: album.images for album in self.stage.world.albums.values()}
        streets = self.acts.streets
        absent = {key for key in self.stage.albums if not streets.names(key)} - self.accepted
        files = {key: dict(streets.pictures(key)) for key in self.stage.albums}
        if step["do"] == "apply":
            judging_lives.note_let_be(self)
        return Before(
            step,
            streets.snapshot(),
            self.stage.state_bytes() if step["do"] == "plan" else b"",
            len(self.stage.world.history),
            len(self.watcher.deeds),
            self.stage.charged_since(0)[1],
            sum(request.credits for request in self.stage.world.history),
            frozenset(absent),
            self.stage.clock.true(),
            files,
            self.stage.all_placed() if step["do"] == "apply" else {},
            judging_filters.behind(self) if step["do"] != "plan" else {},
        )

    def after_plan(self, before: Before, run: Run) -> None:
        """A plan reads, and does nothing else."""
        self._ended_well(before, run)
        for sent in self.stage.weather.sent:
            must(sent.method in ("GET", "HEAD") or sent.path == "/oauth2/token", "I11", f"a plan sent {sent.method}")
        must(self.stage.state_bytes() == before.state, "I11", "a plan changed the state")
        self._everywhere(before, run)

    def after_apply(self, before: Before, run: Run) -> None:
        """What an apply did, seen from Imgur."""
        self._disown(before, run)
        judging_lives.disown_newer(self)
        self.disown_forgotten()
        self._owned_again()
        judging_lives.claimed(self, before, run)
        self._ended_well(before, run)
        self._everywhere(before, run)
        deeds = [deed for deed in self.watcher.deeds[before.deeds :] if deed.by == "us"]
        for deed in deeds:
            self._foreign_untouched(deed)
            self._absence(before, deed)
            self._exposure(deed)
            self._no_gap(before, deed, () if run.error is not None else deeds)
            self._deletes(before, deed)
        self._foreign_stay(before, run)
        if run.codes == (0,):
            self._done_is_done(before)
            judging_lives.let_be(self, before)

    def _disown(self, before: Before, run: Run) -> None:
        """After a loss, what was uploaded for an album that the manifest does not name is nobody's."""
        if not self.acts.lost or not self.stage.manifest().state_path.exists():
            return
        self.acts.lost = False
        if not self.stage.anonymous:
            told = judging_lives.names_told(self)
            lost = (one for one in self.stage.world.uploads if judging_lives.of_key(one.name, told) is None)
            self.disowned |= {upload.id for upload in lost}
        self.stage.forget_albums()
        if self.stage.anonymous:
            known = self.stage.known_ids()
            self.disowned |= {i for i in self.watcher.born if i in self.stage.world.images and i not in known}
        # Imgur's lists lag: what had just been made is found later, in its album.
        lag = max(self.stage.options.knobs.lag + 2, 30 if run.struck["stale-read"] else 0)
        since, uploads = before.at - lag, self.stage.world.uploads
        self.late |= {upload.id for upload in uploads if upload.time > since and upload.n <= before.requests}
        self.late |= set() if self.stage.anonymous else judging_lives.left_out(self)

    def disown_forgotten(self) -> None:
        """What `forget` let go of is nobody's, unless a loss of the state made it ours again."""
        self.disowned |= self.acts.forgotten
        self.acts.forgotten.clear()

    def whatever_ran(self, before: Before, run: Run) -> None:
        """What holds of every run, how it ended among it."""
        self._ended_well(before, run)
        self._everywhere(before, run)

    def each_deed(self, deed: Deed) -> None:
        """What holds of whatever is done on Imgur."""
        self._foreign_untouched(deed)
        self._exposure(deed)

    def _owned_again(self) -> None:
        """What was nobody's after a loss, and was found since by its name or marker, is ours again."""
        if self.disowned:
            again = self.disowned & (self.stage.ever_known(self.disowned) | self.stage.known_albums())
            self.disowned -= again
            # Found too late: meanwhile its file may have been sent once more, under the same name.
            self.late |= again

    def _ended_well(self, before: Before, run: Run) -> None:
        """Every end is one that is promised."""
        fine = run.error is None or run.ended == "killed" or isinstance(run.error, ImgurSyncError)
        if isinstance(run.error, MemoryError):
            fine = "memory" in run.struck
        if not fine:
            import traceback

            told = "".join(traceback.format_exception(run.error)[-6:])
            raise Broken("exception", f"{run.ended} is none of ours: {run.error}\n{told}")
        if isinstance(run.error, ImgurSyncError):
            self._promised_end(run, run.error)

    def _promised_end(self, run: Run, error: ImgurSyncError) -> None:
        """An error has a cause in the world."""
        code = error.exit_code
        if isinstance(error, ManifestError):
            gone = [key for key in self.stage.albums if not self.acts.streets.present(key)]
            missing = any(not self.stage.placed(key) for key in gone)
            unknown = judging_lives.named_in_vain(self, error)
            must(missing or unknown, "exit code", f"the manifest is refused: {error.problems}")
        elif code is ExitCode.UNREADABLE:
            must("disk_broken" in run.struck, "I20", f"the state is refused: {error} {error.hint}")
        if code is ExitCode.ERROR:
            raise Broken("exit code", f"an error that nothing explains: {error}")
        if self.quiet and code is ExitCode.TRY_LATER:
            raise Broken("V1", f"without faults a run ended with 75: {error}")

    def _everywhere(self, before: Before, run: Run) -> None:
        """What holds of every run."""
        touched = {"change", "vanish", "unmount_mid", "somebody"} & set(run.struck)
        must(touched or self.acts.streets.snapshot() == before.folders, "I12", "a run changed a source folder")
        self._budget(before, run)
        self._bytes()
        self._pace(run)
        self._secrets(run)

    # I1

    def _budget(self, before: Before, run: Run) -> None:
        """The ledger knows of every credit that Imgur charged, and nothing was asked for that could not be had."""
        requests = self.stage.world.history[before.requests :]
        charged = sum(request.credits for request in requests)
        booked, _ = self.stage.charged_since(before.ledger)
        # The ledger forgets after a day, and a run that waits can take longer: `orders` looks at the last day then.
        if not {"disk_full", "disk_broken", "busy"} & set(run.struck) and run.ended_at - run.began < 80_000:
            must(booked >= charged, "I1", f"Imgur charged {charged} credits, the ledger has {booked}")
        cap = self.stage.budget.max_credits_per_run
        if cap is not None and run.command == "apply":
            must(charged <= cap, "I1", f"the run's cap is {cap} credits, Imgur charged {charged}")
        if self._limits_known(run):
            refused = [r for r in requests if r.refused_by in ("client", "user", "posts")]
            must(not refused, "I1", f"Imgur refused {refused[0].method} {refused[0].path}: limit" if refused else "")

    def _limits_known(self, run: Run) -> bool:
        """Whether nothing but ourselves could have broken a limit."""
        knobs = self.stage.options.knobs
        alone = not self.acts.spent_by_others and not self.acts.shifted
        return alone and knobs.headers == "all" and not self._lied

    @property
    def _lied(self) -> bool:
        """Whether a header ever said something wrong, or others spent during a run."""
        return any(ALL[kind].number in ("F13", "F14", "F16", "F17") for kind in self.stage.struck_ever)

    # I9, I18, I10

    def _bytes(self) -> None:
        """What arrived is what a file held."""
        for upload in self.stage.world.uploads[self.uploads_seen :]:
            must(upload.blob in self.acts.streets.ever, "I9", f"{upload.name}: bytes that no file ever held")
        self.uploads_seen = len(self.stage.world.uploads)

    def _pace(self, run: Run) -> None:
        """No blind retry, none before a second is over, no more requests than there is work."""
        sent = self.stage.weather.sent
        uploads: dict[str, Any] = {}
        failed: dict[str, tuple[int, float]] = {}
        self.fails = self.looks = 0
        for one in sent:
            must(one.host == "127.0.0.1:8723", "S6", f"{one.host} was contacted")
            if one.marker and one.marker in uploads:
                first = uploads[one.marker]
                definite = 400 <= first.status < 500 and first.status not in (408, 425, 499)
                definite = definite or first.error in ("ConnectError", "ConnectTimeout")
                early = one.began - first.ended < self.stage.settle - 0.001
                must(definite or not early, "I18", f"{one.marker} was sent again {one.began - first.ended:.1f} s later")
            if one.marker:
                uploads[one.marker] = one
            if self.stage.anonymous and {"upload-outside", "reencoded"} & set(one.faults) and len(one.faults) > 1:
                self.unfindable.add(one.marker)
            if one.method == "GET":
                self._no_hurry(one, failed)
            # Each upload that is refused has its album looked at, whatever becomes of the look of another.
            self.looks += bool(one.marker) and 400 <= one.status < 500
            self.looks -= bool(self.looks) and one.method == "GET" and one.path.startswith("/3/album/")
        waits = 1 + sum(isinstance(event, Waiting) for event in run.events) * run.waits
        work = waits * 60 + 12 * (sum(map(len, (self.acts.streets.names(key) for key in self.stage.albums))) + 4)
        # Whatever a fault befell may have to be asked for once more; there are only so many of them.
        whole = sum(not set(one.faults) - {SOMEBODY} for one in sent)
        must(whole <= work, "I18", f"{len(sent)} requests for this much work")

    def _no_hurry(self, one: Sent, failed: dict[str, tuple[int, float]]) -> None:
        """A reading that failed is tried again after a second at the earliest. It is given up after three tries, and
        another one may follow at once; where an answer was odd nobody knows which try it was, and a 429 is no try."""
        tries, ended = failed.get(one.path, (0, 0.0))
        self.fails += one.status == 0 or one.status >= 500 or bool(set(one.faults) - {SOMEBODY})
        if tries in (1, 2) and one.began >= ended and self.fails < WORN_OUT and not self.looks:
            pause = one.began - ended
            must(pause >= 0.999, "I18", f"{one.method} {one.path} was tried again {pause:.2f} s later")
        if one.status in (401, 403):  # behind it a token is asked for, and the call is another try
            failed[one.path] = (-1, one.ended)
        elif one.status == 0 or one.status >= 500:
            failed[one.path] = (tries % 3 + 1 if tries >= 0 else -1, one.ended)
        elif set(one.faults) - {SOMEBODY}:
            failed[one.path] = (-1, one.ended)
        else:
            failed.pop(one.path, None)

    def _secrets(self, run: Run) -> None:
        """Nothing that is secret is in any output."""
        demo = self.stage.demo
        secrets = {demo.client_secret, demo.refresh_token, demo.access_token}
        secrets |= {grant.token for grant in self.stage.world.grants.values()}
        secrets |= {image.deletehash for image in self.stage.world.images.values()}
        secrets |= {album.deletehash for album in self.stage.world.albums.values()}
        hidden = {a.id for a in self.stage.world.albums.values() if a.privacy != "public"}
        private, shared = outputs(run, self.stage.clock.now())
        private += "\n".join(self.log.taken())
        for secret in secrets:
            must(secret not in private and secret not in shared, "I10", f"a secret is in an output of {run.command}")
        for album in hidden:
            must(album not in shared, "I10", f"the id of a hidden album is in an output of {run.command}")

    # I4, I5, I7, I15, I16

    def ours(self, image: str) -> bool:
        """Whether we made it."""
        return self.watcher.born.get(image) == "us" and image not in self.disowned

    def _foreign_untouched(self, deed: Deed) -> None:
        for image in deed.dropped:
            must(self.ours(image), "I4", "a picture of somebody else was deleted")
        for album in deed.before:
            must(self.ours(album), "I4", "an album of somebody else was changed")

    def _foreign_stay(self, before: Before, run: Run) -> None:
        """What others put into an album is still in it when a run has ended, unless they did so a moment before."""
        lag = self.stage.options.knobs.lag
        started = {
            image: key for key, album in self.shown_before.items() for image in album if image in self.acts.foreign
        }
        for image, key in started.items():
            album = self.stage.world.albums.get(key)
            left_by_site = any(
                (key, image) in deed.left for deed in self.watcher.deeds[before.deeds :] if deed.by == "site"
            )
            age = before.at - self.acts.joined.get(image, 0.0)
            if self.stage.anonymous:  # a picture without a deletehash cannot be named in an edit
                return
            if album is None or left_by_site or age <= lag + 30 or run.error is not None:
                continue
            must(image in album.images, "I4", f"a foreign picture, there for {age:.0f} s, fell out of {key}")

    def _absence(self, before: Before, deed: Deed) -> None:
        """No picture goes because its folder is not there."""
        gone = [*deed.left, *((album, image) for image in deed.dropped for album in deed.before)]
        for album, image in gone:
            if album not in deed.after or image not in deed.before[album].images:
                continue
            key = self.keys_of.get(album, "")
            # An older copy of the state cannot tell that it was put in a moment ago, nor does the album show it.
            unseen = self.acts.ever_rolled_back and self._came_lately(deed, album, image)
            if (key in before.absent or key in deed.broken) and not unseen:
                must(not self.ours(image), "I5", f"a picture left {key} although its folder is not there or not read")
            tabled = key in self.stage.albums or key in self.acts.removed or self._deletes_elsewhere(deed, image)
            must(tabled or not self.ours(image), "I5", f"a picture left {key}, which has no table")

    def _deletes_elsewhere(self, deed: Deed, image: str) -> bool:
        """Whether a deleted picture ever stood in an album that deletes what has no file: it had moved there."""
        if image not in deed.dropped:
            return False
        albums = (album for other in self.watcher.deeds for album in other.after.values() if image in album.images)
        holding = {self.keys_of.get(album.id, "") for album in albums}
        return any(self.stage.albums[key].prune is Prune.DELETE for key in holding if key in self.stage.albums)

    def _came_lately(self, deed: Deed, album: str, image: str) -> bool:
        """Whether the picture came into that album within Imgur's lag before this deed."""
        since = deed.at - self.stage.options.knobs.lag - 2
        lately = (other for other in self.watcher.deeds if since <= other.at and album in other.after)
        return any(
            image in other.after[album].images
            and (album not in other.before or image not in other.before[album].images)
            for other in lately
        )

    def album_of(self, image: str) -> str:
        """The key of the album that a picture of ours was uploaded for: the one whose folder ever held its bytes."""
        for upload in self.stage.world.uploads:
            if upload.id == image and upload.album is not None:
                return self.keys_of.get(upload.album, "")
        marker = parse_name(self.watcher.names.get(image, ""))  # it came to lie in no album
        meant = owner(marker, LINEAGE, [*self.stage.albums, *self.made]) if marker is not None else None
        return meant[0] if meant is not None else ""

    @property
    def keys_of(self) -> dict[str, str]:
        """Album id to key, by what the state said of them when a run had ended."""
        return self.stage.key_of

    @property
    def made(self) -> dict[str, list[str]]:
        """Key to the ids of the albums that were made for it, by what the state says of them."""
        return self.stage.albums_made()

    def _exposure(self, deed: Deed) -> None:
        """Nobody sees more than the manifest ever asked for."""
        for key, album in deed.after.items():
            name = self.keys_of.get(key)
            wished = self.acts.wishes.get(name or "", {"hidden"}) or {"hidden"}
            most = max(EXPOSURE[wish] for wish in wished)
            was = deed.before.get(key)
            wider = was is not None and EXPOSURE[album.privacy] > EXPOSURE[was.privacy]
            must(not wider or EXPOSURE[album.privacy] <= most, "I7", f"{name} was widened to {album.privacy}")
            born = was is None and album.images and EXPOSURE[album.privacy] > most
            must(not born, "I7", f"{name} was born {album.privacy}")

    def _no_gap(self, before: Before, deed: Deed, deeds: Sequence[Deed]) -> None:
        """A replaced picture leaves when the new one is there.

        Where Imgur seems to ignore the order of an edit, pictures are taken out and put in again: a `Leave` is judged
        by what the album shows when the run is over.
        """
        if any(isinstance(change, Leave) for change in deed.changes):
            later = [one for one in deeds if one.after.keys() & deed.after.keys()]
            if not later:
                return
            deed = replace(deed, after={**deed.after, **later[-1].after})
        for key, image in deed.left:
            name = self.keys_of.get(key, "")
            files, old = before.files.get(name, {}), self.watcher.shas.get(image, "")
            held = self.acts.held.get(name, {})
            paths = [path for path, sha in held.items() if sha == old]
            if len(paths) != 1 or old in files.values() or paths[0] not in files:
                continue
            if files[paths[0]] in self.acts.respected(name):
                continue  # no new one comes
            shown = {self.watcher.shas.get(other) for other in deed.after[key].images}
            now = dict(self.acts.streets.pictures(name)).get(paths[0])
            if now is None:  # it vanished while the run went on: nothing takes its place any more
                continue
            must({files[paths[0]], now} & shown, "I16", f"{paths[0]} of {name} left before its new picture was there")

    def _deletes(self, before: Before, deed: Deed) -> None:
        """Only what has no file any more is deleted, and only where the manifest says delete; or a twin."""
        for image in deed.dropped:
            holding = [album.id for album in deed.before.values() if image in album.images]
            name = self.keys_of.get(holding[-1], "") if holding else self.last_home(image)
            sha, spec = self.watcher.shas.get(image, ""), self.stage.albums.get(name)
            twins = [
                i
                for i, n in self.watcher.names.items()
                if n == self.watcher.names[image] and i != image and i in self.stage.world.images
            ]
            now = dict(self.acts.streets.pictures(name)) if name in self.stage.albums else {}
            files = min(list(there.values()).count(sha) for there in (before.files.get(name, {}), now))
            alive = sum(i in self.stage.world.images for i, held in self.watcher.shas.items() if held == sha)
            allowed = spec is not None and spec.prune is Prune.DELETE and alive >= files
            allowed = allowed or (spec is None and self.acts.removed.get(name, False))
            # One that lay in no album can be recorded in the one that was to show it next, and one that went on to
            # another album stays in the first until that is edited, too.
            homes = set(self.stage.albums) if not holding else self.went_on_to(image, name)
            allowed = allowed or judging_lives.taken_by(self, sha, alive, homes)
            allowed = allowed or (deed.late and image in self.purged)
            about = f"{self.watcher.names[image]} of {name} was deleted, {files} files and {alive} pictures are like it"
            must(twins or allowed, "I15", about)

    def went_on_to(self, image: str, name: str) -> set[str]:
        """The keys of other albums than that of `name` which a run of ours put a picture into."""
        ours = (deed for deed in self.watcher.deeds if deed.by == "us")
        shown = (album.id for deed in ours for album in deed.after.values() if image in album.images)
        return {self.keys_of.get(album, "") for album in shown} - {"", name}

    def last_home(self, image: str) -> str:
        """The key of the album that showed the picture last."""
        for deed in reversed(self.watcher.deeds):
            for album in deed.before.values():
                if image in album.images:
                    return self.keys_of.get(album.id, "")
        return self.album_of(image)

    # I2, I22

    def approvals(self, plan: Plan) -> dict[GateName, int]:
        """The numbers that a plan asks for."""
        counts: dict[GateName, int] = {}
        for gate in (gate for album in plan.albums for gate in album.gates if gate.name.approvable):
            counts[gate.name] = counts.get(gate.name, 0) + gate.count
        return counts

    def _done_is_done(self, before: Before) -> None:
        """Exit 0: every album that nobody else edited lately is as its folder says."""
        for key in self.stage.albums:
            album = self.album(key)
            edited = max((self.acts.site_edits.get(a, 0.0) for a in self.made.get(key, ())), default=0.0)
            if edited and before.at - edited < 3600 + self.stage.options.knobs.lag + 200:
                continue
            if self.acts.streets.snapshot() == before.folders and not self.acts.shifted:
                self.equal(key, album, "I22")
                self.acts.held[key] = dict(self.acts.streets.pictures(key))

    def album(self, key: str) -> Album | None:
        """The album of that key as Imgur holds it."""
        found = [self.stage.world.albums.get(made) for made in self.made.get(key, ())]
        return next((album for album in reversed(found) if album is not None), None)

    def equal(self, key: str, album: Album | None, invariant: str) -> None:
        """The album shows its folder: pictures, order, cover, texts, privacy."""
        spec, streets = self.stage.albums[key], self.acts.streets
        wanted = streets.pictures(key, spec.order.value, spec.listed)
        respected = self.acts.respected(key)
        wanted = [(name, sha) for name, sha in wanted if sha not in respected]
        if album is None:
            must(not wanted or self.acts.stays_gone(key), invariant, f"{key}: there is no album")
            return
        unknown = {image for image in album.images if self.watcher.names.get(image) in self.unfindable}
        unknown -= self.stage.known_ids() if unknown else set()
        ours = [i for i in album.images if self.ours(i) and i not in unknown]
        shown = [i for i in ours if self.watcher.shas[i] not in respected]
        back = judging_lives.put_back(self, key)
        stays = self._stays(key) | {self.watcher.shas[image] for image in back}
        kept = [image for image in shown if self.watcher.shas[image] in stays]
        known = {sha for _, sha in wanted}
        # A picture whose file cannot be sent any more keeps its place, and so does one that nobody can name in an edit.
        keyless = self.stage.keyless(key)
        fixed = {*kept, *keyless, *back}
        extra = {image for image in fixed if self.watcher.shas.get(image) not in known}
        shown = [image for image in shown if image not in extra]
        shown, unmanaged = judging_filters.split(self, key, shown, wanted)
        shas = [self.watcher.shas[image] for image in shown]
        # One that keeps its place can be of the same content as a file: then it stands between those of the files.
        alike = sum(self.watcher.shas.get(image) in known for image in kept) - sum(sha in stays for _, sha in wanted)
        # So can one that nobody can name, of which the file was sent once more.
        lost = {self.watcher.shas.get(image, "") for image in keyless}
        files = [sha for _, sha in wanted]
        alike = max(int(alike), sum(shas.count(sha) - files.count(sha) for sha in lost & set(files)))
        if alike > 0:
            shown = list(self._among(shown, wanted))
        placed = [self.watcher.shas[image] for image in shown]
        must(placed[: len(wanted)] == [s for _, s in wanted], invariant, f"{key}: {self.words(key, album, wanted)}")
        if not keyless and not alike > 0:
            order = {image: number for number, image in enumerate(album.images)}
            behind = judging_filters.in_place(shown, unmanaged, len(wanted), order)
            must(behind, invariant, f"{key}: un-managed pictures in between: {self.words(key, album, wanted)}")
        most = 1000 if spec.prune is Prune.NEVER or self.stage.anonymous else max(0, alike)
        over = len(shas) - len(wanted)
        must(over <= most, invariant, f"{key}: {over} pictures without a file are still there")
        foreign_first = [self.ours(image) for image in album.images]
        if not self.stage.anonymous:
            must(foreign_first == sorted(foreign_first, reverse=True), invariant, f"{key}: foreign pictures in between")
        must((album.title or "") == (spec.title or "") or spec.title is None, invariant, f"{key}: the title")
        told = spec.description is None or (album.description or "") == spec.description
        must(told, invariant, f"{key}: the description is {album.description!r}")
        alike = album.privacy == spec.privacy.value
        if not alike and "public" not in (album.privacy, spec.privacy.value):
            # Imgur tells hidden and secret apart to nobody: what was sent last counts, where that is known.
            alike = (
                album.id in self.acts.site_privacy or self.acts.ever_lost or "privacy-ignored" in self.stage.struck_ever
            )
        must(alike, invariant, f"{key}: it is {album.privacy}, not {spec.privacy.value}")
        if respected:
            return  # a place that stays empty has a number, and may be the cover's
        self._cover(key, album, wanted, shown, invariant)
        self._titles(key, wanted, shown, invariant)

    def _among(self, shown: list[str], wanted: list[tuple[str, str]]) -> Iterator[str]:
        """The pictures of the files, in this order, among others that stand between them."""
        rest = iter(shown)
        for _, sha in wanted:
            yield from islice((image for image in rest if self.watcher.shas[image] == sha), 1)

    def _stays(self, key: str) -> set[str]:
        """The contents that files had, of one name or the other, which cannot be sent now."""
        ever = self.acts.streets.ever_at
        return {sha for name in self.acts.streets.flawed(key) for sha in ever.get((key, name), ())}

    def _cover(self, key: str, album: Album, wanted: Any, shown: list[str], invariant: str) -> None:
        cover = self.stage.albums[key].cover
        names = [name for name, _ in wanted]
        looks = self.watcher.shas  # two pictures of one content are one to everybody who sees the cover
        seen = looks.get(album.shown_cover or "")
        if cover in names:
            must(seen == looks[shown[names.index(cover)]], invariant, f"{key}: the cover is not {cover}")
        elif cover == "first" and wanted:
            front = next(image for image in album.images if self.ours(image))
            # Where a file cannot be sent, a picture and the one that was to replace it both stay, at one place.
            ever, stuck = self.acts.streets.ever_at, self.acts.streets.flawed(key)
            places = [set(ever.get((key, name), ())) for name in stuck]
            alike = any({seen, looks[front]} <= place for place in places)
            must(alike or seen in (looks[front], looks[shown[0]]), invariant, f"{key}: the cover is not the first")

    def _titles(self, key: str, wanted: Any, shown: list[str], invariant: str) -> None:
        spec = self.stage.albums[key]
        single = dict(spec.images)
        for number, ((name, _), image) in enumerate(zip(wanted, shown, strict=False), 1):
            title = single[name].title if name in single else None
            if title is None and "{index}" in spec.image_title and self.acts.streets.flawed(key):
                continue  # a picture that only stays has a place of its own
            if title is None and spec.image_title:
                stem = name.rpartition("/")[2].rsplit(".", 1)[0]
                title = spec.image_title.format(stem=stem, index=number, name=name, folder=key)
            held = self.stage.world.images.get(image)
            if title is not None and held is not None and not self.stage.anonymous:
                must(
                    (held.title or "") == title, invariant, f"{key}/{name}: the title is {held.title!r}, not {title!r}"
                )

    def words(self, key: str, album: Album, wanted: list[tuple[str, str]]) -> str:
        """Both sides, for people."""
        names = {sha: name for name, sha in wanted}
        shown = [names.get(self.watcher.shas[i], "?") if self.ours(i) else "foreign" for i in album.images]
        return f"the album shows {shown}, the folder has {[name for name, _ in wanted]}"

    def end(self) -> None:
        """When all is quiet: nothing is there twice, nothing is lost, nothing of others is gone."""
        world = self.stage.world
        judging_lives.end(self)
        for key in self.stage.albums:
            self.equal(key, self.album(key), "I2")
        names: dict[str, str] = {}
        lost = self.disowned | self.late | self.stage.strays()
        if self.stage.anonymous:  # with its album went all by which an upload in doubt could be found
            lost |= {upload.id for upload in world.uploads if upload.album not in world.albums} | self.acts.out_of_sight
        for image in world.images.values():
            found = image.id not in lost and image.name not in self.unfindable
            if OURS in image.name and found:
                must(image.name not in names, "I3", f"one upload, two pictures: {image.name}")
                names[image.name] = image.id
        for image_id in self.acts.foreign:
            must(image_id in world.images, "I4", "a picture of somebody else is gone")
        self._records()

    def _records(self) -> None:
        """Every picture of ours that lives is known to the state, and every album too."""
        known = self.stage.known_ids()
        shown = {image for album in world_albums(self.stage) for image in album.images}
        albums = self.stage.known_albums()
        looked_at = {image for album in world_albums(self.stage) if album.id in albums for image in album.images}
        for image in self.stage.world.images.values():
            # Imgur's lists did not show it yet when the state was lost, and no album that is known since shows it.
            unseen = (image.id in self.late and image.id not in looked_at) or image.name in self.unfindable
            if self.ours(image.id) and image.id not in known and not unseen:
                where = "shown in an album" if image.id in shown else "in no album"
                must(self.stage.anonymous and image.id not in shown, "I3", f"{image.name}, {where}, is in no record")


def world_albums(stage: Theatre) -> list[Album]:
    """All albums there are."""
    return list(stage.world.albums.values())


class _Log(logging.Handler):
    """Keeps what the program logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._lines: list[str] = []
        logger = logging.getLogger("imgur_sync")
        logger.handlers = [h for h in logger.handlers if not isinstance(h, _Log)]
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    def taken(self) -> list[str]:
        """What was logged since the last call."""
        lines, self._lines = self._lines, []
        return lines
