"""The cheapest way to a wanted album: a model of Imgur's album calls and a complete search over their sequences.

Of Imgur (imgur-api §2): a picture is uploaded straight into an album and stands there at a place that nobody knows
before; one PUT sets membership, order and header together and takes any picture of the account in; `remove_images`
takes pictures out, `add` puts them behind; deleting a picture takes it out of the album; an album is made empty.

The rules are those of behaviour §2: created first, without ids; a privacy that narrows goes alone and before the
uploads; nothing leaves and nothing is deleted before the uploads are up, and nothing is widened; an empty membership
cannot be PUT; pictures of others are never taken out. Uploads are counted apart: each costs 10, more than all else
together, so none is made but the wanted ones.

Pictures are labels. Those that are interchangeable bear the same label; labels in `kept` are never taken out, those in
`doomed` have to be deleted. The search finds the fewest calls of 1 credit with which the album is certainly as wanted,
wherever Imgur puts the uploads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, permutations


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the album is to become: labels in order, the cover's label ("": the first), labels that must not be taken
    out."""

    shown: tuple[str, ...]
    cover: str = ""
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """The album as it is. `uploads` are labels to send, `loose` pictures of ours outside it, `doomed` those to delete;
    `narrow`, `widen` and `texts` tell which parts of the header are not as wanted, `titles` are labels of pictures
    whose own texts are not (an upload brings its texts along)."""

    exists: bool
    shown: tuple[str, ...]
    uploads: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    doomed: frozenset[str] = frozenset()
    narrow: bool = False
    widen: bool = False
    texts: bool = False
    cover: str = ""
    titles: frozenset[str] = frozenset()


def fewest_calls(state: State, wanted: Wanted) -> int:
    """The least number of 1-credit calls, beside the uploads, that certainly lead to what is wanted."""
    return next(count for count in range(12) if _reaches(state, wanted, count))


def _done(state: State, wanted: Wanted) -> bool:
    if not state.exists and not wanted.shown:
        return True  # no album is made for nothing
    if not state.exists or state.uploads or state.doomed or state.narrow or state.widen or state.texts or state.titles:
        return False
    return state.shown == wanted.shown and _cover_done(state, wanted)


def _cover_done(state: State, wanted: Wanted) -> bool:
    if not wanted.cover:
        return True
    return (state.cover or (state.shown[0] if state.shown else "")) == wanted.cover


def _bound(state: State, wanted: Wanted) -> int:
    """Calls that no sequence can do without."""
    header = state.narrow or state.widen or state.texts or not state.exists
    return len(state.doomed) + len(state.titles) + (not state.exists) + header


@cache
def _reaches(state: State, wanted: Wanted, calls: int) -> bool:
    """Whether what is wanted can be reached for certain with that many calls beside the uploads."""
    if _done(state, wanted):
        return True
    if calls < _bound(state, wanted):
        return False
    for label in dict.fromkeys(state.uploads):
        # One place that leads nowhere is enough to give this upload up.
        if state.exists and not state.narrow and all(_reaches(s, wanted, calls) for s in _uploaded(state, label)):
            return True
    return calls > 0 and any(_reaches(after, wanted, calls - 1) for after in _called(state, wanted))


def _uploaded(state: State, label: str) -> Iterator[State]:
    """The album after the upload, for every place that the picture may have."""
    rest = list(state.uploads)
    rest.remove(label)
    for place in reversed(range(len(state.shown) + 1)):
        shown = (*state.shown[:place], label, *state.shown[place:])
        yield replace(state, shown=shown, uploads=tuple(rest))


def _called(state: State, wanted: Wanted) -> Iterator[State]:
    """The album after each call of 1 credit that the rules allow, the most promising first."""
    if not state.exists:
        yield replace(state, exists=True, texts=True)
        return
    if state.narrow and state.uploads:
        yield replace(state, narrow=False)
        return
    # More of the header in one call is never worse, so every edit carries all that it may.
    clean = replace(state, narrow=False, texts=False, widen=state.widen and bool(state.uploads))
    covers = dict.fromkeys((wanted.cover, state.cover))
    for ids in _memberships(state, wanted):
        for cover in covers:
            if not cover or cover == state.cover or cover in ids:
                yield _with(clean, ids, cover)
    if not state.uploads:
        yield from _removed(state, wanted)
        for label in sorted(state.doomed):
            shown = tuple(i for i in state.shown if i != label)
            yield replace(state, shown=shown, doomed=state.doomed - {label})
    # One call sets the texts of one picture; which comes first makes no difference.
    for label in sorted(state.titles)[:1]:
        yield replace(state, titles=state.titles - {label})
    for count in range(1, len(state.loose) + 1):
        for added in permutations(state.loose, count):
            yield _with(state, (*state.shown, *added), state.cover)


def _with(state: State, ids: tuple[str, ...], cover: str) -> State:
    everything = [*state.shown, *state.loose]
    for label in ids:
        everything.remove(label)
    return replace(state, shown=ids, loose=tuple(sorted(everything)), cover=cover)


def _memberships(state: State, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """What a PUT may make of the album: it leaves the pictures alone, or sets any order of those that may be there."""
    everything = (*state.shown, *state.loose)
    if sorted(wanted.shown) == sorted(set(wanted.shown) & set(everything)) and wanted.shown:
        stays = set(state.shown) - set(wanted.shown)
        if not state.uploads or not stays:
            yield wanted.shown
    yield state.shown
    must = [i for i in state.shown if state.uploads or i in wanted.kept]
    may = [i for i in state.shown if not state.uploads and i not in wanted.kept] + list(state.loose)
    for count in range(len(may) + 1):
        for chosen in combinations(may, count):
            for ids in dict.fromkeys(permutations((*must, *chosen))):
                if ids:
                    yield ids


def _removed(state: State, wanted: Wanted) -> Iterator[State]:
    """After `remove_images` of any pictures of ours."""
    places = [n for n, label in enumerate(state.shown) if label not in wanted.kept]
    for count in range(1, len(places) + 1):
        for out in combinations(places, count):
            stays = tuple(label for n, label in enumerate(state.shown) if n not in out)
            yield _with(state, stays, state.cover)
