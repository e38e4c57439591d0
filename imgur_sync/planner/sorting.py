"""What each file and each picture of one album is to become, before order and header are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from imgur_sync.model.local import LocalFile
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import OnRemoteDelete, Prune
from imgur_sync.model.step import UploadReason
from imgur_sync.model.synced import Intent, IntentKind, Standing, SyncedPicture
from imgur_sync.planner.marker import SHORT, by_short
from imgur_sync.planner.match import match
from imgur_sync.planner.order import Ranking
from imgur_sync.planner.view import AlbumView, Claims, Hold


@dataclass(frozen=True, slots=True)
class Send:
    """A file that has no picture. `intent` is set while an earlier request for it is in doubt."""

    file: LocalFile
    reason: UploadReason
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """The decision about every file and picture.

    `pairs` by path; `sends` in wanted order; `held_sends` are those that a gate holds back. Of our pictures: `pruned`
    leave because their file left, `retired` (with the path) because another picture took their place, `moved_away`
    went to another album, `unmanaged` and `kept` stay behind ours, `in_place` stay where their path puts them,
    `protected` likewise, `left` should leave and are not shown any more (`adrift` are not shown either, and may be too
    new), `reattached` are alive but not in the album, `settling` were placed a moment ago and are not shown yet.
    `respected` and `twice_gone` are files that are not sent again.
    """

    files: tuple[LocalFile, ...]
    pairs: Mapping[str, SyncedPicture]
    sends: tuple[Send, ...]
    held_sends: tuple[Send, ...]
    pruned: tuple[SyncedPicture, ...]
    retired: tuple[tuple[str, SyncedPicture], ...]
    moved_away: tuple[SyncedPicture, ...]
    unmanaged: tuple[SyncedPicture, ...]
    kept: tuple[SyncedPicture, ...]
    in_place: tuple[SyncedPicture, ...]
    protected: tuple[SyncedPicture, ...]
    left: tuple[SyncedPicture, ...]
    adrift: tuple[SyncedPicture, ...]
    reattached: frozenset[str]
    settling: frozenset[str]
    respected: tuple[str, ...]
    twice_gone: tuple[str, ...]
    unpaired: tuple[LocalFile, ...]
    spare: tuple[SyncedPicture, ...]

    def sent_for(self, reason: UploadReason) -> tuple[Send, ...]:
        """The files sent for one reason."""
        return tuple(send for send in self.sends if send.reason is reason)


_STAYING = ("settling", "kept", "in_place", "protected")


def sort_out(view: AlbumView, claims: Claims, hold: Hold) -> Sorted:
    """Decide about every file and picture of the album; a hold keeps pictures and holds back uploads."""
    spec = view.spec
    ranking = Ranking(spec, view.local.files)
    files = tuple(sorted(view.local.files, key=lambda file: ranking.key(file.path)))
    order = view.listing.ids if view.listing is not None else ()
    shown = frozenset(order)
    alive, gone, settling, reattached = _standings(view, shown)
    away = claims.outgoing | view.renewed.keys()
    own = [picture for picture in alive if picture.id not in away] if away else alive
    matching = match(files, own, order, view.keyless)
    spare = (*matching.pictures, *_again(view, alive)) if view.renewed else matching.pictures
    pairs = {**matching.pairs, **claims.incoming} if claims.incoming else matching.pairs
    loose = [file for file in files if file.path not in pairs]
    sends, respected, twice = _sends(view, loose, gone, {p.path for p in spare if p.standing is not Standing.UNMANAGED})
    stuck = {send.file.path for send in sends if _is_held(send, view, hold)}
    stuck |= {file.path for file in loose} - {send.file.path for send in sends} - set(respected)
    fate = _fates(view, spare, shown, stuck, respected, hold)
    back = reattached | {picture.id for picture in claims.incoming.values()}
    return Sorted(
        files=files,
        pairs=pairs,
        sends=tuple(send for send in sends if send.file.path not in stuck),
        held_sends=tuple(send for send in sends if send.file.path in stuck),
        pruned=fate["pruned"],
        retired=tuple((picture.path, picture) for picture in fate["retired"]),
        moved_away=tuple(picture for picture in alive if picture.id in claims.outgoing) if claims.outgoing else (),
        unmanaged=fate["unmanaged"],
        kept=fate["kept"],
        in_place=fate["in_place"],
        protected=fate["protected"],
        left=fate["left"],
        adrift=(*fate["left"], *fate["settling"], *_unshown(view, fate, shown)),
        reattached=_among((pairs.values(),), back),
        settling=_among((pairs.values(), *(fate[name] for name in _STAYING)), settling),
        respected=respected,
        twice_gone=twice,
        unpaired=tuple(send.file for send in sends if send.intent is None),
        spare=spare,
    )


def _unshown(
    view: AlbumView, fate: Mapping[str, tuple[SyncedPicture, ...]], shown: frozenset[str]
) -> Iterator[SyncedPicture]:
    """What would be deleted, or kept, without a file, and is not in the album: with an account somebody took it out, or
    the state is older than a move. Without one, what is kept is put back."""
    yield from (picture for picture in fate["pruned"] if picture.id not in shown)
    if not view.anonymous:
        yield from (p for p in fate["kept"] if p.id not in shown and view.settles_at(p.placed_at) <= view.now)


def _again(view: AlbumView, alive: Iterable[SyncedPicture]) -> Iterable[SyncedPicture]:
    """Pictures whose files are uploaded once more: as if another picture took their place."""
    return (replace(p, path=view.renewed[p.id]) for p in alive if p.id in view.renewed)


def _among(pictures: Iterable[Iterable[SyncedPicture]], ids: frozenset[str]) -> frozenset[str]:
    """Those of `ids` that the pictures have; mostly there are none, and no picture is looked at."""
    return frozenset(p.id for group in pictures for p in group if p.id in ids) if ids else ids


def _standings(
    view: AlbumView, shown: frozenset[str]
) -> tuple[list[SyncedPicture], list[SyncedPicture], frozenset[str], frozenset[str]]:
    """Our pictures that live, those that are gone, and of the living those not shown yet and those taken out."""
    alive: list[SyncedPicture] = []
    gone: list[SyncedPicture] = []
    settling: set[str] = set()
    reattached: set[str] = set()
    listed, exists, probed = view.listing is not None, view.exists, view.probed.gone
    for picture in view.pictures:
        standing = picture.standing
        if standing is Standing.GONE or picture.id in probed:
            gone.append(picture)
        elif standing is Standing.PLACED or standing is Standing.UNMANAGED:
            alive.append(picture)
            if listed and picture.id not in shown:
                recent = view.now < view.settles_at(picture.placed_at) and picture.id not in view.probed.alive
                (settling if recent else reattached).add(picture.id)
            elif not exists:
                reattached.add(picture.id)
    return alive, gone, frozenset(settling), frozenset(reattached)


def _sends(
    view: AlbumView, loose: list[LocalFile], gone: list[SyncedPicture], vacated: set[str]
) -> tuple[list[Send], tuple[str, ...], tuple[str, ...]]:
    """Files without a picture: those to send, those that are respected as deleted, those that vanished twice."""
    lost = _lost(view.local.files, loose, gone)
    doubts = _doubts(view, loose)
    refused = {(file.path, file.digest) for file in view.failed}
    sends: list[Send] = []
    respected: list[str] = []
    twice: list[str] = []
    for file in loose:
        doubt = doubts.get(file.path)
        former = lost.get(file.path, ())
        if doubt is None and (file.path, file.digest) in refused:
            continue
        if former and doubt is None:
            if view.spec.on_remote_delete is OnRemoteDelete.RESPECT:
                respected.append(file.path)
                continue
            if any(picture.restored for picture in former):
                twice.append(file.path)
                continue
        reason = UploadReason.REPLACES if file.path in vacated else UploadReason.NEW
        sends.append(Send(file, UploadReason.RESTORES if former else reason, doubt))
    return sends, tuple(respected), tuple(twice)


def _lost(
    files: Sequence[LocalFile], loose: Sequence[LocalFile], gone: Sequence[SyncedPicture]
) -> Mapping[str, Sequence[SyncedPicture]]:
    """The pictures that are gone from Imgur, by the path of the file that each was of: that of its recorded path, or
    one of equal digest that it may have been renamed to. Another copy is a new file; an unknown path stands for any."""
    found: dict[str, list[SyncedPicture]] = {}
    if not gone:
        return found
    full = by_short(file.digest for file in files)
    by_place: dict[str, dict[str, list[SyncedPicture]]] = {}
    for picture in gone:
        digest = full.get(picture.digest, picture.digest)
        by_place.setdefault(digest, {}).setdefault(picture.path, []).append(picture)
    for file in loose:
        former = by_place.get(file.digest, {}).get(file.path)
        if former:
            found[file.path] = former
    taken = {(file.path, file.digest) for file in files}
    for file in loose:
        places = by_place.get(file.digest, {})
        free = next((path for path in places if (path, file.digest) not in taken), None)
        if file.path not in found and free is not None:
            found[file.path] = places[free] if free == "" else places.pop(free)
    return found


def _doubts(view: AlbumView, loose: list[LocalFile]) -> Mapping[str, Intent]:
    """The uploads in doubt by the path of the file that each stands for: that of its own path, else any of the same
    digest; each stands for one."""
    by_digest: dict[str, list[Intent]] = {}
    for intent in view.open_intents(IntentKind.UPLOAD):
        by_digest.setdefault(intent.digest, []).append(intent)
    doubts: dict[str, Intent] = {}
    if not by_digest:
        return doubts
    for own in (True, False):
        for file in loose:
            intents = by_digest.get(file.digest, [])
            found = next((i for i in intents if i.path == file.path or not own), None)
            if found is not None and file.path not in doubts:
                intents.remove(found)
                doubts[file.path] = found
    return doubts


def _is_held(send: Send, view: AlbumView, hold: Hold) -> bool:
    """Whether a file cannot be sent now."""
    if send.file.digest[:SHORT] in view.on_its_way:  # its picture may be there in a moment
        return True
    if hold.bytes_needed and not send.file.can_be_sent:
        return True
    if send.file.path in hold.waiting:
        return True
    match send.reason:
        case UploadReason.REPLACES:
            return view.spec.protect or GateName.REPLACE in hold.gates
        case UploadReason.RESTORES:
            return GateName.RESTORE in hold.gates
        case UploadReason.NEW:
            return False
    assert_never(send.reason)


def _fates(
    view: AlbumView,
    spare: tuple[SyncedPicture, ...],
    shown: frozenset[str],
    stuck: set[str],
    respected: tuple[str, ...],
    hold: Hold,
) -> dict[str, tuple[SyncedPicture, ...]]:
    """Sort the pictures of ours that have no file into what becomes of each. `stuck` files get no new picture now;
    `respected` ones get none for good, and what they showed before is without a file. Of a picture whose path a lost
    state took along nobody knows whether the rules leave its file out: where they may, it stays."""
    unsendable = {file.path for file in view.local.unsendable} | stuck
    moved_folder = view.synced is not None and view.synced.folder not in ("", view.spec.folder)
    paths = {file.path for file in view.local.files} - set(respected) if spare else set()
    names = ("pruned", "retired", "unmanaged", "kept", "in_place", "protected", "left", "settling")
    fate: dict[str, list[SyncedPicture]] = {name: [] for name in names}
    for picture in spare:
        path = picture.path
        if picture.standing is Standing.UNMANAGED:
            name = "unmanaged"  # a path of another folder, whatever this one has of that name
        elif path in unsendable:
            name = "in_place"
        elif path in paths:
            name = "in_place" if GateName.REPLACE in hold.gates else "protected" if view.spec.protect else "retired"
        elif moved_folder or path in view.ignored or (path == "" and view.local.filtered):
            name = "unmanaged"
        elif view.spec.prune is Prune.NEVER:
            name = "kept"
        elif view.spec.protect:
            name = "protected"
        else:
            name = "in_place" if GateName.PRUNE in hold.gates else "pruned"
        leaves = name == "retired" or (name == "pruned" and not view.deletes(picture))
        # Without an account nobody takes a picture out of an album but we, in an edit of pieces that broke off.
        leaves = leaves or (name == "unmanaged" and picture.id not in view.put_back)
        if picture.id not in shown and leaves:
            name = "settling" if view.now < view.settles_at(picture.placed_at) else "left"
        fate[name].append(picture)
    return {name: tuple(pictures) for name, pictures in fate.items()}
