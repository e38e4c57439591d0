"""Reads out of the plan what becomes of one picture of an album that the manifest removes."""

from __future__ import annotations

from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.spec import Removal
from imgur_sync.model.step import DeleteAlbum, DeleteImage, Step
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.report.explain import Verdict
from imgur_sync.report.prices import LIMIT_TEXTS
from imgur_sync.report.verdicts import LIVES, Judgement

IN_ALBUM = (Standing.PLACED, Standing.UNMANAGED)


def judge_removed(plan: Plan, removal: Removal, path: str, pictures: tuple[SyncedPicture, ...]) -> Judgement:
    """What becomes of `path` with its album. `pictures` are ours that were recorded at that path."""
    key = removal.album
    moved = _moved(plan, key, path)
    if moved is not None:
        return moved
    if not pictures:
        return Judgement(Verdict.UNMANAGED, (f"[[removed]] names its album {key}: nothing of this folder is sent",))
    if not any(picture.standing in IN_ALBUM for picture in pictures):
        what = " and ".join(sorted({picture.standing.value for picture in pictures}))
        return Judgement(Verdict.GONE, (f"it is in the album {key} no more: its picture is {what}",))
    album = next((album for album in plan.albums if album.album == key), None)
    if album is None or not album.wanted:
        return _stays(album)
    return _leaves(album, removal, path)


def _moved(plan: Plan, key: str, path: str) -> Judgement | None:
    """A file of another album that takes the picture before its album goes."""
    for album in plan.albums:
        for move in album.moves:
            if (move.album, move.source) == (key, path):
                told = (
                    f"{key}/{path} is now {album.album}/{move.target}: the same content, so its picture and link stay"
                )
                return Judgement(Verdict.MOVED, (told,))
    return None


def _stays(album: AlbumPlan | None) -> Judgement:
    """Why the album is not deleted for now."""
    if album is not None:
        for gate in album.gates:
            return Judgement(Verdict.NOT_COMPARED, (gate.detail,), gate.name)
        for entry in album.blocked:
            return Judgement(Verdict.BLOCKED, (entry.reason,))
    return Judgement(Verdict.NOT_COMPARED, ("its album was not looked at: Imgur says that it is gone",))


def _leaves(album: AlbumPlan, removal: Removal, path: str) -> Judgement:
    """With its album, or out of it; and what holds that back."""
    why = f"[[removed]] names its album {album.album}"
    mine: Step | None = next((s for s in album.wanted if isinstance(s, DeleteImage) and s.path == path), None)
    if mine is not None:
        wanted = Judgement(Verdict.DELETED, (f'{why}, with pictures = "delete"',))
    elif removal.delete_pictures:
        wanted = Judgement(
            Verdict.LEAVES, (why, f"it cannot be deleted with the album, or is needed elsewhere: {LIVES}")
        )
    else:
        wanted = Judgement(Verdict.LEAVES, (f"{why}; {LIVES}",))
    step = mine or next((step for step in album.wanted if isinstance(step, DeleteAlbum)), None)
    gate = next((gate for gate in album.gates if gate.name is GateName.PRUNE), None)
    if gate is not None:
        return Judgement(Verdict.WITHHELD, (*wanted.because, gate.detail), gate.name)
    for doubt in album.unsettled:
        return Judgement(Verdict.IN_DOUBT, (*wanted.because, doubt.what))
    limit = next((held.limit for held in album.deferred if held.step == step), None)
    if limit is not None:
        return Judgement(Verdict.DEFERRED, (*wanted.because, f"the {LIMIT_TEXTS[limit]} do not suffice now"))
    return wanted
