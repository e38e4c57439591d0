"""The plan of one album: a pure function of what was observed."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.local import LocalFile, Presence, Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Blocked, Drift, Gate, GateName, Unsettled, Withheld
from imgur_sync.model.spec import OnRemoteDelete
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Step, Upload, UploadReason
from imgur_sync.model.synced import IntentKind, Standing
from imgur_sync.planner.gates import counting_gates, listing_gate, root_gate, scan_gate
from imgur_sync.planner.price import reads_around
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
        return replace(_blank(view), unsettled=(*_doubts(view), expected))
    wanted = sort_out(view, claims, NOTHING_HELD)
    scan = scan_gate(view)
    own = counting_gates(view, wanted)
    named = {gate.name for gate in own}
    gates = (*own, *(gate for gate in run_gates if gate.name not in named))
    held = frozenset(gate.name for gate in gates) - approved
    if scan is not None and (wanted.pruned or wanted.retired):
        held |= {GateName.PRUNE, GateName.REPLACE}
    gates = (*((scan,) if scan is not None else ()), *(gate for gate in gates if gate.name not in approved))
    all_steps = _steps(view, wanted, aim(view, wanted, publish=True))
    granted = sort_out(view, claims, Hold(held, bytes_needed=True))
    target = aim(view, granted, publish=GateName.PUBLISH not in held)
    stays_gone = view.album_gone and _left_gone(view, held)
    steps = () if stays_gone else _ready(view, granted, _steps(view, granted, target))
    if view.album_gone and view.spec.on_remote_delete is OnRemoteDelete.RESPECT:
        all_steps, gates = (), tuple(gate for gate in gates if gate.name is not GateName.RESTORE)
    return _assembled(view, wanted, granted, target, all_steps, steps, gates, held)


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
        unsendable=(*local.unsendable, *_refused(view)),
        listed_at=view.listing.taken_at if view.listing is not None else None,
        fingerprint=local.fingerprint,
        warnings=local.warnings,
        errors=local.errors,
        drift=_drift(view),
        unsettled=_doubts(view),
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
        withheld=_withheld(all_steps, steps, held),
        gates=gates,
        blocked=_blocked(view, wanted, granted, target),
        unsettled=(*blank.unsettled, *settling),
        unmanaged=tuple(picture.path for picture in granted.unmanaged),
        foreign=target.foreign,
        moves=target.moves,
        placements=target.placements if _placeable(all_steps, steps) else (),
        detachments=tuple(picture.id for picture in granted.left),
        adrift=tuple(picture.id for picture in wanted.adrift) if _offers(view) else (),
        released=_released(view, granted),
        replaced=tuple((path, picture.id) for path, picture in granted.retired),
        pairs=tuple((entry.path, entry.id) for entry in target.entries if entry.id is not None),
        leaving=target.leaving,
        deleting=tuple((picture.path, picture.id) for picture in target.deleting),
        unpaired_files=tuple((file.digest, file.path) for file in wanted.unpaired),
        unpaired_pictures=_offered(view, wanted),
        reads=reads_around(steps),
    )


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
    """Pictures that a file of another album may take: not with `never` or `protect`, not while anything is unclear."""
    if not _offers(view):
        return ()
    shown = view.listing.ids if view.listing is not None else ()
    return tuple((picture.digest, picture.id) for picture in wanted.spare if picture.id in shown)


def _withheld(all_steps: tuple[Step, ...], steps: tuple[Step, ...], held: frozenset[GateName]) -> tuple[Withheld, ...]:
    """The wanted steps that a gate holds back or makes smaller."""
    granted = set(steps)
    found: list[Withheld] = []
    for step in all_steps:
        if step in granted or not held:
            continue
        gate = _guard(step, held)
        if gate is not None:
            found.append(Withheld(step, gate))
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
    candidates = (*candidates, GateName.RESTORE) if isinstance(step, CreateAlbum) else candidates
    return next((gate for gate in candidates if gate in held), None)


def _blocked(view: AlbumView, wanted: Sorted, granted: Sorted, target: Target) -> tuple[Blocked, ...]:
    """Files and pictures for which nothing is done, and why."""
    key = view.spec.key
    found = [
        Blocked(key, s.file.path, _missing(s.file)) for s in wanted.sends if s.file.content is not Presence.PRESENT
    ]
    found += [Blocked(key, path, "restored once and deleted on Imgur again") for path in wanted.twice_gone]
    found += [Blocked(key, picture.path, "protected", protected=True) for picture in granted.protected]
    found += [
        Blocked(key, send.file.path, "would replace a picture of a protected album", protected=True)
        for send in wanted.held_sends
    ]
    found += [Blocked(key, "", f"Imgur does not take over the {field}") for field in target.overruled]
    return tuple(found)


def _missing(file: LocalFile) -> str:
    return "not downloaded (Git LFS)" if file.content is Presence.POINTER else "not downloaded"


def _refused(view: AlbumView) -> tuple[Unsendable, ...]:
    """Files that failed before and are still the same."""
    digests = {file.path: file.digest for file in view.local.files}
    return tuple(
        Unsendable(file.path, Why.REFUSED, file.reason) for file in view.failed if digests.get(file.path) == file.digest
    )


def _doubts(view: AlbumView) -> tuple[Unsettled, ...]:
    """What has an unknown outcome in this album."""
    names = {
        IntentKind.UPLOAD: "the upload of {path}",
        IntentKind.CREATE_ALBUM: "the creation of the album",
        IntentKind.EDIT_ALBUM: "an edit of the album",
        IntentKind.EDIT_IMAGE: "an edit of {path}",
        IntentKind.DELETE_IMAGE: "the deletion of {path}",
        IntentKind.DELETE_ALBUM: "the deletion of the album",
    }
    return tuple(
        Unsettled(
            view.spec.key,
            names[intent.kind].format(path=intent.path) + " may or may not have happened",
            (intent.failed_at if intent.failed_at is not None else view.now) + view.settle_seconds,
        )
        for intent in view.intents
        if intent.status.value == "open"
    )


def _drift(view: AlbumView) -> tuple[Drift, ...]:
    """What was changed on Imgur by somebody else."""
    key = view.spec.key
    if view.album_gone:
        return (Drift(key, "the album was deleted on Imgur"),)
    if view.listing is None or view.synced is None or not view.synced.edited:
        return ()
    header, sent = view.listing.header, view.synced.sent
    found: list[Drift] = []
    if sent.title is not None and header.title != sent.title:
        found.append(Drift(key, "the title was changed on Imgur"))
    if sent.description is not None and header.description != sent.description:
        found.append(Drift(key, "the description was changed on Imgur"))
    if sent.privacy is not None and header.public != (sent.privacy.value == "public"):
        found.append(Drift(key, f"the privacy was changed on Imgur to {'public' if header.public else 'hidden'}"))
    if header.in_gallery:
        found.append(Drift(key, "the album was posted to the public gallery: its privacy does not hide it there"))
    gone = sum(picture.id in view.probed.gone for picture in view.pictures)
    out = sum(picture.id in view.probed.alive for picture in view.pictures if picture.standing is Standing.PLACED)
    if gone:
        found.append(Drift(key, f"{gone} picture{'s were' if gone > 1 else ' was'} deleted on Imgur"))
    if out:
        found.append(Drift(key, f"{out} picture{'s were' if out > 1 else ' was'} taken out of the album on Imgur"))
    return tuple(found)
