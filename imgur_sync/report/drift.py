"""What was changed on Imgur, album by album: for people and as JSON."""

from __future__ import annotations

from imgur_sync.model.plan import AlbumPlan, Gate, GateName, Plan
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import plural
from imgur_sync.report.jsons import Json, document
from imgur_sync.report.text import drift_text as told


def found_drift(plan: Plan) -> bool:
    """Whether anything of ours was changed on Imgur. Pictures of others, which are kept, do not count."""
    return any(album.drift for album in plan.albums)


def drift_text(plan: Plan) -> str:
    """One line for each change, then the albums that hold pictures of others; ends in a newline."""
    lines = [line for album in plan.albums for line in _lines(album)]
    if not lines:
        albums = plan.unchanged + len(plan.albums)
        lines = [f"Nothing was changed on Imgur ({plural(albums, 'album')} looked at)."]
    foreign = [*((album.album, album.foreign) for album in plan.albums if album.foreign), *plan.unchanged_foreign]
    lines += [f"{terminal(key)}: {plural(count, 'picture')} of others in it: kept" for key, count in foreign]
    return "\n".join(lines) + "\n"


def _lines(album: AlbumPlan) -> list[str]:
    key = terminal(album.album)
    lines = [f"{key}: {sentence(told(drift), 400)}" for drift in album.drift]
    lines += [f"{key}: not certain yet: {sentence(doubt.what, 400)}" for doubt in album.unsettled]
    lines += [f"{key}: gate {gate.name}: {sentence(gate.detail, 400)}" for gate in telling_gates(album)]
    return lines


def telling_gates(album: AlbumPlan) -> list[Gate]:
    """The gates that say what becomes of what was changed, or that nobody could look."""
    blind = (GateName.LISTING, GateName.ROOT)
    return [gate for gate in album.gates if album.drift or gate.name in blind]


def drift_json(plan: Plan) -> str:
    """The albums with something changed or with pictures of others, each change with what becomes of it."""
    unchanged = plan.unchanged - len(plan.unchanged_foreign)
    return document("drift", {"albums": drift_entries(plan), "unchanged": unchanged})


def drift_entries(plan: Plan) -> list[Json]:
    """Those albums as plain values."""
    told = [_entry(album) for album in plan.albums if album.drift or album.foreign or album.unsettled or album.gates]
    quiet: list[Json] = [
        {"album": key, "drift": [], "foreign": count, "unsettled": [], "gates": []}
        for key, count in plan.unchanged_foreign
    ]
    return [*told, *quiet]


def _entry(album: AlbumPlan) -> Json:
    return {
        "album": album.album,
        "drift": [{"what": drift.what, "then": drift.then} for drift in album.drift],
        "foreign": album.foreign,
        "unsettled": [doubt.what for doubt in album.unsettled],
        "gates": [{"name": gate.name.value, "detail": gate.detail} for gate in album.gates],
    }
