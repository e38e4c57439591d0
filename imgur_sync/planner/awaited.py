"""Files that may be pictures of an album whose folder is not what it was, or whose list cannot be read: they wait, so
that none is uploaded twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Withheld
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import Step, Upload
from imgur_sync.model.synced import Standing
from imgur_sync.planner.marker import by_short
from imgur_sync.planner.view import AlbumView, Claims

_TOLD = {
    GateName.ROOT: "whose folder trips this gate",
    GateName.LISTING: "whose list on Imgur cannot be read now",
}


def awaited(
    views: Mapping[str, AlbumView], plans: Mapping[str, AlbumPlan], claims: Mapping[str, Claims]
) -> dict[str, dict[str, tuple[str, GateName]]]:
    """For each album the paths of its files that wait, with the album that they wait for and what is the matter there.

    Those are files that neither a picture of their own album nor the matching across albums serves, of equal content
    with pictures that the gate `root` or `listing` holds in another one. Accepted or put right, that folder decides, or
    the list that can be read again: they are moved, or they are copies. An album that gives nothing away is not waited
    for.
    """
    found: dict[str, dict[str, tuple[str, GateName]]] = {}
    ranked = sorted(plans.values(), key=lambda plan: (plan.position, plan.album))
    givers = {plan.album: gate for plan in ranked if (gate := _holds(plan, views[plan.album])) is not None}
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
                found.setdefault(plan.album, {})[path] = owner, givers[owner]
    return found


def _holds(plan: AlbumPlan, view: AlbumView) -> GateName | None:
    """The gate that keeps an album from giving pictures away, as it else would."""
    if view.spec.prune is Prune.NEVER or view.spec.protect:
        return None
    return next((gate.name for gate in plan.gates if gate.name in _TOLD), None)


def _held(view: AlbumView, full: Mapping[str, str]) -> Counter[str]:
    """How many pictures of each content are without a file in that folder as it is now."""
    pictures = Counter(full.get(p.digest, p.digest) for p in view.pictures if p.standing is Standing.PLACED)
    pictures.subtract(file.digest for file in view.local.files)
    return pictures


def waiting_gates(album: str, waits: Mapping[str, tuple[str, GateName]]) -> tuple[Gate, ...]:
    """The gates of other albums, told where files wait for them."""
    waited: dict[GateName, list[str]] = defaultdict(list)
    for owner, gate in waits.values():
        waited[gate].append(owner)
    return tuple(Gate(gate, album, len(owners), _detail(gate, owners)) for gate, owners in sorted(waited.items()))


def _detail(gate: GateName, owners: Sequence[str]) -> str:
    files = f"{len(owners)} files have" if len(owners) > 1 else "1 file has"
    where = ", ".join(sorted(set(owners)))
    return f"{files} the same content as pictures of {where}, {_TOLD[gate]}: not uploaded again before"


def waiting_uploads(steps: Iterable[Step], waits: Mapping[str, tuple[str, GateName]]) -> Sequence[Withheld]:
    """The uploads that wait."""
    return tuple(Withheld(s, waits[s.path][1]) for s in steps if isinstance(s, Upload) and s.path in waits)
