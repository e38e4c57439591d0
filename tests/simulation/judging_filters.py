"""What must hold where albums leave files out: a filter takes nothing away, and nothing that it names is sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from imgur_sync.model.synced import Standing
from imgur_sync.simulator.changes import Leave
from tests.simulation import judging_lives
from tests.simulation.broken import must
from tests.simulation.filters import filtering, left_out
from tests.simulation.theatre import Run
from tests.simulation.watching import Deed

if TYPE_CHECKING:
    from tests.simulation.oracle import Before, Oracle

_SHORT = re.compile(r"\.is1-([0-9a-f]{16})-[0-9a-f]{8}\.")
_TOUCHED = {"change", "vanish", "unmount_mid"}


def hidden(oracle: Oracle, key: str) -> set[str]:
    """The contents that files of the folder ever had at paths that are left out now."""
    table = oracle.stage.albums.get(key)
    if not filtering(table):
        return set()
    ever = oracle.acts.streets.ever_at.items()
    return {sha for (album, path), shas in ever if album == key and left_out(table, path) for sha in shas}


def behind(oracle: Oracle) -> dict[str, set[str]]:
    """By album the pictures that nothing may take out of it before the table changes: wherever a file of that content
    ever lay in its folder is left out now, and they are no other album's."""
    ever, found = oracle.acts.streets.ever_at, dict[str, set[str]]()
    for key, table in oracle.stage.albums.items():
        album = oracle.album(key)
        if album is None or not filtering(table):
            continue
        open_to = {sha for (k, path), shas in ever.items() if k == key and not left_out(table, path) for sha in shas}
        unseen = hidden(oracle, key) - open_to
        found[album.id] = {i for i in album.images if oracle.watcher.shas[i] in unseen and _its(oracle, key, i)}
    return {album: images for album, images in found.items() if images}


def _its(oracle: Oracle, key: str, image: str) -> bool:
    """Whether the picture is ours, and this album's alone; a twin of another one is no picture of it."""
    record = oracle.stage.ask(lambda store: store.picture(image))
    here = record is not None and oracle.stage.street(record.album) == key
    here = here and record is not None and record.standing in (Standing.PLACED, Standing.UNMANAGED)
    twins = Counter(oracle.watcher.names.values())[oracle.watcher.names[image]] > 1
    return here and not twins and oracle.ours(image)


def look(oracle: Oracle, before: Before, run: Run) -> None:
    """Everything of one apply."""
    _not_sent(oracle, before, run)
    if not before.behind:
        return
    for deed in (deed for deed in oracle.watcher.deeds[before.deeds :] if deed.by == "us"):
        if not any(isinstance(change, Leave) for change in deed.changes) or not oracle.stage.anonymous:
            _stay(oracle, before, deed)
    if run.codes == (0,):
        _are_there(oracle, before)


def _stay(oracle: Oracle, before: Before, deed: Deed) -> None:
    """I5: what is left out is not gone: its picture stays, whatever `prune` says."""
    gone = [*deed.left, *((album, image) for image in deed.dropped for album in deed.before)]
    for album, image in gone:
        about = f"{oracle.watcher.names[image]} left {oracle.keys_of.get(album)}, which leaves its file out"
        must(image not in before.behind.get(album, ()), "I5", about)


def _are_there(oracle: Oracle, before: Before) -> None:
    """I5: without an account some are taken out to be put in again: they are, when a run says that all is done."""
    for album_id, images in before.behind.items():
        album = oracle.stage.world.albums.get(album_id)
        if album is None or oracle.keys_of.get(album_id) in oracle.acts.removed:
            continue
        by_site = {i for deed in oracle.watcher.deeds[before.deeds :] if deed.by == "site" for _, i in deed.left}
        there = {*album.images, *by_site, *(image for image in images if image not in oracle.stage.world.images)}
        must(
            images <= there, "I5", f"a picture whose file is left out is not in {oracle.keys_of.get(album_id)} any more"
        )


def _not_sent(oracle: Oracle, before: Before, run: Run) -> None:
    """Nothing is uploaded for an album but what it takes: a file that it leaves out stays here."""
    tables = {key: table for key, table in oracle.stage.albums.items() if filtering(table)}
    if not tables or _TOUCHED & set(run.struck):
        return
    names = {table.key: key for key, table in tables.items()}
    for one in oracle.stage.weather.sent:
        planned = _SHORT.search(one.marker)
        owner = judging_lives.of_key(one.marker, names) if planned is not None else None
        if planned is None or owner is None:
            continue
        taken = any(sha.startswith(planned[1]) for sha in before.files[names[owner]].values())
        must(taken, "I14", f"{one.marker} was sent: {owner} takes no such file")


def split(oracle: Oracle, key: str, shown: list[str], wanted: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Of what an album shows of ours: the pictures that its files may have, and the rest, of files that are left out.
    Of equal ones those further behind are the rest."""
    unseen, lost, shas = hidden(oracle, key), _nameless(oracle, key), oracle.watcher.shas
    if not unseen and not lost:
        return shown, []
    spare = Counter(shas[image] for image in shown)
    spare.subtract(sha for _, sha in wanted)
    rest: list[str] = []
    for image in reversed(shown):
        if (shas[image] in unseen or image in lost) and spare[shas[image]] > 0:
            spare[shas[image]] -= 1
            rest.insert(0, image)
    return [image for image in shown if image not in rest], rest


def _nameless(oracle: Oracle, key: str) -> set[str]:
    """The pictures of which nobody knows at which path their files lay, since the state was lost: as long as the album
    leaves anything out, they may be of that."""
    if not oracle.acts.ever_lost or not filtering(oracle.stage.albums.get(key)):
        return set()
    name = oracle.stage.name(key)
    return oracle.stage.ask(lambda store: {p.id for p in store.pictures(name) if not p.path}) or set()


def in_place(shown: list[str], rest: list[str], count: int, order: Mapping[str, int]) -> bool:
    """Whether the rest stands behind the pictures of the files, which are the first so many of `shown`."""
    last = max((order[image] for image in shown[:count]), default=-1)
    return all(order[image] > last for image in rest)
