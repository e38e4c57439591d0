"""How much a plan wants of each kind of change, before gates and budget, in figures and in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import EditAlbum
from imgur_sync.report.changes import names_of
from imgur_sync.report.figures import number


@dataclass(frozen=True, slots=True)
class Counts:
    """Pictures by what becomes of them, a picture that several things happen to in each; and albums."""

    albums_deleted: int = 0
    deleted: int = 0
    leaves: int = 0
    replaced: int = 0
    albums_made: int = 0
    new: int = 0
    restored: int = 0
    attached: int = 0
    moved: int = 0
    texts: int = 0
    edited: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__dataclass_fields__))

    @property
    def removals(self) -> int:
        """What goes, and links that change."""
        return self.albums_deleted + self.deleted + self.leaves + self.replaced


def counts_of(albums: Iterable[AlbumPlan]) -> Counts:
    """What these albums' plans want."""
    return sum((_counts(album) for album in albums), Counts())


def _counts(album: AlbumPlan) -> Counts:
    names = names_of(album.wanted)
    arrived = {move.target for move in album.moves}
    # Where pictures come and go the order goes with them.
    pictures = names.new or names.restored or names.attached or names.leaves or names.replaced or album.moves
    return Counts(
        albums_deleted=int(names.album_deleted),
        deleted=len(names.deleted),
        leaves=len(names.leaves),
        replaced=len(names.replaced),
        albums_made=int(names.created),
        new=len(names.new),
        restored=len(names.restored),
        attached=len(names.attached.keys() - arrived),
        moved=len(album.moves),
        texts=len(names.texts),
        edited=int(not names.created and any(_alters(edit, rearranged=not pictures) for edit in names.edits)),
    )


def _alters(edit: EditAlbum, *, rearranged: bool) -> bool:
    """Whether the album itself changes: a text, its privacy, its cover or, where that counts, its order."""
    header = (edit.title, edit.description, edit.privacy, edit.cover)
    return (rearranged and edit.reordered) or any(wish is not None for wish in header)


def words(counts: Counts) -> str:
    """The counts in words, removals first: "1 deleted, 3 new"; "no step" where there is none."""
    return ", ".join(_words(counts)) or "no change"


def _words(counts: Counts) -> Iterator[str]:
    told = (
        (counts.albums_deleted, "album deleted", "albums deleted"),
        (counts.deleted, "deleted", "deleted"),
        (counts.leaves, "leaves its album", "leave their albums"),
        (counts.replaced, "link changes", "links change"),
        (counts.albums_made, "new album", "new albums"),
        (counts.new, "new picture", "new pictures"),
        (counts.restored, "sent again", "sent again"),
        (counts.attached, "put back", "put back"),
        (counts.moved, "renamed or moved", "renamed or moved"),
        (counts.texts, "with other texts", "with other texts"),
        (counts.edited, "album edited", "albums edited"),
    )
    yield from (f"{number(count)} {one if count == 1 else many}" for count, one, many in told if count)


def gitlab_json(albums: Iterable[AlbumPlan]) -> str:
    """The report that GitLab shows in a merge request (`artifacts: reports: terraform`), ending in a newline: how many
    pictures and albums are created, updated and deleted."""
    counts = counts_of(albums)
    report = {
        "create": counts.albums_made + counts.new + counts.restored + counts.attached,
        "update": counts.replaced + counts.moved + counts.texts + counts.edited,
        "delete": counts.albums_deleted + counts.deleted + counts.leaves,
    }
    return json.dumps(report) + "\n"
