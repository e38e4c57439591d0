"""The albums on the status page: how each stands, in words, and its newest pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from imgur_sync.model.activity import Activity, Queued, Wait, WaitKind
from imgur_sync.report.escape import html
from imgur_sync.report.figures import number, plural

if TYPE_CHECKING:
    from imgur_sync.report.text import Moment
    from imgur_sync.report.watched import AlbumFace, Tile, Watched

MOST_ALBUMS = 300
"""More albums than anybody looks through on one page."""
MOST_TILES = 600
"""Pictures on one page; albums after them are shown without."""
_MARKS = {"good": "✓", "busy": "▶", "wait": "…", "held": "!"}
_COUNTED = {WaitKind.FILE: "that cannot be sent now", WaitKind.REMOVAL: "to be looked for once more"}


class State(NamedTuple):
    """How an album stands: "good", "busy", "wait" or "held", the strongest that is true of it, and in words."""

    kind: str
    words: str


def state_of(face: AlbumFace, activity: Activity, read: Moment) -> State:
    """How an album stands now."""
    found = list(_states(face, activity, read)) or [_rest(face)]
    kind = max((state.kind for state in found), key=tuple(_MARKS).index)
    return State(kind, "; ".join(state.words for state in found))


def album_sections(watched: Watched, read: Moment) -> Iterator[str]:
    """Every album with its tiles, in the order of the manifest."""
    yield '<h2 id="albums">Albums</h2>'
    if not watched.albums:
        yield "<p>The manifest names no album.</p>"
    tiles, own = 0, _by_album(watched.activity)
    for face in watched.albums[:MOST_ALBUMS]:
        shown = face.tiles if tiles + len(face.tiles) <= MOST_TILES else ()
        tiles += len(shown)
        yield from _section(face, shown, own(face.key), read)
    rest = len(watched.albums) - MOST_ALBUMS
    if rest > 0:
        yield f"<p>And {plural(rest, 'more album')}: <code>imgur-sync status</code> lists all.</p>"


def _by_album(activity: Activity) -> Callable[[str], Activity]:
    """What gives the activity with the waits and the queue of one album only: there may be thousands of them."""
    waits: dict[str, list[Wait]] = {}
    queue: dict[str, list[Queued]] = {}
    for wait in activity.waits:
        waits.setdefault(wait.album, []).append(wait)
    for queued in activity.queue:
        queue.setdefault(queued.album, []).append(queued)
    return lambda key: replace(activity, waits=tuple(waits.get(key, ())), queue=tuple(queue.get(key, ())))


def _section(face: AlbumFace, tiles: tuple[Tile, ...], activity: Activity, read: Moment) -> Iterator[str]:
    state = state_of(face, activity, read)
    name = html(face.title or face.key)
    key = f' <span class="faint">{html(face.key)}, {html(face.privacy)}</span>'
    yield f'<section class="album"><h3>{name}{key}</h3>'
    mark = f'<span aria-hidden="true">{_MARKS[state.kind]}</span>'
    yield f'<p class="state {state.kind}">{mark} {html(state.words, 600)}</p>'
    yield f'<p class="faint">{html(_counts(face, activity))}</p>'
    if tiles:
        yield '<ul class="tiles">'
        yield from (_tile(tile) for tile in tiles)
        yield "</ul>"
    yield "</section>"


def _counts(face: AlbumFace, activity: Activity) -> str:
    words = [plural(face.pictures, "picture") + " in it"] if face.made else ["not made on Imgur yet"]
    for queued in activity.queue:
        if queued.album == face.key:
            words += [f"{plural(queued.uploads, 'upload')} to come"] if queued.uploads else []
            words += [f"{plural(queued.others, 'other step')} to come"] if queued.others else []
    words += [f"{plural(face.failed, 'file')} that Imgur refused"] if face.failed else []
    return ", ".join(words)


def _tile(tile: Tile) -> str:
    name = html(tile.name)
    if not tile.address:
        return f'<li><span title="{name}">{html(tile.kind.partition("/")[0] or "file", 20)}: {name}</span></li>'
    image = f'<img src="{tile.address}" width="88" height="88" alt="{name}" loading="lazy">'
    return f'<li><a href="{tile.address}" title="{name}">{image}</a></li>'


def _states(face: AlbumFace, activity: Activity, read: Moment) -> Iterator[State]:
    """All that is going on with an album, the present first; nothing where it is at rest."""
    waits = [wait for wait in activity.waits if wait.album == face.key]
    kinds = {wait.kind for wait in waits}
    queued = any(queued.album == face.key for queued in activity.queue)
    if activity.album == face.key and activity.doing:
        yield State("busy", f"now: {activity.doing}")
    if face.gone:
        yield State("held", "gone from Imgur")
    gates = sum(wait.kind is WaitKind.GATE for wait in waits)
    if gates:
        yield State("held", f"{plural(gates, 'thing')} held back until somebody decides")
    if WaitKind.PAUSED in kinds:
        yield State("held", "left alone, as somebody else keeps changing it back")
    for kind, words in _COUNTED.items():
        count = sum(wait.kind is kind for wait in waits)
        if count:
            yield State("wait", f"{plural(count, 'file')} {words}")
    if WaitKind.TROUBLE in kinds:
        yield State("wait", "waits for Imgur")
    if WaitKind.BUDGET in kinds:
        until = next((wait.until for wait in waits if wait.kind is WaitKind.BUDGET and wait.until), None)
        yield State("wait", "waits for the budget" + (f", until {read.text(until)}" if until else ""))
    if WaitKind.FOLDER in kinds:
        yield State("wait", "no events come from its folder: it is looked at from time to time")
    if queued and not kinds and activity.album != face.key:
        yield State("wait", "waits for its turn")


def _rest(face: AlbumFace) -> State:
    """How an album stands of which nothing else is known."""
    if not face.looked:
        return State("wait", "not looked at yet")
    if not face.made:
        return State("wait", "nothing in its folder yet")
    return State("good", "as its folder is")


def total(watched: Watched) -> str:
    """All albums in one line."""
    pictures = sum(face.pictures for face in watched.albums)
    return f"{plural(len(watched.albums), 'album')}, {number(pictures)} pictures in them"
