"""Which steps the gates of an album hold back, and which gate holds each."""

from __future__ import annotations

from imgur_sync.model.plan import Gate, GateName, Withheld
from imgur_sync.model.step import DeleteImage, EditAlbum, Step, Upload, UploadReason
from imgur_sync.planner.view import AlbumView


def withheld_steps(
    view: AlbumView,
    all_steps: tuple[Step, ...],
    steps: tuple[Step, ...],
    gates: tuple[Gate, ...],
    held: frozenset[GateName],
) -> tuple[Withheld, ...]:
    """The wanted steps that a gate holds back or makes smaller."""
    if not held:
        return ()
    granted = set(steps)
    names = {gate.name for gate in gates}
    found: list[Withheld] = []
    for step in all_steps:
        if step in granted:
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
