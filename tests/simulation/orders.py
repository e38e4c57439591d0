"""More that the judge looks at: in which order a run did things, what it heeded, and what the ledger remembers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imgur_sync.errors import ExitCode, ImgurSyncError, StaleError
from imgur_sync.model.event import Planned
from imgur_sync.model.plan import Plan
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, Upload
from imgur_sync.simulator.records import Request
from tests.simulation.oracle import EXPOSURE, Before, Oracle, must, world_albums
from tests.simulation.theatre import Run
from tests.simulation.vocabulary import ALL
from tests.simulation.watching import Deed

DAY = 86_400.0
_SHORT = re.compile(r"\.is1-([0-9a-f]{16})-[0-9a-f]{8}\.")
_TOO_FAST = {"too-fast-400", "too-fast-400-object"}
_UNREAD = {"unreadable", "readdir", "unmount_mid", "change", "vanish"}
_DISKS = {"disk_full", "disk_broken", "busy"}


def look(oracle: Oracle, before: Before, run: Run) -> None:
    """Everything that holds of the order of one run."""
    _remembered(oracle)
    _heeded(oracle, before)
    _planned_bytes(oracle, before)
    _no_second_try(oracle)
    _no_wait_of_nothing(oracle, run)
    _token_kept(oracle, run)
    if run.command != "apply":
        return
    _as_looked_at(oracle, run)
    deeds = [deed for deed in oracle.watcher.deeds[before.deeds :] if deed.by == "us"]
    for number, deed in enumerate(deeds):
        _hidden_first(oracle, deed)
        _not_twice(oracle, before, run, deed)
        later = deeds[number + 1 :]
        _published_last(oracle, before, run, deed, later)
        _deleted_last(oracle, before, run, deed, later)
    if run.codes == (0,):
        oracle.verified |= _standing(oracle)


def _standing(oracle: Oracle) -> set[str]:
    """What stands in the albums of the manifest: a run that says that all is done has seen it there."""
    albums = [album for album in world_albums(oracle.stage) if oracle.keys_of.get(album.id, "") in oracle.stage.albums]
    return {image for album in albums for image in album.images}


def _remembered(oracle: Oracle) -> None:
    """I1: what Imgur charged in the last day is in the ledger, whatever became of the runs that asked for it."""
    stage = oracle.stage
    if oracle.acts.shifted or _DISKS & stage.struck_ever:
        return
    since = stage.clock.true() - DAY
    charged = sum(request.credits for request in stage.world.history if request.time > since)
    kept, _ = stage.charged_since(0)
    must(kept >= charged, "I1", f"Imgur charged {charged} credits within a day, the ledger remembers {kept}")


def _heeded(oracle: Oracle, before: Before) -> None:
    """I1: once an answer of this run told how much is left, nothing more than that is asked for."""
    if oracle.stage.options.knobs.headers != "all" or oracle._lied or oracle.acts.shifted:
        return
    first = oracle.stage.in_flight + 1
    told: dict[str, int] = {"user": 0, "client": 0, "posts": 0}
    for request in oracle.stage.world.history[before.requests :]:
        if request.refused_by in told:
            what = f"{request.method} {request.path}: refused, although {told[request.refused_by]} answers told of it"
            must(told[request.refused_by] < first, "I1", what)
        for limit in _tells_of(request):
            told[limit] += 1


def _tells_of(request: Request) -> Iterator[str]:
    if request.status == 200 and request.credits:
        yield from ("user", "client")
        if request.post:
            yield "posts"


def _planned_bytes(oracle: Oracle, before: Before) -> None:
    """I9: the name of an upload says which bytes were planned; those are the ones that arrive."""
    del before
    for upload in oracle.stage.world.uploads[-200:]:
        planned = _SHORT.search(upload.name)
        must(planned is None or upload.blob.startswith(planned[1]), "I9", f"{upload.name}: other bytes arrived")


def _no_second_try(oracle: Oracle) -> None:
    """I18: what Imgur refused for what it is, is not sent again by the same run."""
    refused: dict[tuple[str, str], int] = {}
    for one in oracle.stage.weather.sent:
        planned = _SHORT.search(one.marker)
        if planned is None:
            continue
        picture = (one.marker[: planned.start()], planned[1])
        twins = [
            path
            for key in oracle.stage.albums
            for path, sha in oracle.acts.streets.pictures(key)
            if sha.startswith(picture[1])
        ]
        must(refused.get(picture, 0) < max(1, len(twins)), "I18", f"{one.marker} was refused for good and sent again")
        if one.status in (400, 413, 415) and not _TOO_FAST & set(one.faults):
            refused[picture] = refused.get(picture, 0) + 1


def _no_wait_of_nothing(oracle: Oracle, run: Run) -> None:
    """I18: `Retry-After: 0` is a second; what was answered so is not asked for before that is over."""
    answered: dict[tuple[str, str], float] = {}
    for one in oracle.stage.weather.sent:
        if one.method == "POST" and (oracle.stage.in_flight > 1 or len(oracle.stage.albums) > 1):
            continue  # that of another album or picture was under way, or paid for and waiting for its turn
        pause = one.began - answered.get((one.method, one.path), -1.0)
        must(pause >= 0.999 or _DISKS & set(run.struck), "I18", f"{one.path} was asked for again {pause:.2f} s later")
        if one.status == 429 and "retry-after-0" in one.faults:
            answered[one.method, one.path] = one.ended
        else:
            answered.pop((one.method, one.path), None)


def _token_kept(oracle: Oracle, run: Run) -> None:
    """I21: credentials are refused only where somebody took them away."""
    error = run.error
    if not isinstance(error, ImgurSyncError) or error.exit_code is not ExitCode.CREDENTIALS:
        return
    # A token that ran out before and its successor: two that are refused are one too many for a run.
    refused = sum(one.status in (401, 403) for one in oracle.stage.weather.sent)
    taken = {kind for kind in oracle.stage.struck_ever if ALL[kind].number in ("F9", "F30", "F31", "F32", "F33")}
    must(
        taken - {"token-expired"} or (run.struck["token-expired"] and refused > 1),
        "I21",
        f"nobody took the credentials away: {error}",
    )


def _as_looked_at(oracle: Oracle, run: Run) -> None:
    """I6: with `--expect` another plan than that one is not carried out. One that holds nothing but what that one held
    may be: it may be what a run that broke off left of it."""
    expect = run.expect
    first = next((event.plan for event in run.events if isinstance(event, Planned)), None)
    if expect is None or first is None or _deeds(first) <= _deeds(expect):
        return
    sent = [one for one in oracle.stage.weather.sent if one.method != "GET" and one.path != "/oauth2/token"]
    must(
        not sent,
        "I6",
        f"the plan is {first.digest}, not {expect.digest}, and a {sent[0].method if sent else ''} was sent",
    )
    must(run.error is None or isinstance(run.error, StaleError) or run.ended == "killed" or run.struck, "I6", "its end")


def _deeds(plan: Plan) -> set[tuple[str, ...]]:
    """What a plan makes, sends, takes out and deletes."""
    found: set[tuple[str, ...]] = set()
    for album in plan.albums:
        for step in album.wanted:
            kind = type(step).__name__
            if isinstance(step, EditAlbum):
                found |= {(album.album, kind, place.path, place.digest) for place in (*step.detached, *step.retired)}
            elif isinstance(step, Upload | DeleteImage):
                found.add((album.album, kind, step.path, step.digest))
            elif isinstance(step, CreateAlbum | DeleteAlbum):
                found.add((album.album, kind))
    return found


def _hidden_first(oracle: Oracle, deed: Deed) -> None:
    """I7: nothing goes into an album that more people see than the manifest ever asked for."""
    for album_id, album in deed.after.items():
        was = deed.before.get(album_id)
        came = set(album.images) - set(was.images if was is not None else ())
        wished = oracle.acts.wishes.get(oracle.keys_of.get(album_id, ""), set())
        if not came or not wished or album_id in oracle.acts.site_privacy:
            continue
        most = max(EXPOSURE["hidden"], *(EXPOSURE[wish] for wish in wished))  # every album is born hidden
        must(EXPOSURE[album.privacy] <= most, "I7", f"a picture went into an album that is {album.privacy}")


def _published_last(oracle: Oracle, before: Before, run: Run, deed: Deed, later: list[Deed]) -> None:
    """I7: an album is widened when all else is done: what leaves has left, what comes has come."""
    if "late-commit" in oracle.stage.struck_ever:
        return
    for album_id, album in deed.after.items():
        was = deed.before.get(album_id)
        if was is None or EXPOSURE[album.privacy] <= EXPOSURE[was.privacy]:
            continue
        key = oracle.keys_of.get(album_id, "")
        # What somebody took out or deleted, or Imgur removed, is put back whenever that is noticed.
        if album_id in oracle.acts.site_edits or oracle.acts.deleted_shas:
            continue
        files = set(before.files.get(key, {}).values()) - oracle.acts.deleted_shas
        for other in later:
            left = [i for a, i in other.left if a == album_id and oracle.ours(i) and i in was.images]
            left = [i for i in left if oracle.watcher.shas.get(i) not in before.files.get(key, {}).values()]
            must(not left, "I7", f"{key} was made {album.privacy} before a picture left it")
            there, then = other.before.get(album_id), other.after.get(album_id)
            came = set(then.images) - set(there.images) if there is not None and then is not None else set()
            # What is there already, in no album, is put in when it is seen that it is missing.
            came &= set(_new(other))
            came = {i for i in came if oracle.ours(i) and oracle.watcher.shas.get(i) in files and i not in was.images}
            # A file that could not be read at first comes when it can.
            came = set() if _UNREAD & set(run.struck) else came
            must(not came, "I7", f"{key} was made {album.privacy} before its pictures were there")


def _deleted_last(oracle: Oracle, before: Before, run: Run, deed: Deed, later: list[Deed]) -> None:
    """I15: pictures of an album are deleted when all its uploads are there."""
    if {"late-commit", "somebody", "change", "vanish"} & (set(run.struck) | oracle.stage.struck_ever):
        return
    for image in deed.dropped:
        twins = [i for i, name in oracle.watcher.names.items() if name == oracle.watcher.names.get(image)]
        holding = [oracle.keys_of.get(album.id, "") for album in deed.before.values() if image in album.images]
        key = holding[-1] if holding else ""
        recorded = _recorded(oracle, image)
        if not key or recorded in oracle.went_on_to(image, key):
            key = recorded or _last_shown(oracle, deed, image)
        if len(twins) > 1 or not key:
            continue
        files = set(before.files.get(key, {}).values()) - oracle.acts.deleted_shas
        if oracle.stage.anonymous:  # what stands where it must not, and nobody can move, is sent once more
            held = (album.images for album in deed.before.values() if oracle.keys_of.get(album.id, "") == key)
            files -= {oracle.watcher.shas.get(i, "") for images in held for i in images}
        for other in later:
            came = [i for i in _new(other) if oracle.album_of(i) == key and oracle.watcher.shas.get(i) in files]
            must(not came, "I15", f"a picture of {key} was deleted before another one was uploaded")


def _recorded(oracle: Oracle, image: str) -> str:
    """The key of the album in which the state has the picture, where a file of its content ever was in that folder: it
    may have been deleted from there before any reading of that album showed it."""
    record = oracle.stage.ask(lambda store: store.picture(image))
    if record is None:
        return ""
    key, sha, ever = oracle.stage.street(record.album), oracle.watcher.shas.get(image), oracle.acts.streets.ever_at
    return key if any(sha in shas for (album, _), shas in ever.items() if album == key) else ""


def _last_shown(oracle: Oracle, deed: Deed, image: str) -> str:
    """The key of the album that showed a picture last, which need not be the one that it was uploaded for: it may have
    moved. One that no album ever showed counts for that one."""
    for earlier in reversed(oracle.watcher.deeds[: oracle.watcher.deeds.index(deed)]):
        for albums in (earlier.after, earlier.before):
            showing = [album.id for album in albums.values() if image in album.images]
            if showing:
                return oracle.keys_of.get(showing[-1], "")
    return oracle.album_of(image)


def _needed_elsewhere(oracle: Oracle, before: Before, key: str, image: str) -> bool:
    """Whether another album that shows the picture has a file of its content: each album has a picture of its own. One
    that the manifest does not name any more gives none away."""
    sha = oracle.watcher.shas[image]
    record = oracle.stage.ask(lambda store: store.picture(image))
    if record is not None and record.album not in oracle.stage.albums:
        return True
    others = {oracle.keys_of.get(album.id, "") for album in world_albums(oracle.stage) if image in album.images} - {key}
    specs = {other: oracle.stage.albums[other] for other in others if other in oracle.stage.albums}
    # One that a half-done move put into this album as well stays the other's if that keeps what has no file by now.
    keeps = any(spec.protect or spec.prune is Prune.NEVER for spec in specs.values())
    return keeps or any(sha in before.files.get(other, {}).values() for other in others)


def _not_twice(oracle: Oracle, before: Before, run: Run, deed: Deed) -> None:
    """I3: nothing is uploaded into an album that shows it already for every file that wants it."""
    if oracle.stage.anonymous or {"late-commit", "somebody", "change", "vanish"} & set(run.struck):
        return
    if oracle.acts.ever_rolled_back:
        return  # what moved to another album since that copy was made is in it, and recorded in the one before
    # What had just been made when the state was lost is not shown yet by any list that this run can have read, unless
    # an earlier one saw it and this one was shown no old lists.
    old = "stale-read" in run.struck
    since = before.at - oracle.stage.options.knobs.lag - (30 if old else 2)
    made = {upload.id for upload in oracle.stage.world.uploads if upload.time > since}
    unseen = (made & oracle.late) - (set() if old else oracle.verified)
    for image in _new(deed):
        key, sha, name = oracle.album_of(image), oracle.watcher.shas[image], oracle.watcher.names[image]
        files = sum(one == sha for one in before.files.get(key, {}).values())
        shown = [
            other
            for album_id, album in deed.before.items()
            if oracle.keys_of.get(album_id, "") == key
            for other in album.images
            if oracle.ours(other) and oracle.watcher.shas[other] == sha and oracle.watcher.names[other] != name
            if other not in unseen
            if not _needed_elsewhere(oracle, before, key, other)
        ]
        must(not shown or len(shown) < files, "I3", f"{name} was uploaded into {key}, which shows that picture")


def _new(deed: Deed) -> list[str]:
    """The pictures that were uploaded into an album; an edit of a picture's texts puts it, too."""
    there = {image for album in deed.before.values() for image in album.images}
    came = {image for album in deed.after.values() for image in album.images} - there
    return [c.image.id for c in deed.changes if type(c).__name__ == "PutImage" and c.image.id in came]
