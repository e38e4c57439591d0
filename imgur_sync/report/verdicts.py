"""Reads out of an album's plan what becomes of one path, and which gate or limit stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.spec import AlbumSpec, Prune
from imgur_sync.model.step import DeleteImage, EditAlbum, Step, Upload, UploadReason
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.report.explain import Verdict
from imgur_sync.report.prices import LIMIT_TEXTS

LIVES = "the picture itself stays, and its link goes on working"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one path, sentences for it, and the gate that holds it back ("" for none)."""

    verdict: Verdict
    because: tuple[str, ...]
    gate: GateName | None = None


def judge(
    album: AlbumPlan | None, spec: AlbumSpec, path: str, pictures: tuple[SyncedPicture, ...], *, there: bool
) -> Judgement | None:
    """What the plan says about `path`; `album` is None for one that is as wanted. `there` tells whether the album takes
    a file of that path now. None where the plan says nothing: the path is neither a picture's nor such a file's."""
    if album is not None:
        bad = next((bad for bad in album.unsendable if bad.path == path), None)
        unsendable = _unsendable(bad, stays=bool(pictures)) if bad is not None else None
        for found in (_stopped(album), unsendable, _step(album, path), _remark(album, path)):
            if found is not None:
                return found
    return _standing(spec, pictures, there=there)


def _stopped(album: AlbumPlan) -> Judgement | None:
    for gate in album.gates:
        if gate.name in (GateName.ROOT, GateName.LISTING):
            return Judgement(Verdict.NOT_COMPARED, (gate.detail,), gate.name)
    return None


def _step(album: AlbumPlan, path: str) -> Judgement | None:
    """The step that is about this path, and what holds it back."""
    for step in album.wanted:
        match step:
            case Upload() if step.path == path:
                return _held(album, step, path, _upload(step))
            case DeleteImage() if step.path == path:
                why = 'its file left the folder, and prune = "delete"'
                return _held(album, step, path, Judgement(Verdict.DELETED, (why,)))
            case EditAlbum():
                found = _edit(step, path)
                if found is not None:
                    return _held(album, step, path, found)
            case _:
                continue
    for move in album.moves:
        if path in (move.source, move.target):
            source = f"{move.album or album.album}/{move.source}"
            told = f"{source} is now {album.album}/{move.target}: the same content, so its picture and link stay"
            return Judgement(Verdict.MOVED, (told,))
    return None


def _upload(step: Upload) -> Judgement:
    match step.reason:
        case UploadReason.NEW:
            return Judgement(Verdict.SENT, ("no picture of ours has this content",))
        case UploadReason.REPLACES:
            told = "its content changed: a new picture takes the place of the old one and has a new link"
            return Judgement(Verdict.REPLACED, (told, f"of the old one, {LIVES}"))
        case UploadReason.RESTORES:
            return Judgement(Verdict.RESTORED, ("its picture is gone from Imgur; it gets a new link",))
        case _:
            assert_never(step.reason)


def _edit(step: EditAlbum, path: str) -> Judgement | None:
    if any(place.path == path for place in step.detached):
        return Judgement(Verdict.LEAVES, (f"its file left the folder; {LIVES}",))
    if any(path == move.target for move in step.moves):
        return None
    if any(place.path == path for place in step.attached):
        return Judgement(Verdict.RETURNED, ("a picture of this content is on Imgur, outside the album",))
    if any(place.path == path for place in step.retired):
        return Judgement(Verdict.REPLACED, (f"another picture takes its place; of the old one, {LIVES}",))
    return None


def _held(album: AlbumPlan, step: Step, path: str, wanted: Judgement) -> Judgement:
    """The judgement as it stands after gates and budget."""
    guards = {
        Verdict.LEAVES: GateName.PRUNE,
        Verdict.DELETED: GateName.PRUNE,
        Verdict.REPLACED: GateName.REPLACE,
        Verdict.RESTORED: GateName.RESTORE,
    }
    gates = {gate.name: gate for gate in album.gates}
    named = next((held.gate for held in album.withheld if held.step == step), None)
    gate = guards.get(wanted.verdict, named)
    if step not in album.steps and gate in gates:
        return Judgement(Verdict.WITHHELD, (*wanted.because, gates[gate].detail), gate)
    if step not in album.steps and named in gates and not isinstance(step, EditAlbum):
        return Judgement(Verdict.WITHHELD, (*wanted.because, gates[named].detail), named)
    limit = next((held.limit for held in album.deferred if held.step == step), None)
    if limit is not None:
        return Judgement(Verdict.DEFERRED, (*wanted.because, f"the {LIMIT_TEXTS[limit]} do not suffice now"))
    return _remark(album, path) or wanted


def _remark(album: AlbumPlan, path: str) -> Judgement | None:
    for entry in album.blocked:
        if entry.path == path:
            return Judgement(Verdict.BLOCKED, (entry.reason,))
    for text in album.lost_texts:
        if text.path == path:
            return Judgement(Verdict.BLOCKED, (text.reason,))
    for doubt in album.unsettled:
        if path and f" {path} " in f" {doubt.what} ":
            return Judgement(Verdict.IN_DOUBT, (doubt.what,))
    if path in album.unmanaged:
        return Judgement(
            Verdict.UNMANAGED, ("it lies outside what the album takes now; its picture stays as it is, unmanaged",)
        )
    return None


def _unsendable(bad: Unsendable, *, stays: bool) -> Judgement:
    why = bad.why.value + (f": {bad.detail}" if bad.detail else "")
    again = ("not tried again until the file changes, or with: imgur-sync apply --retry-failed",)
    kept = ("the picture that is there for it stays",)
    because = (why, *(again if bad.why is Why.REFUSED else ()), *(kept if stays else ()))
    return Judgement(Verdict.UNSENDABLE, because)


def _standing(spec: AlbumSpec, pictures: tuple[SyncedPicture, ...], *, there: bool) -> Judgement | None:
    """What the state alone says, where the plan has nothing to say."""
    standings = {picture.standing for picture in pictures}
    if Standing.PLACED in standings and there:
        return Judgement(Verdict.AS_WANTED, ("the picture is in the album, and its file is the same",))
    if Standing.PLACED in standings:
        never = spec.prune is Prune.NEVER
        why = 'its file left the folder, and prune = "never"' if never else "its picture is in the album"
        return Judgement(Verdict.KEPT, (why,))
    if Standing.UNMANAGED in standings:
        return Judgement(Verdict.UNMANAGED, ("its picture stays in the album as it is, unmanaged",))
    if Standing.GONE in standings and there:
        return Judgement(Verdict.RESPECTED, ('it was deleted on Imgur, and on_remote_delete = "respect"',))
    if standings:
        what = " and ".join(sorted(standing.value for standing in standings))
        return Judgement(Verdict.GONE, (f"its file left the folder, and its picture is {what}",))
    return None
