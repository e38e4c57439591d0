"""What an edit was to do, kept with its intent, and what a later reading says about it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from imgur_sync.model.change import AlbumEdited, Change, WishIgnored
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.spec import Privacy
from imgur_sync.model.synced import Agreed, SyncedAlbum

UNTOLD = ""
"""What a mark names as the privacy before, where nobody can tell what became of the wish."""


@dataclass(frozen=True, slots=True)
class EditWish:
    """One edit of an album: the wished values (None: not part of it) and what the album showed before.

    `ids` is the wished membership in order, `leaving` the ids that it takes out. `order` and `cover_path` name the
    wishes where it is remembered that Imgur did not take them over. `first_cover` tells that the cover is the first
    picture, which Imgur may show as no cover at all. `answered`: Imgur said that it was done; a request without an
    answer may never have come to Imgur, which did not ignore it then.
    """

    ids: tuple[str, ...] | None = None
    leaving: tuple[str, ...] = ()
    cover: str | None = None
    cover_path: str = ""
    first_cover: bool = False
    title: str | None = None
    description: str | None = None
    privacy: str | None = None
    order: str = ""
    before_ids: tuple[str, ...] = ()
    before_cover: str = ""
    before_title: str = ""
    before_description: str = ""
    before_public: bool = False
    answered: bool = False

    def text(self) -> str:
        """As JSON, for the intent."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> EditWish:
        """From the JSON of `text`."""
        facts = json.loads(text)
        for name in ("leaving", "before_ids"):
            facts[name] = tuple(facts[name])
        facts["ids"] = None if facts["ids"] is None else tuple(facts["ids"])
        return cls(**facts)

    def shown_by(self, listing: RemoteAlbum) -> bool:
        """Whether a reading shows everything as wished."""
        return not any(self._differing(listing).values())

    def _differing(self, listing: RemoteAlbum) -> dict[str, bool]:
        """For each field of the edit, whether the reading differs from the wish."""
        header = listing.header
        differs: dict[str, bool] = {}
        if self.ids is not None:
            # Pictures that somebody adds meanwhile do not count against the edit.
            mine = set(self.ids)
            kept = tuple(i for i in listing.ids if i in mine)
            differs["order"] = kept != self.ids or bool(set(self.leaving) & set(listing.ids))
        if self.cover is not None:
            differs["cover"] = header.cover != self.cover and not (self.first_cover and not header.cover)
        if self.title is not None:
            differs["title"] = header.title != self.title
        if self.description is not None:
            differs["description"] = header.description != self.description
        if self.privacy is not None:
            differs["privacy"] = header.public != (self.privacy == "public")
        return differs

    def refuted(self, synced: SyncedAlbum, listing: RemoteAlbum, at: float) -> tuple[Change, ...]:
        """The marks of other orders and covers that Imgur did not take over, where the reading shows that it took over
        these: the wish has changed meanwhile, and an earlier one may be tried again."""
        differs = self._differing(listing)
        values = {"order": self.order if self.ids is not None else None, "cover": self.cover_path or None}
        return tuple(
            WishIgnored(synced.key, mark.field, mark.wish, mark.before, 0, at)
            for mark in synced.not_honoured
            if (value := values.get(mark.field)) is not None and value != mark.wish and not differs.get(mark.field)
        )

    def confirmed(self, key: str, listing: RemoteAlbum, at: float) -> tuple[Change, ...]:
        """What may be recorded as sent and honoured: the header fields that the reading shows as wished.

        Hidden and secret look alike (imgur-api §6): of an album that was not public before, only the answer tells that
        one became the other.
        """
        differs = self._differing(listing)

        def honoured(field: str, value: str | None) -> str | None:
            return value if value is not None and not differs[field] else None

        title, description = honoured("title", self.title), honoured("description", self.description)
        privacy = honoured("privacy", self.privacy)
        if self.privacy != "public" and not self.before_public and not self.answered:
            privacy = None
        if title is None and description is None and privacy is None:
            return ()
        return (AlbumEdited(key, title, description, None if privacy is None else Privacy(privacy), at),)

    def untold(self, key: str, listing: RemoteAlbum, at: float) -> tuple[Change, ...]:
        """Of an edit without an answer: the mark that tells that an album, hidden or secret, may be the other now."""
        if self.answered or self.before_public or listing.header.public or self.privacy in (None, Privacy.PUBLIC.value):
            return ()
        return (WishIgnored(key, "privacy", self.privacy or "", UNTOLD, 1, at),)

    def agreed(self, before: Agreed, listing: RemoteAlbum) -> Agreed:
        """How the album is arranged by agreement once this edit is over, `before` being what held until then.

        What the edit did not concern, or did not change, stays as it was; what is neither so nor as wished is unknown.
        """
        differs, cover = self._differing(listing), listing.header.cover or ""
        ids: tuple[str, ...] | None = None
        if self.ids is None or (differs["order"] and listing.ids == self.before_ids):
            ids = before.ids
        elif not differs["order"]:
            ids = listing.ids
        if not differs.get("cover", self.ids is None or differs["order"]):
            return Agreed(ids, cover)  # also one that the edit did not name: it follows the pictures
        untouched = cover == self.before_cover or (self.cover is None and self.ids is None)
        return Agreed(ids, before.cover if untouched else None)


def last_privacy(synced: SyncedAlbum) -> Privacy | None:
    """The privacy last sent to an album that is not public (hidden, as it was made, where none was); None where an edit
    that got no answer may have changed it, which no reading tells."""
    if any(mark.field == "privacy" and mark.before == UNTOLD for mark in synced.not_honoured):
        return None
    return synced.sent.privacy or Privacy.HIDDEN


def cover_name(path: str, image_id: str | None) -> str:
    """The wish for a cover, as a mark names it; a picture not uploaded yet has no id."""
    return f"{path} {image_id or ''}"


def ignored_fields(wish: EditWish, listing: RemoteAlbum) -> tuple[tuple[str, str, str], ...]:
    """The fields that a late reading shows exactly as before the edit: (field, wish, value before).

    A field that differs from the wish and from what was before was changed by somebody, or trimmed: trimmed texts are
    told apart by being the beginning of the wish. An edit that was not answered ignored nothing.
    """
    if not wish.answered:
        return ()
    header = listing.header
    before: dict[str, tuple[str, bool, str]] = {}
    differs = wish._differing(listing)
    if wish.ids is not None:
        before["order"] = (wish.order, listing.ids == wish.before_ids, "the order before")
    if wish.cover is not None:
        before["cover"] = (wish.cover_path, (header.cover or "") == wish.before_cover, wish.before_cover)
    if wish.title is not None:
        same = header.title == wish.before_title or trimmed(header.title, wish.title)
        before["title"] = (wish.title, same, header.title)
    if wish.description is not None:
        same = header.description == wish.before_description or trimmed(header.description, wish.description)
        before["description"] = (wish.description, same, header.description)
    if wish.privacy is not None:
        before["privacy"] = (wish.privacy, header.public == wish.before_public, "public" if header.public else "hidden")
    return tuple(
        (field, value, shown) for field, (value, unchanged, shown) in before.items() if differs[field] and unchanged
    )


def trimmed(shown: str, wished: str) -> bool:
    """Whether Imgur kept only the beginning of a text, or dropped blanks at its ends."""
    return shown != wished and (shown == wished.strip() or (bool(shown) and wished.startswith(shown)))
