"""What must hold where whole albums come and go: removals, protection, older copies of the state."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING

from imgur_sync.errors import ExitCode, ManifestError
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Prune
from imgur_sync.model.synced import Standing
from imgur_sync.simulator.changes import DropAlbum, Leave
from imgur_sync.state.store import SqliteStore
from tests.simulation.broken import must
from tests.simulation.theatre import Run
from tests.simulation.watching import Deed
from tests.simulation.weather import Sent
from tests.support.sync_stage import LINEAGE

if TYPE_CHECKING:
    from tests.simulation.oracle import Before, Oracle

_NAME = re.compile(r"\.is1-([0-9a-f]{16})-([0-9a-f]{8})\.")
COPIES = 100


def of_key(name: str, keys: Iterable[str]) -> str | None:
    """The key of an album, of these, that an upload of this name was made for."""
    found = _NAME.search(name)
    for key in keys if found is not None else ():
        for copy in range(COPIES):
            text = f"{LINEAGE}\0{key}\0{found[1]}\0{copy}" if found is not None else ""
            if found is not None and hashlib.sha256(text.encode()).hexdigest()[:8] == found[2]:
                return key
    return None


def names_told(oracle: Oracle) -> set[str]:
    """The keys under which the manifest lets a lost state be found again."""
    stage = oracle.stage
    told = {spec.key for spec in stage.manifest().albums} | {move.source for move in stage.moved}
    return told | {one.album for one in stage.removed}


def look(oracle: Oracle, before: Before, run: Run) -> None:
    """Everything of one run."""
    deeds = [deed for deed in oracle.watcher.deeds[before.deeds :] if deed.by == "us"]
    for deed in deeds:
        _protected(oracle, run, deed)
        for album_id in _dropped_albums(deed):
            _removed(oracle, before, run, deed, album_id)
    if run.command == "apply":
        _put_back(oracle, run)
        _gated(oracle, before, run, deeds)


def _dropped_albums(deed: Deed) -> Iterator[str]:
    return (change.id for change in deed.changes if isinstance(change, DropAlbum))


def _removed(oracle: Oracle, before: Before, run: Run, deed: Deed, album_id: str) -> None:
    """I4, I15: an album is deleted where a [[removed]] names it and its number was approved; or it is an empty twin."""
    album = deed.before.get(album_id)
    if album is None:
        return
    key = oracle.keys_of.get(album_id, "")
    # What somebody put in a moment before is not seen by the look that comes before the request.
    since = deed.at - oracle.stage.options.knobs.lag - 30
    foreign = [i for i in album.images if not oracle.ours(i) and oracle.acts.joined.get(i, 0.0) < since]
    must(not foreign, "I4", f"{key or 'an album'} was deleted with {len(foreign)} pictures of others in it")
    if album.images:
        must(key in oracle.acts.removed, "I15", f"the album {key or album_id} was deleted, which nobody removed")
        # What files of other albums took is in those already; what came late and has no file was never synced.
        shown = {image for other in oracle.stage.world.albums.values() for image in other.images}
        lost = min(len(set(album.images) - shown), before.synced.get(key, 0))
        most = run.approvals.get(GateName.PRUNE, 0)
        must(lost <= most, "I15", f"{key} was deleted with {lost} pictures, approved {most}")


def _protected(oracle: Oracle, run: Run, deed: Deed) -> None:
    """Nothing of ours leaves a protected album, however many approve; twins are no pictures of it, and what is taken
    out to be put in again in another order is back when the run is over."""
    gone = [*deed.left, *((a, i) for i in deed.dropped for a, album in deed.before.items() if i in album.images)]
    for album_id, image in gone:
        key = oracle.keys_of.get(album_id, "")
        spec = oracle.stage.albums.get(key)
        if spec is None or not spec.protect or not oracle.ours(image):
            continue
        if deed.late:
            continue  # it was sent when the album was not protected yet, or is put right by this run
        if any(isinstance(change, Leave) for change in deed.changes):
            oracle.put_out.add((album_id, image))  # what is not back when the album is done has left
            continue
        must(_is_twin(oracle, image), "I15", f"{oracle.watcher.names[image]} left {key}, which is protected")


def _is_twin(oracle: Oracle, image: str) -> bool:
    """Whether one upload made it and another picture: its marker is the same, also where its file got another name."""
    names = oracle.watcher.names
    marker = _NAME.search(names[image])
    found = (_NAME.search(name) for other, name in names.items() if other != image)
    return marker is not None and any(one is not None and one.groups() == marker.groups() for one in found)


def _put_back(oracle: Oracle, run: Run) -> None:
    """I15: what was taken out of a protected album to be put in again is in it when the album is done."""
    for album_id, image in sorted(oracle.put_out):
        album, key = oracle.stage.world.albums.get(album_id), oracle.keys_of.get(album_id, "")
        spec, gone = oracle.stage.albums.get(key), image not in oracle.stage.world.images
        if album is None or gone or spec is None or not spec.protect or image in album.images:
            oracle.put_out.discard((album_id, image))
        else:
            fine = _is_twin(oracle, image) or _unfinished(oracle, run, key)
            must(fine, "I15", f"{oracle.watcher.names[image]} left {key}, which is protected")


def _gated(oracle: Oracle, before: Before, run: Run, deeds: list[Deed]) -> None:
    """I15: without approval no more pictures leave an album than its gate lets through. Only those count whose place
    in the folder can have been taken by no other file. What is taken out to be put in again counts when the album is
    done: then it is back, or left."""
    world = oracle.stage.world  # what somebody deleted meanwhile did not leave
    turned = {a: {i for i in images if i in world.images} for a, images in oracle.turned.items() if a in world.albums}
    oracle.turned = {}
    if GateName.PRUNE in run.approvals:
        return
    left = {album_id: set(images) for album_id, images in turned.items()}
    for deed in deeds:
        for album_id, image in deed.left:
            left.setdefault(album_id, set()).add(image)
            if any(isinstance(change, Leave) for change in deed.changes):
                turned.setdefault(album_id, set()).add(image)
        for image in deed.dropped:
            for album_id, album in deed.before.items():
                if image in album.images:
                    left.setdefault(album_id, set()).add(image)
    there = {i for a in world.albums.values() for i in a.images}
    # What moved into an album of another key did not leave, whatever somebody made of that album since.
    moved = {(i, a) for deed in deeds for a, album in deed.after.items() for i in album.images}
    names = Counter(oracle.watcher.names.values())
    for album_id, images in left.items():
        key = oracle.keys_of.get(album_id, "")
        if album_id in turned and _unfinished(oracle, run, key):
            out = turned[album_id] - there
            oracle.turned[album_id] = {image for image in out if _without_place(oracle, before, key, image)}
            images -= out
        count = sum(
            oracle.ours(image)
            and names[oracle.watcher.names[image]] == 1
            and _without_place(oracle, before, key, image)
            for image in images - there - {i for i, other in moved if other != album_id}
        )
        synced = before.synced.get(key, 0)
        most = max(oracle.stage.gates.prune.min, synced * oracle.stage.gates.prune.percent // 100)
        must(count <= most, "I15", f"{count} pictures left {key}, of {synced} synced, and nobody approved")


def _unfinished(oracle: Oracle, run: Run, key: str) -> bool:
    """Whether the run ended before it was done with that album, and says so: nothing is done where the folder is gone,
    not even what an edit of pieces left undone that broke off before."""
    left = run.finished.left.albums if run.finished is not None else ()
    mine = [album for album in left if album.album == oracle.stage.name(key)]
    rootless = any(gate.name is GateName.ROOT for album in mine for gate in album.gates)
    return run.error is not None or rootless or any(album.wanted or album.unsettled for album in mine)


def _without_place(oracle: Oracle, before: Before, key: str, image: str) -> bool:
    sha = oracle.watcher.shas.get(image, "")
    files = before.files.get(key, {})
    if sha in files.values():
        return False
    ever = oracle.acts.streets.ever_at
    return not any(sha in ever.get((key, path), ()) for path in files)


def taken_by(oracle: Oracle, sha: str, alive: int, homes: Set[str]) -> bool:
    """Whether one of these albums deletes what has no file, and once held that content, of which it needs none now."""
    ever = oracle.acts.streets.ever_at
    keys = {key for (key, _), shas in ever.items() if sha in shas and key in oracle.stage.albums} & homes
    deleting = (key for key in keys if oracle.stage.albums[key].prune is Prune.DELETE)
    return any(sum(one == sha for _, one in oracle.acts.streets.pictures(key)) <= alive for key in deleting)


# Albums of somebody's making


def claimed(oracle: Oracle, before: Before, run: Run) -> None:
    """I4: an album that others made is ours to change from the moment that its number of pictures was approved."""
    touched = {key for deed in oracle.watcher.deeds[before.deeds :] if deed.by == "us" for key in deed.before}
    for album_id, key in oracle.acts.adopted.items():
        spec, name = oracle.stage.albums.get(key), oracle.stage.name(key)
        recorded = oracle.stage.is_album(name, album_id)
        if not (recorded or album_id in touched) or oracle.watcher.born.get(album_id) == "us":
            continue
        must(spec is not None and spec.id == album_id, "I4", f"an album that was named for {key} once was changed")
        count = sum(not oracle.ours(image) for image in oracle.shown_before.get(album_id, ()))
        approved = run.approvals.get(GateName.ADOPT, 0)
        must(count <= approved, "I4", f"{key}: {count} pictures of others are in it, approved are {approved}")
        oracle.watcher.born[album_id] = "us"


def named_in_vain(oracle: Oracle, error: ManifestError) -> bool:
    """Whether the manifest is refused for an `id` that names no album, said with its key, and the state does not know
    what became of that album: it was lost, or the album went before it was adopted. Three pages of 404 for one that is
    there look the same."""
    stage = oracle.stage
    struck = Counter(one.path for one in stage.weather.sent if one.status == 404 and one.faults)
    for spec in stage.albums.values():
        told = any(f"album {spec.key}: Imgur knows no album of this id" in problem.what for problem in error.problems)
        if told and spec.id is not None and not stage.is_album(spec.key, spec.id):
            return stage.world.albums.get(spec.id) is None or struck[f"/3/album/{spec.id}"] >= 3
    return False


# Commands that are no apply


def after_command(oracle: Oracle, before: Before, run: Run, wanted: frozenset[str]) -> None:
    """`restore` takes nothing out of any album and deletes nothing, `purge` deletes what it named and lies in none."""
    oracle.disown_forgotten()
    oracle.whatever_ran(before, run)
    oracle.purged |= wanted if run.command == "purge" else set()
    for deed in oracle.watcher.deeds[before.deeds :]:
        if deed.by != "us":
            continue
        oracle.each_deed(deed)
        names = list(oracle.watcher.names.values())
        for image in deed.dropped:
            shown = [album for album in deed.before.values() if image in album.images]
            named = run.command == "purge" and image in wanted and not shown
            twin = names.count(oracle.watcher.names[image]) > 1
            must(
                named or twin,
                "I15",
                f"{run.command} deleted {oracle.watcher.names[image]}, shown by {len(shown)} albums",
            )
        for album_id, image in deed.left:
            # What somebody put in a moment before is not seen by the look that comes before the request.
            late = oracle.acts.joined.get(image, 0.0) >= deed.at - oracle.stage.options.knobs.lag - 30
            about = f"{run.command} took a picture out of {oracle.keys_of.get(album_id)}"
            must(image in deed.dropped or late, "I15", about)


def put_back(oracle: Oracle, key: str) -> set[str]:
    """The pictures that a `restore` put into the album and that no file has taken since, and those that a sub-folder
    left behind when it got another name."""
    name, asked, renamed = oracle.stage.name(key), oracle.acts.put_back, key in oracle.acts.streets.places
    if not asked and not renamed:
        return set()
    found = oracle.stage.ask(lambda store: {p.id for p in store.pictures(name) if p.standing is Standing.UNMANAGED})
    return found or set() if renamed else (found or set()) & asked


def note_let_be(oracle: Oracle) -> None:
    """What the state has as a picture of an album that is let be there, before a run, and what is there: putting one
    back may have failed."""

    def pictures(store: SqliteStore) -> dict[str, str]:
        every = (picture for album in store.albums() for picture in store.pictures(album.key))
        return {picture.id: picture.album for picture in every if picture.standing is Standing.UNMANAGED}

    found = oracle.stage.ask(pictures) or {}
    for image, recorded in found.items():
        key = oracle.stage.street(recorded)
        album = oracle.album(key)
        if album is not None and image in album.images:
            oracle.let_be[image] = key


def let_be(oracle: Oracle, before: Before) -> None:
    """I5: it is in that album still when a run says that all is done, unless a file took it, somebody edited the album
    on the site, or the state that knew of it was lost."""
    taken = {sha for files in before.files.values() for sha in files.values()}
    for image, key in list(oracle.let_be.items()):
        album, spec = oracle.album(key), oracle.stage.albums.get(key)
        gone = album is None or image not in oracle.stage.world.images or key in oracle.acts.removed
        edited = album is not None and album.id in oracle.acts.site_edits
        if gone or edited or oracle.acts.ever_lost or oracle.watcher.shas[image] in taken:
            del oracle.let_be[image]
        elif spec is not None and album is not None:
            must(image in album.images, "I5", f"a picture that was let be in {key} is not in it any more")


# An older copy of the state


def disown_newer(oracle: Oracle) -> None:
    """After an older copy of the state took its place: what the next run did not find is nobody's, as far as nobody
    could find it."""
    acts = oracle.acts
    if not acts.rolled_back:
        return
    acts.rolled_back = False
    known = oracle.stage.known_ids()
    lost = {i for i, by in oracle.watcher.born.items() if by == "us" and i in oracle.stage.world.images} - known
    oracle.disowned |= lost
    oracle.late |= lost
    oracle.stage.forget_albums()


def recognised(oracle: Oracle) -> None:
    """I3: at the end every picture that stands in the album that it was made for is known again."""
    known = oracle.stage.known_ids()
    if not oracle.acts.copied:
        return
    for key, spec in oracle.stage.albums.items():
        album = oracle.album(key)
        names = {spec.key, *(move.source for move in oracle.stage.moved if move.target == spec.key)}
        for image in album.images if album is not None else ():
            name = oracle.watcher.names.get(image, "")
            if oracle.watcher.born.get(image) == "us" and of_key(name, names) is not None:
                must(image in known, "I3", f"{name} stands in {key} and is not recognised")


def left_out(oracle: Oracle) -> set[str]:
    """The pictures that nothing showed when the state was rebuilt by the last run: the account's list of pictures came
    short by them, and they are in no album, or the list of albums came short as well, by theirs."""
    short = {one.path.split("/")[4] for one in oracle.stage.weather.sent if _came_short(one)}
    if "images" not in short:
        return set()
    albums, known = oracle.stage.world.albums.values(), oracle.stage.known_albums()
    listed = (album for album in albums if "albums" not in short or album.id in known)
    shown = {image for album in listed for image in album.images}
    return {image.id for image in oracle.stage.world.images.values()} - shown - oracle.stage.known_ids()


def _came_short(one: Sent) -> bool:
    return "page-short" in one.faults and one.path.startswith("/3/account/me/")


# The end


def obstacles(oracle: Oracle) -> dict[str, ExitCode]:
    """The removed albums that stay whole, by the key that the manifest has for each, with the exit code that tells:
    they hold pictures of others, or are protected."""
    found: dict[str, ExitCode] = {}
    protected = oracle.stage.ask(lambda store: store.protected()) or frozenset()
    for removal in oracle.stage.removed:
        album = oracle.album(oracle.stage.street(removal.album))
        if album is None:
            continue
        if removal.album in protected:
            found[removal.album] = ExitCode.GATE
        elif any(not oracle.ours(image) for image in album.images):
            found[removal.album] = ExitCode.PARTIAL
    return found


def end(oracle: Oracle) -> None:
    """When all is quiet: what was removed is not there, and what an older state did not know is known again."""
    stay = obstacles(oracle)
    for removal in oracle.stage.removed:
        key = oracle.stage.street(removal.album)
        must(removal.album in stay or oracle.album(key) is None, "I2", f"{removal.album} was removed and is there")
    recognised(oracle)
