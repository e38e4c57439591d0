"""The plan of one album: a pure function of what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from imgur_sync.model.plan import AlbumPlan, Blocked, Gate, GateName, Unsettled, Withheld
from imgur_sync.model.spec import OnRemoteDelete
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import IntentKind, Standing
from imgur_sync.model.texts import UNMANAGED, Texts
from imgur_sync.planner.awaited import waiting_gates, waiting_uploads
from imgur_sync.planner.gates import counting_gates, listing_gate, root_gate, scan_gate
from imgur_sync.planner.keyless import remarks, renewed
from imgur_sync.planner.price import reads_around
from imgur_sync.planner.rearranged import rearranged, rearranged_drift
from imgur_sync.planner.remarks import blocked, doubts, drift, place_warning, refused, sending_warnings, unfinished
from imgur_sync.planner.shown import shown_before
from imgur_sync.planner.sorting import Send, Sorted, sort_out
from imgur_sync.planner.target import Target, aim, current_privacy, doubtful_edit
from imgur_sync.planner.texts import (
    lost_texts,
    overruled_texts,
    text_drift,
    text_steps,
    told_texts,
    unknown_paths,
    unsettled_texts,
    wishes,
)
from imgur_sync.planner.view import NO_CLAIMS, NOTHING_HELD, AlbumView, Claims, Hold
from imgur_sync.planner.withheld import withheld_steps


def plan_album(
    view: AlbumView,
    claims: Claims = NO_CLAIMS,
    approved: frozenset[GateName] = frozenset(),
    run_gates: tuple[Gate, ...] = (),
) -> AlbumPlan:
    """Plan one album. `approved` gates let pass what they guard; `run_gates` are those that the whole run tripped."""
    listing, root = listing_gate(view), root_gate(view)
    if root is not None or listing is not None:
        return _stopped(view, tuple(gate for gate in (root, listing) if gate is not None))
    if view.shown_by is not None:
        expected = Unsettled(view.spec.key, "the new album is not shown yet", view.shown_by)
        return replace(_blank(view), unsettled=(*doubts(view), expected))
    wanted = sort_out(view, claims, NOTHING_HELD)
    while (again := renewed(view, wanted)) is not view:
        view, wanted = again, sort_out(again, claims, NOTHING_HELD)
    gates, held = _gates(view, wanted, approved, run_gates)
    gates = (*waiting_gates(view.spec.key, claims.awaited), *gates)
    granted, target = wanted, aim(view, wanted, publish=True)
    texts = wishes(view.spec, target.entries)
    all_steps = _steps(view, wanted, target, texts)
    if view.adopting and target.foreign and GateName.ADOPT not in approved:
        return _to_adopt(view, all_steps, target.foreign)
    if held or claims.awaited or any(not send.file.can_be_sent for send in wanted.sends):
        granted = sort_out(view, claims, Hold(held, bytes_needed=True, waiting=frozenset(claims.awaited)))
        target = aim(view, granted, publish=GateName.PUBLISH not in held)
    stays_gone = view.album_gone and _left_gone(view, held)
    steps = () if stays_gone else _ready(view, granted, _steps(view, granted, target, texts))
    if view.album_gone and view.spec.on_remote_delete is OnRemoteDelete.RESPECT:
        all_steps, gates = (), tuple(gate for gate in gates if gate.name is not GateName.RESTORE)
        target = replace(target, placements=())
    plan = _assembled(view, wanted, granted, target, all_steps, steps, gates, held)
    plan = replace(plan, withheld=(*waiting_uploads(all_steps, claims.awaited), *plan.withheld))
    return plan if not texts else _with_texts(plan, view, granted, texts)


def _gates(
    view: AlbumView, wanted: Sorted, approved: frozenset[GateName], run_gates: tuple[Gate, ...]
) -> tuple[tuple[Gate, ...], frozenset[GateName]]:
    """The gates that are not passed, and the names of those that hold steps back."""
    scan = scan_gate(view)
    own = counting_gates(view, wanted)
    named = {gate.name for gate in own}
    gates = (*own, *(gate for gate in run_gates if gate.name not in named))
    held = frozenset(gate.name for gate in gates) - approved
    if scan is not None:
        held |= {GateName.PRUNE, GateName.REPLACE} if wanted.retired else {GateName.PRUNE}
        # Nobody new sees what leaves when the folder can be read again.
        held |= {GateName.PUBLISH} if wanted.pruned or wanted.retired else frozenset()
    return (*((scan,) if scan is not None else ()), *(gate for gate in gates if gate.name not in approved)), held


def _with_texts(part: AlbumPlan, view: AlbumView, granted: Sorted, texts: Mapping[str, Texts]) -> AlbumPlan:
    """What is to be told of the pictures' texts beside the steps. What nobody can change is blocked until it was told
    by an apply, then a warning."""
    lost = lost_texts(view, granted, texts)
    unheard = (Blocked(view.spec.key, text.path, text.reason) for text in lost if not text.told)
    return replace(
        part,
        blocked=(*part.blocked, *overruled_texts(view, granted, texts), *unheard),
        warnings=(*part.warnings, *told_texts(lost)),
        lost_texts=lost,
        unsettled=(*part.unsettled, *unsettled_texts(view, granted, texts)),
        drift=(*part.drift, *text_drift(view, granted, texts)),
    )


def _to_adopt(view: AlbumView, steps: tuple[Step, ...], foreign: int) -> AlbumPlan:
    """The plan of an album of somebody's making: nothing is done there before its pictures were counted."""
    pictures = "1 picture" if foreign == 1 else f"{foreign} pictures"
    detail = f"the album holds {pictures} that imgur-sync did not put there; they stay, behind those of the folder"
    gate = Gate(GateName.ADOPT, view.spec.key, foreign, detail)
    withheld = tuple(Withheld(step, GateName.ADOPT) for step in steps)
    return replace(_blank(view), wanted=steps, withheld=withheld, gates=(gate,), foreign=foreign)


def _left_gone(view: AlbumView, held: frozenset[GateName]) -> bool:
    """Whether an album that is gone from Imgur stays so."""
    return GateName.RESTORE in held or view.spec.on_remote_delete is OnRemoteDelete.RESPECT


def _steps(view: AlbumView, sorted_: Sorted, target: Target, texts: Mapping[str, Texts]) -> tuple[Step, ...]:
    """The steps in the order of sending: create, narrow, uploads, one edit with the pictures' texts, deletions."""
    key = view.spec.key
    steps: list[Step] = []
    content = bool(sorted_.sends or sorted_.pairs)
    if not view.exists:
        if not content:
            return ()
        steps.append(CreateAlbum(key, view.spec.title))
    if target.narrow is not None:
        steps.append(target.narrow)
    steps.extend(_upload(key, send, texts.get(send.file.path, UNMANAGED)) for send in sorted_.sends)
    if target.edit is not None:
        steps.append(target.edit)
    steps.extend(text_steps(view, sorted_, texts))
    steps.extend(DeleteImage(key, picture.path, picture.digest) for picture in target.deleting)
    return tuple(steps)


def _upload(key: str, send: Send, texts: Texts) -> Upload:
    f = send.file
    facts = (f.size, f.media_type, f.width, f.height, f.has_gps)
    return Upload(key, f.path, f.digest, *facts, send.reason, texts.title, texts.description)


def _ready(view: AlbumView, sorted_: Sorted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that can be sent while some outcomes are unknown: an album with an unknown upload or edit is not
    edited, and nothing is sent twice. Without an account what is as large as an upload in doubt waits for it: of two in
    doubt nobody could tell which of them a picture is."""
    doubts = {send.file.path for send in sorted_.sends if send.intent is not None}
    sizes = {(i.width, i.height) for i in view.open_intents(IntentKind.UPLOAD)} if view.anonymous else set()
    if view.open_intents(IntentKind.CREATE_ALBUM):
        return ()
    certain = not doubtful_edit(view)
    narrows = certain and any(isinstance(step, EditAlbum) and step.narrows for step in steps)
    shut = _too_exposed(view) and not narrows
    settled = certain and not doubts and not view.open_intents(IntentKind.UPLOAD)

    def ready(step: Step) -> bool:
        match step:
            case Upload():
                return step.path not in doubts and not shut and (step.width, step.height) not in sizes
            case CreateAlbum():
                return True
            case EditAlbum():
                return certain if step.narrows else settled
            case EditImage():
                return sorted_.pairs[step.path].id not in view.texts_in_doubt
            case _:
                return settled

    return tuple(step for step in steps if ready(step))


def _too_exposed(view: AlbumView) -> bool:
    """Whether more people can see the album than the manifest allows: nothing goes in before it is narrowed."""
    return view.exists and current_privacy(view).exposure > view.spec.privacy.exposure


def _stopped(view: AlbumView, gates: tuple[Gate, ...]) -> AlbumPlan:
    """The plan of an album of which nothing may be touched."""
    return replace(_blank(view), gates=gates)


def _blank(view: AlbumView) -> AlbumPlan:
    spec, local = view.spec, view.local
    return AlbumPlan(
        album=spec.key,
        title=spec.title or "",
        position=spec.position,
        priority=spec.priority,
        files=len(local.files),
        synced=sum(picture.standing is Standing.PLACED for picture in view.pictures),
        skipped=local.skipped,
        skipped_examples=local.skipped_examples,
        unsendable=(*local.unsendable, *refused(view)),
        listed_at=view.listing.taken_at if view.listing is not None else None,
        fingerprint=local.fingerprint,
        warnings=(*local.warnings, *place_warning(view), *unknown_paths(view)),
        errors=local.errors,
        drift=drift(view),
        unsettled=doubts(view),
    )


def _assembled(
    view: AlbumView,
    wanted: Sorted,
    granted: Sorted,
    target: Target,
    all_steps: tuple[Step, ...],
    steps: tuple[Step, ...],
    gates: tuple[Gate, ...],
    held: frozenset[GateName],
) -> AlbumPlan:
    blank, pairs, changed = _blank(view), _pairs(granted, target), rearranged(view, target)
    return replace(
        blank,
        wanted=all_steps,
        steps=steps,
        withheld=withheld_steps(view, all_steps, steps, gates, held),
        gates=gates,
        blocked=blocked(view, wanted, granted, target),
        drift=(*blank.drift, *rearranged_drift(view, target, changed, all_steps)),
        unsettled=(*blank.unsettled, *_settling(view, granted)),
        unmanaged=tuple(picture.path for picture in granted.unmanaged),
        foreign=target.foreign,
        moves=target.moves,
        placements=target.placements if _placeable(all_steps, steps) else (),
        detachments=tuple(picture.id for picture in granted.left),
        adrift=_adrift(view, wanted),
        released=_released(view, granted),
        replaced=tuple((path, picture.id) for path, picture in granted.retired),
        pairs=pairs,
        shown=shown_before(view, all_steps, pairs, changed),
        leaving=target.leaving,
        deleting=tuple((picture.path, picture.id) for picture in target.deleting),
        unpaired_files=tuple((file.digest, file.path) for file in wanted.unpaired),
        unpaired_pictures=_offered(view, wanted),
        reads=reads_around(steps),
        warnings=(*blank.warnings, *remarks(view, all_steps), *sending_warnings(view, all_steps)),
        unfinished=unfinished(view),
    )


def _settling(view: AlbumView, granted: Sorted) -> tuple[Unsettled, ...]:
    """Pictures of ours that Imgur may show in a while."""
    return tuple(
        Unsettled(view.spec.key, f"{p.path} is not shown in the album yet", view.settles_at(p.placed_at))
        for p in view.pictures
        if p.id in granted.settling
    )


def _pairs(granted: Sorted, target: Target) -> tuple[tuple[str, str], ...]:
    """The managed places that have their picture, and behind them, with no path, what stays of ours without a file."""
    staying = (*granted.in_place, *granted.protected, *granted.kept)
    behind = {picture.id for picture in (*granted.unmanaged, *staying)}
    places = ((entry.path, entry.id) for entry in target.entries if entry.id is not None)
    if not behind:
        return tuple(places)
    return (*places, *(("", image_id) for image_id in target.tail if image_id in behind))


def _placeable(all_steps: tuple[Step, ...], steps: tuple[Step, ...]) -> bool:
    """Whether places can be recorded: at once where no edit of the membership is wanted, else with that edit."""
    needed = any(isinstance(step, EditAlbum) and step.places is not None for step in all_steps)
    granted = any(isinstance(step, EditAlbum) and step.places is not None for step in steps)
    return granted or not needed


def _released(view: AlbumView, granted: Sorted) -> tuple[str, ...]:
    """Pictures that a changed `folder` leaves outside: from now on they are not managed."""
    if view.synced is None or view.synced.folder in ("", view.spec.folder):
        return ()
    return tuple(picture.id for picture in granted.unmanaged if picture.standing is Standing.PLACED)


def _clear(view: AlbumView) -> bool:
    """Whether nothing keeps the album's pictures from files of others."""
    return not view.spec.protect and not view.local.errors


def _adrift(view: AlbumView, wanted: Sorted) -> tuple[str, ...]:
    """Pictures that the album does not show, perhaps as it is gone, and that a file of any album may take: with `never`
    those only that were to stay."""
    if not _clear(view):
        return ()
    free = wanted.adrift if view.spec.prune != "never" else (p for p in wanted.adrift if p in wanted.kept)
    return tuple(picture.id for picture in free if picture.id not in view.keyless)


def _offered(view: AlbumView, wanted: Sorted) -> tuple[tuple[str, str], ...]:
    """Pictures that a file of another album may take: not un-managed ones, not with `never` or `protect`, not while
    anything is unclear."""
    if view.spec.prune == "never" or not _clear(view) or not view.exists:
        return ()
    shown = frozenset(view.listing.ids if view.listing is not None else ())
    stays = {picture.id for picture in wanted.unmanaged}
    stays |= view.keyless
    return tuple((p.digest, p.id) for p in wanted.spare if p.id in shown and p.id not in stays)
