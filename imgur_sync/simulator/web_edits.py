"""What people do on the web site, as methods: each is one edit of `POST /_simulator/edit` (`website.py`)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.drawing import grey


@dataclass(frozen=True, slots=True)
class WebSite:
    """Edits cost no credits and ask for no ownership. ValueError if an album, picture or account is not there."""

    controls: Controls

    def set_album(
        self,
        album: str,
        *,
        title: str | None = None,
        description: str | None = None,
        privacy: Literal["public", "hidden", "secret"] | None = None,
        cover: str | None = None,
        in_gallery: bool | None = None,
    ) -> None:
        """Change what is given of an album; "" clears a text."""
        changed = {"title": title, "description": description, "privacy": privacy, "cover": cover}
        self._edit("set_album", id=album, **changed, in_gallery=in_gallery)

    def set_picture(self, picture: str, *, title: str | None = None, description: str | None = None) -> None:
        """Change what is given of a picture; "" clears a text."""
        self._edit("set_image", id=picture, title=title, description=description)

    def set_account(
        self, account: str, *, verified: bool | None = None, accepted_gallery_terms: bool | None = None
    ) -> None:
        """Whether the account's mail address is verified, and the gallery's terms are accepted."""
        self._edit("set_account", id=account, verified=verified, accepted_gallery_terms=accepted_gallery_terms)

    def order(self, album: str, pictures: Sequence[str]) -> None:
        """Put these first, in this order; the others follow in theirs."""
        self._edit("order", id=album, images=list(pictures))

    def add(self, album: str, data: bytes | None = None) -> str:
        """Drop a picture onto an album's page, any small one if there is no `data`; returns its id."""
        sent = data if data is not None else grey(3, 2, 128, "dropped on the web site")
        return str(self._edit("add", id=album, image_base64=base64.b64encode(sent).decode())["id"])

    def remove(self, album: str, pictures: Sequence[str]) -> None:
        """Take pictures out of an album; they live on in the account."""
        self._edit("remove_from_album", id=album, images=list(pictures))

    def delete_picture(self, picture: str) -> None:
        """Delete a picture."""
        self._edit("delete_image", id=picture)

    def delete_album(self, album: str) -> None:
        """Delete an album; its pictures live on."""
        self._edit("delete_album", id=album)

    def moderate(self, picture: str, *, serves: float = 3600) -> None:
        """Imgur removes a picture: gone from the API at once, its file `serves` more seconds."""
        self._edit("moderate", id=picture, serves=serves)

    def _edit(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.controls.edit({"op": op, **{key: value for key, value in fields.items() if value is not None}})
