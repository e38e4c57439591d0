"""Which texts a request was to give a picture, kept with its intent, and what a reading says about it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from imgur_sync.model.change import Change, PictureEdited, TextIgnored
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import NotHonoured, SyncedPicture
from imgur_sync.model.texts import Texts
from imgur_sync.planner.confirm import trimmed


@dataclass(frozen=True, slots=True)
class TextWish:
    """The texts sent (None: not part of it), and what Imgur showed before. `strangers` are the pictures of others that
    an album of no account showed before an upload into it: by that the upload is told from them. `answered`: Imgur said
    that the edit was done."""

    title: str | None = None
    description: str | None = None
    before_title: str = ""
    before_description: str = ""
    strangers: tuple[str, ...] = ()
    answered: bool = False

    def text(self) -> str:
        """As JSON, for the intent; "" where nothing is wished."""
        return json.dumps(asdict(self), sort_keys=True) if self.texts.managed or self.strangers else ""

    @classmethod
    def parse(cls, text: str) -> TextWish:
        """From what `text` gave."""
        facts = json.loads(text) if text else {}
        return cls(**{**facts, "strangers": tuple(facts.get("strangers", ()))})

    @property
    def texts(self) -> Texts:
        """The texts sent."""
        return Texts(self.title, self.description)

    def shown_by(self, picture: RemotePicture) -> bool:
        """Whether a reading shows the picture with its texts as wished."""
        shown = {"title": picture.title, "description": picture.description}
        return all(shown[name] == text for name, text in self.texts.managed.items())


def confirmed(image_id: str, wish: TextWish, at: float) -> Change:
    """What is recorded when a reading shows the picture as wished."""
    return PictureEdited(image_id, wish.title, wish.description, at)


def judged(ours: SyncedPicture, wish: TextWish, picture: RemotePicture, at: float) -> tuple[Change, ...]:
    """What a reading that is late enough says of an edit: texts that are as wished, and texts that Imgur did not take
    over. A text that differs from both the wish and what was before was changed by somebody; a request without an
    answer may never have come to Imgur, which did not ignore it then."""
    shown = {"title": picture.title, "description": picture.description}
    before = {"title": wish.before_title, "description": wish.before_description}
    honoured = {name: text for name, text in wish.texts.managed.items() if shown[name] == text}
    changes: list[Change] = []
    if honoured:
        changes.append(PictureEdited(ours.id, honoured.get("title"), honoured.get("description"), at))
    for name, text in wish.texts.managed.items() if wish.answered else ():
        if name not in honoured and (shown[name] == before[name] or trimmed(shown[name], text)):
            old = next((mark for mark in ours.ignored_texts if (mark.field, mark.wish) == (name, text)), None)
            attempts = old.attempts + 1 if old is not None else 1
            changes.append(TextIgnored(ours.id, name, text, shown[name], attempts, at))
    return tuple(changes)


def uploaded(ours: SyncedPicture, wish: TextWish, picture: RemotePicture, at: float) -> SyncedPicture:
    """A new picture with the texts that its upload sent. What Imgur does not show of them counts as a first attempt."""
    shown = {"title": picture.title, "description": picture.description}
    marks = tuple(
        NotHonoured(name, text, shown[name], 1, at)
        for name, text in sorted(wish.texts.managed.items())
        if shown[name] != text
    )
    at = at if wish.texts.managed else 0.0
    return replace(ours, title=wish.title, description=wish.description, texts_at=at, ignored_texts=marks)
