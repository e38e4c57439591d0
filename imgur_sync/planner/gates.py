"""The gates: what must not happen by accident. Each is found from the wanted plan and withholds only what it guards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from imgur_sync.errors import ApprovalError
from imgur_sync.model.local import LocalAlbum, Presence, Why
from imgur_sync.model.plan import Approvals, Gate, GateName
from imgur_sync.model.spec import GateLimit
from imgur_sync.model.step import UploadReason
from imgur_sync.model.synced import Standing
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.target import widens
from imgur_sync.planner.view import AlbumView


def trips(count: int, limit: GateLimit, synced: int) -> bool:
    """Whether `count` pictures are too many for an album of `synced` pictures."""
    return count > max(limit.min, synced * limit.percent // 100)


def scan_print(local: LocalAlbum, *, shared: bool = False) -> str:
    """What stands for one scan of a folder: another directory, or any other content, has another one. For a state that
    machines share it is the content alone: each of them has a clone of its own, made at another time, and in a clone a
    folder without files is none.
    """
    if shared:
        facts = [f"{file.path}\0{file.digest}" for file in local.files]
        facts += [f"{file.path}\0{file.why.value}" for file in local.unsendable]
        content = sha256("\0\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()
        return f"shared|{len(local.files)}.{len(local.unsendable)}.{len(local.errors)}|{content}"
    root = "" if local.root is None else f"{local.root.device}.{local.root.inode}"
    counts = f"{len(local.files)}.{len(local.unsendable)}.{len(local.errors)}"
    return f"{root}|{counts}|{local.fingerprint}"


def root_gate(view: AlbumView) -> Gate | None:
    """Trips when the folder of an album with synced pictures may not be the one it was: absence is not deletion."""
    placed = [picture for picture in view.pictures if picture.standing is Standing.PLACED]
    if not placed or view.root_accepted:
        return None
    local, spec = view.local, view.spec
    if local.root is None:
        return Gate(GateName.ROOT, spec.key, len(placed), f"the folder {spec.folder} is missing")
    usable = [file for file in local.files if file.content is not Presence.PLACEHOLDER]
    if not usable and not local.unsendable:
        taken = " that the album takes" if local.filtered else ""
        return Gate(GateName.ROOT, spec.key, len(placed), f"the folder {spec.folder} has no picture left{taken}")
    written = {file.path for file in local.unsendable if file.why is Why.UNSTILL}
    if not usable and written.isdisjoint(picture.path for picture in placed):  # what is being written is there
        return Gate(GateName.ROOT, spec.key, len(placed), f"the folder {spec.folder} has no readable picture left")
    known = view.synced.root if view.synced is not None and view.synced.folder == spec.folder else None
    if known is not None and known != local.root:
        # What is left out cannot be seen; where that is all there is nothing to know the folder by.
        digests = {p.digest for p in placed if p.path not in view.ignored} or {p.digest for p in placed}
        here = {file.digest for file in usable} | {file.digest[:16] for file in usable}
        if 2 * len(digests & here) < len(digests):
            detail = (
                f"the folder {spec.folder} is another directory than before and holds fewer than half of its pictures"
            )
            return Gate(GateName.ROOT, spec.key, len(placed), detail)
    return None


def scan_gate(view: AlbumView) -> Gate | None:
    """Trips on any error while scanning: what was not seen is not gone."""
    if not view.local.errors:
        return None
    return Gate(GateName.SCAN, view.spec.key, len(view.local.errors), view.local.errors[0])


def listing_gate(view: AlbumView) -> Gate | None:
    """Trips when Imgur's answer about the album was incomplete, inconsistent or not understood."""
    if view.unlisted:
        return Gate(GateName.LISTING, view.spec.key, 1, view.unlisted)
    if view.listing is not None and not view.listing.complete:
        return Gate(GateName.LISTING, view.spec.key, 1, view.listing.flaw or "the listing is incomplete")
    return None


def counting_gates(view: AlbumView, wanted: Sorted) -> tuple[Gate, ...]:
    """prune, replace, restore and publish, as the wanted plan of one album trips them."""
    key, limits = view.spec.key, view.limits
    synced = sum(picture.standing is Standing.PLACED for picture in view.pictures)
    gates: list[Gate] = []
    pruned = len(wanted.pruned)
    if _holds(view, GateName.PRUNE, pruned, limits.prune, synced) or (
        pruned and pruned >= _base(view, GateName.PRUNE, synced)
    ):
        gates.append(Gate(GateName.PRUNE, key, pruned, f"{pruned} of {synced} pictures would leave the album"))
    replaced = len({path for path, _ in wanted.retired})
    if _holds(view, GateName.REPLACE, replaced, limits.replace, synced):
        gates.append(Gate(GateName.REPLACE, key, replaced, f"{replaced} of {synced} pictures would get a new address"))
    restored = len(wanted.sent_for(UploadReason.RESTORES))
    if view.album_gone:
        restored = max(1, synced)
        gates.append(Gate(GateName.RESTORE, key, restored, "the album is gone from Imgur"))
    elif _holds(view, GateName.RESTORE, restored, limits.restore, synced):
        gates.append(Gate(GateName.RESTORE, key, restored, f"{restored} of {synced} pictures are gone from Imgur"))
    if widens(view) and not view.spec.allow_public and (view.exists or wanted.sends or wanted.pairs):
        detail = f"the album would become {view.spec.privacy.value}"
        places = with_places(view)
        detail += f"; {places} of its pictures hold the place where they were taken" if places else ""
        gates.append(Gate(GateName.PUBLISH, key, 1, detail))
    return tuple(gates)


def _holds(view: AlbumView, name: GateName, count: int, limit: GateLimit, synced: int) -> bool:
    return trips(count, limit, _base(view, name, synced)) or (name in view.tripped and count > 0)


def _base(view: AlbumView, name: GateName, synced: int) -> int:
    """What a percentage is of. While the gate holds, what the tool adds to the album does not count."""
    return min(synced, view.bases.get(name, synced))


def with_places(view: AlbumView) -> int:
    """How many of the folder's pictures hold a GPS position. Imgur says that it removes it, but is sent it."""
    return sum(file.has_gps for file in view.local.files)


def run_gate(prunes: Mapping[str, int], limit: int, tripped: Iterable[str]) -> tuple[Gate, ...]:
    """The prune gate of the whole run: above `limit` removals in all, every album's removals are withheld."""
    total = sum(prunes.values())
    if total <= limit:
        return ()
    already = set(tripped)
    detail = f"{total} pictures would leave their albums in this run, more than {limit}"
    return tuple(
        Gate(GateName.PRUNE, album, count, detail) for album, count in prunes.items() if count and album not in already
    )


def passed(gates: Iterable[Gate], approvals: Approvals, *, exact: bool = True) -> frozenset[GateName]:
    """The gates that the approvals pass. Raises `ApprovalError` when a number is not exactly what a gate withholds.

    Later rounds of a run are not `exact`: what is left of an approved removal is still approved, never more.
    """
    counts: dict[GateName, int] = {}
    for gate in gates:
        counts[gate.name] = counts.get(gate.name, 0) + gate.count
    if not exact:
        return frozenset(name for name, number in approvals.items() if counts.get(name, 0) <= number)
    for name, number in approvals.items():
        count = counts.get(name, 0)
        if not name.approvable:
            raise ApprovalError(f"the gate {name.value} cannot be passed by a number")
        if count != number:
            raise ApprovalError(
                f"--approve {name.value}={number} does not match: this plan withholds {count}",
                hint=f"look at the plan again, then use --approve {name.value}={count}" if count else "leave it out",
            )
    return frozenset(approvals)
