"""What an album's steps mean to a person: one line per kind of change, removals first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.step import (
    CreateAlbum,
    DeleteAlbum,
    DeleteImage,
    EditAlbum,
    EditImage,
    Move,
    Step,
    Upload,
    UploadReason,
)
from imgur_sync.report.escape import quoted, terminal
from imgur_sync.report.figures import number, plural, some

NAMELESS = "(name not known)"
"""Where a renamed picture was, in a rebuilt state that knows it by its marker only."""


def named(path: str, digest: str) -> str:
    """How a picture is called: a rebuilt state knows some by their marker only, and each of them counts."""
    return path or f"(name not known: {digest[:8]})"


@dataclass(slots=True)
class Names:
    """The paths of a list of steps, by kind of change; each path once, in the order of the steps."""

    created: bool = False
    album_deleted: bool = False
    leaves: dict[str, None] = field(default_factory=dict)
    deleted: dict[str, None] = field(default_factory=dict)
    replaced: dict[str, None] = field(default_factory=dict)
    new: dict[str, None] = field(default_factory=dict)
    restored: dict[str, None] = field(default_factory=dict)
    attached: dict[str, None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    edited_texts: dict[str, EditImage] = field(default_factory=dict)
    sent_texts: dict[str, Upload] = field(default_factory=dict)
    edits: list[EditAlbum] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Take in one step."""
        match step:
            case CreateAlbum():
                self.created = True
            case Upload(path=path, reason=reason):
                kinds = {UploadReason.REPLACES: self.replaced, UploadReason.RESTORES: self.restored}
                kinds.get(reason, self.new)[path] = None
                if (step.title, step.description) != (None, None):
                    self.sent_texts[path] = step
            case EditAlbum():
                self.edits.append(step)
                self.leaves.update((named(place.path, place.digest), None) for place in step.detached)
                self.replaced.update((named(place.path, place.digest), None) for place in step.retired)
                self.attached.update((place.path, None) for place in step.attached)
            case EditImage(path=path):
                self.texts[path] = None
                self.edited_texts[path] = step
            case DeleteImage(path=path, digest=digest):
                self.deleted[named(path, digest)] = None
            case DeleteAlbum():
                self.album_deleted = True
            case _:
                assert_never(step)


def names_of(steps: Iterable[Step]) -> Names:
    """All paths of these steps, by kind of change."""
    names = Names()
    for step in steps:
        names.add(step)
    return names


_GUARDS = {
    "leaves": GateName.PRUNE,
    "deleted": GateName.PRUNE,
    "replaced": GateName.REPLACE,
    "restored": GateName.RESTORE,
}


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The names of all wanted steps, of those granted and those that wait for the budget, and the gates that hold."""

    wanted: Names
    granted: Names
    deferred: Names
    held: frozenset[GateName]

    def line(self, sign: str, kind: str, one: str, many: str = "", remark: str = "") -> Iterator[str]:
        """`sign count text: names (what waits)`, or nothing when there is none of this kind."""
        paths: dict[str, None] = getattr(self.wanted, kind)
        if paths:
            count = len(paths)
            notes = [remark] if remark else []
            notes += list(self._waiting(kind, paths))
            tail = f" ({'; '.join(notes)})" if notes else ""
            names = some(list(paths))
            yield f"{sign} {number(count)} {one if count == 1 else many or one}: {names}{tail}"

    def _waiting(self, kind: str, paths: dict[str, None]) -> Iterator[str]:
        missing = paths.keys() - getattr(self.granted, kind).keys()
        late = len(missing & getattr(self.deferred, kind).keys())
        if late:
            yield f"{number(late)} {'waits' if late == 1 else 'wait'} for the budget"
        rest = len(missing) - late
        guards = [gate for gate in (_GUARDS.get(kind), GateName.RESTORE) if gate in self.held]
        if rest:
            yield f"{number(rest)} held back by {guards[0]}" if guards else f"{number(rest)} not now, see below"


def change_lines(plan: AlbumPlan, approved: Collection[GateName] = ()) -> list[str]:
    """One line per kind of change that an album's plan wants: removals, replacements, additions, moves, header.

    Each says how many of its pictures wait for the budget or are held back by a gate that is not `approved`.
    """
    wanted = names_of(plan.wanted)
    for move in plan.moves:  # a picture that comes from another album is told as a move only
        wanted.attached.pop(move.target, None)
    held = frozenset(gate.name for gate in plan.gates) - frozenset(approved)
    kinds = _Kinds(wanted, names_of(plan.steps), names_of(entry.step for entry in plan.deferred), held)
    return [
        *([_album_deleted(wanted)] if wanted.album_deleted else []),
        *kinds.line("-", "leaves", "leaves the album", "leave the album", _links_live(len(wanted.leaves))),
        *kinds.line("-", "deleted", "is deleted", "are deleted", "for good"),
        *kinds.line("~", "replaced", "replaced", remark=_link_remark(len(wanted.replaced))),
        *kinds.line("+", "new", "new"),
        *kinds.line("+", "restored", "restored", remark="gone from Imgur; gets a new link"),
        *kinds.line("+", "attached", "put back without an upload"),
        *_moves(plan.moves),
        *kinds.line("*", "texts", "with other texts"),
        *_texts(wanted.edited_texts),
        *_sent_texts(wanted.sent_texts),
        *_header(wanted, held, plan.unfinished),
        *_placements(plan),
    ]


MOST_TEXTS = 3
"""How many pictures' texts are shown; `--json` has all of them."""


def _sent_texts(uploads: dict[str, Upload]) -> Iterator[str]:
    """Texts that go with uploads: a title makes file names public, so nobody shall miss them."""
    if uploads:
        count = len(uploads)
        yield f"* {number(count)} {'upload brings its' if count == 1 else 'uploads bring their'} own texts"
        yield from _texts(uploads)


def _texts(steps: Mapping[str, EditImage | Upload]) -> Iterator[str]:
    for path in list(steps)[:MOST_TEXTS]:
        step = steps[path]
        texts = (("title", step.title), ("description", step.description))
        told = ", ".join(f"{name} {quoted(text, 60) if text else 'none'}" for name, text in texts if text is not None)
        yield f"    {terminal(path)}: {told}"


def _album_deleted(wanted: Names) -> str:
    return "- the album is deleted" if wanted.deleted else "- the album is deleted; its pictures stay on Imgur"


def _links_live(count: int) -> str:
    return "its link goes on working" if count == 1 else "their links go on working"


def _link_remark(count: int) -> str:
    return "its link changes" if count == 1 else "their links change"


def _moves(moves: tuple[Move, ...]) -> Iterator[str]:
    renamed = [move for move in moves if not move.album]
    if renamed:
        yield f"> {number(len(renamed))} renamed: {_arrows(renamed)}"
    for album in dict.fromkeys(move.album for move in moves if move.album):
        here = [move for move in moves if move.album == album]
        verb = "comes" if len(here) == 1 else "come"
        yield f"> {number(len(here))} {verb} from the album {terminal(album)}: {_arrows(here)}"


def _arrows(moves: list[Move]) -> str:
    first = ", ".join(
        terminal(move.target)
        if move.source == move.target
        else f"{terminal(move.source) or NAMELESS} → {terminal(move.target)}"
        for move in moves[:3]
    )
    return first if len(moves) <= 3 else f"{first} and {number(len(moves) - 3)} more"


def _header(wanted: Names, held: frozenset[GateName], unfinished: bool) -> Iterator[str]:
    """What changes in the album itself. A new album's title is told in its headline, its order goes without saying.

    The description of an `unfinished` album is our own marker: that it goes is no change of anybody's text.
    """
    for edit in wanted.edits:
        if edit.reordered and not wanted.created:
            yield "* order, as in the folder"
        if edit.cover is not None and not wanted.created:
            yield f"* cover: {terminal(edit.cover.path)}"
        if edit.title is not None and not wanted.created:
            yield f"* title: {quoted(edit.title)}" if edit.title else "* title: none"
        if edit.description:
            yield f"* description: {quoted(edit.description, 60)}"
        elif edit.description is not None and not wanted.created:
            yield "* its creation, which was interrupted, is completed" if unfinished else "* description: none"
        if edit.privacy is not None and wanted.created:
            late = " later (held back by publish), hidden until then" if GateName.PUBLISH in held else ""
            yield f"* privacy: {terminal(edit.privacy)}{late}"
        elif edit.privacy is not None:
            late = " (held back by publish)" if GateName.PUBLISH in held and not edit.narrows else ""
            yield f"* privacy: becomes {terminal(edit.privacy)}{late}"


def _placements(plan: AlbumPlan) -> Iterator[str]:
    moved = {move.target for move in plan.moves}
    placed = [placement for placement in plan.placements if placement.path not in moved]
    count = len(placed) + len(plan.detachments) + len(plan.released)
    if count:
        yield f"= {plural(count, 'picture')} recorded, without a request"
