"""Files that may be pictures of an album whose folder is not what it was: they wait, so that none is uploaded twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Withheld
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import Step, Upload
from imgur_sync.model.synced import Standing
from imgur_sync.planner.marker import by_short
from imgur_sync.planner.view import AlbumView, Claims


def awaited(
    views: Mapping[str, AlbumView], plans: Mapping[str, AlbumPlan], claims: Mapping[str, Claims]
) -> dict[str, dict[str, str]]:
    """For each album the paths of its files that wait, with the album that they wait for.

    Those are files that neither a picture of their own album nor the matching across albums serves, of equal content
    with pictures that the gate `root` holds in another one. Accepted or put right, that folder decides: they are moved,
    or they are copies. An album that gives nothing away is not waited for.
    """
    found: dict[str, dict[str, str]] = {}
    ranked = sorted(plans.values(), key=lambda plan: (plan.position, plan.album))
    givers = [plan.album for plan in ranked if _gives(plan, views[plan.album])]
    if not givers:
        return found
    full = by_short(digest for plan in ranked for digest, _ in plan.unpaired_files)
    held = {key: _held(views[key], full) for key in givers}
    for plan in ranked:
        taken = claims[plan.album].incoming if plan.album in claims else {}
        for digest, path in plan.unpaired_files:
            owner = next((key for key, pictures in held.items() if pictures[digest] > 0), None)
            if path not in taken and owner is not None:
                held[owner][digest] -= 1
                found.setdefault(plan.album, {})[path] = owner
    return found


def _gives(plan: AlbumPlan, view: AlbumView) -> bool:
    held = any(gate.name is GateName.ROOT for gate in plan.gates)
    return held and view.spec.prune is not Prune.NEVER and not view.spec.protect


def _held(view: AlbumView, full: Mapping[str, str]) -> Counter[str]:
    """How many pictures of each content are without a file in that folder as it is now."""
    pictures = Counter(full.get(p.digest, p.digest) for p in view.pictures if p.standing is Standing.PLACED)
    pictures.subtract(file.digest for file in view.local.files)
    return pictures


def waiting_gates(album: str, waits: Mapping[str, str]) -> tuple[Gate, ...]:
    """The gate `root` of other albums, told where files wait for it."""
    owners = sorted(set(waits.values()))
    if not owners:
        return ()
    count = len(waits)
    files = f"{count} files have" if count > 1 else "1 file has"
    where = ", ".join(owners)
    detail = f"{files} the same content as pictures of {where}, whose folder trips this gate: not uploaded again before"
    return (Gate(GateName.ROOT, album, count, detail),)


def waiting_uploads(steps: Iterable[Step], waits: Mapping[str, str]) -> Sequence[Withheld]:
    """The uploads that wait."""
    return tuple(Withheld(s, GateName.ROOT) for s in steps if isinstance(s, Upload) and s.path in waits)
