"""The plan of one album: a pure function of what was observed."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.local import Presence
from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Unsettled, Withheld
from imgur_sync.model.spec import OnRemoteDelete
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Step, Upload, UploadReason
from imgur_sync.model.synced import IntentKind, Standing
from imgur_sync.planner.gates import counting_gates, listing_gate, root_gate, scan_gate
from imgur_sync.planner.price import reads_around
from imgur_sync.planner.remarks import blocked, doubts, drift, place_warning, refused
from imgur_sync.planner.sorting import Send, Sorted, sort_out
from imgur_sync.planner.target import Target, aim, current_privacy, doubtful_edit
from imgur_sync.planner.view import NO_CLAIMS, NOTHING_HELD, AlbumView, Claims, Hold


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
    scan = scan_gate(view)
    own = counting_gates(view, wanted)
    named = {gate.name for gate in own}
    gates = (*own, *(gate for gate in run_gates if gate.name not in named))
    held = frozenset(gate.name for gate in gates) - approved
    if scan is not None:
        held |= {GateName.PRUNE, GateName.REPLACE} if wanted.retired else {GateName.PRUNE}
    gates = (*((scan,) if scan is not None else ()), *(gate for gate in gates if gate.name not in approved))
    granted, target = wanted, aim(view, wanted, publish=True)
    all_steps = _steps(view, wanted, target)
    if view.adopting and target.foreign and GateName.ADOPT not in approved:
        return _to_adopt(view, all_steps, target.foreign)
    if held or any(send.file.content is not Presence.PRESENT for send in wanted.sends):
        granted = sort_out(view, claims, Hold(held, bytes_needed=True))
        target = aim(view, granted, publish=GateName.PUBLISH not in held)
    stays_gone = view.album_gone and _left_gone(view, held)
    steps = () if stays_gone else _ready(view, granted, _steps(view, granted, target))
    if view.album_gone and view.spec.on_remote_delete is OnRemoteDelete.RESPECT:
        all_steps, gates = (), tuple(gate for gate in gates if gate.name is not GateName.RESTORE)
    return _assembled(view, wanted, granted, target, all_steps, steps, gates, held)


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


def _steps(view: AlbumView, sorted_: Sorted, target: Target) -> tuple[Step, ...]:
    """The steps in the order of sending: create, narrow, uploads, one edit, deletions."""
    key = view.spec.key
    steps: list[Step] = []
    content = bool(sorted_.sends or sorted_.pairs)
    if not view.exists:
        if not content:
            return ()
        steps.append(CreateAlbum(key, view.spec.title))
    if target.narrow is not None:
        steps.append(target.narrow)
    steps.extend(_upload(key, send) for send in sorted_.sends)
    if target.edit is not None:
        steps.append(target.edit)
    steps.extend(DeleteImage(key, picture.path, picture.digest) for picture in target.deleting)
    return tuple(steps)


def _upload(key: str, send: Send) -> Upload:
    f = send.file
    return Upload(key, f.path, f.digest, f.size, f.media_type, f.width, f.height, f.has_gps, send.reason)


def _ready(view: AlbumView, sorted_: Sorted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that can be sent while some outcomes are unknown: an album with an unknown upload or edit is not
    edited, and nothing is sent twice."""
    doubts = {send.file.path for send in sorted_.sends if send.intent is not None}
    if view.open_intents(IntentKind.CREATE_ALBUM):
        return ()
    certain = not doubtful_edit(view)
    narrows = certain and any(isinstance(step, EditAlbum) and step.narrows for step in steps)
    shut = _too_exposed(view) and not narrows
    settled = certain and not doubts and not view.open_intents(IntentKind.UPLOAD)

    def ready(step: Step) -> bool:
        match step:
            case Upload():
                return step.path not in doubts and not shut
            case CreateAlbum():
                return True
            case EditAlbum():
                return certain if step.narrows else settled
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
        warnings=(*local.warnings, *place_warning(view)),
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
    settling = tuple(
        Unsettled(view.spec.key, f"{p.path} is not shown in the album yet", p.placed_at + view.settle_seconds)
        for p in view.pictures
        if p.id in granted.settling
    )
    blank = _blank(view)
    return replace(
        blank,
        wanted=all_steps,
        steps=steps,
        withheld=_withheld(view, all_steps, steps, gates, held),
        gates=gates,
        blocked=blocked(view, wanted, granted, target),
        unsettled=(*blank.unsettled, *settling),
        unmanaged=tuple(picture.path for picture in granted.unmanaged),
        foreign=target.foreign,
        moves=target.moves,
        placements=target.placements if _placeable(all_steps, steps) else (),
        detachments=tuple(picture.id for picture in granted.left),
        adrift=tuple(picture.id for picture in wanted.adrift) if _offers(view) else (),
        released=_released(view, granted),
        replaced=tuple((path, picture.id) for path, picture in granted.retired),
        pairs=_pairs(granted, target),
        leaving=target.leaving,
        deleting=tuple((picture.path, picture.id) for picture in target.deleting),
        unpaired_files=tuple((file.digest, file.path) for file in wanted.unpaired),
        unpaired_pictures=_offered(view, wanted),
        reads=reads_around(steps),
    )


def _pairs(granted: Sorted, target: Target) -> tuple[tuple[str, str], ...]:
    """The managed places that have their picture, and behind them, with no path, what stays of ours without a file."""
    behind = {picture.id for picture in (*granted.unmanaged, *granted.kept)}
    places = ((entry.path, entry.id) for entry in target.entries if entry.id is not None)
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


def _offers(view: AlbumView) -> bool:
    return view.spec.prune != "never" and not view.spec.protect and not view.local.errors and view.exists


def _offered(view: AlbumView, wanted: Sorted) -> tuple[tuple[str, str], ...]:
    """Pictures that a file of another album may take: not un-managed ones, not with `never` or `protect`, not while
    anything is unclear."""
    if not _offers(view):
        return ()
    shown = frozenset(view.listing.ids if view.listing is not None else ())
    stays = {picture.id for picture in wanted.unmanaged}
    return tuple((p.digest, p.id) for p in wanted.spare if p.id in shown and p.id not in stays)


def _withheld(
    view: AlbumView,
    all_steps: tuple[Step, ...],
    steps: tuple[Step, ...],
    gates: tuple[Gate, ...],
    held: frozenset[GateName],
) -> tuple[Withheld, ...]:
    """The wanted steps that a gate holds back or makes smaller."""
    granted = set(steps)
    names = {gate.name for gate in gates}
    found: list[Withheld] = []
    for step in all_steps:
        if step in granted or not held:
            continue
        # Everything waits for an album that is gone; what no counting gate holds is held by the errors of the scan.
        gate = GateName.RESTORE if view.album_gone and GateName.RESTORE in held else _guard(step, held)
        if gate is not None:
            found.append(Withheld(step, gate if gate in names else GateName.SCAN))
    return tuple(found)


def _guard(step: Step, held: frozenset[GateName]) -> GateName | None:
    """The held gate that guards a step."""
    candidates: tuple[GateName, ...] = ()
    if isinstance(step, Upload):
        by_reason = {UploadReason.REPLACES: (GateName.REPLACE,), UploadReason.RESTORES: (GateName.RESTORE,)}
        candidates = by_reason.get(step.reason, ())
    elif isinstance(step, DeleteImage):
        candidates = (GateName.PRUNE,)
    elif isinstance(step, EditAlbum):
        candidates = (
            *((GateName.PRUNE,) if step.detached else ()),
            *((GateName.REPLACE,) if step.retired else ()),
            *((GateName.PUBLISH,) if step.privacy is not None else ()),
        )
    return next((gate for gate in candidates if gate in held), None)
