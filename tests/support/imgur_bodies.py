"""Bodies as Imgur sends them, in both shapes."""

from __future__ import annotations

from typing import Any

from tests.support.scripted import Answer

# imgur-api §2.1, "Image JSON - legacy shape"
LEGACY: dict[str, Any] = {
    "id": "nAYq66G", "title": None, "description": None, "datetime": 1597542191, "type": "image/jpeg",
    "animated": False, "width": 2400, "height": 2400, "size": 227606, "views": 2, "bandwidth": 455212, "vote": None,
    "favorite": False, "nsfw": None, "section": None, "account_url": None, "account_id": None, "is_ad": False,
    "in_most_viral": False, "has_sound": False, "tags": [], "ad_type": 0, "ad_url": "", "edited": "0",
    "in_gallery": False, "deletehash": "wp0N7ZSyJx2rbfe", "name": "banana.jpg",
    "link": "https://i.imgur.com/nAYq66G.jpg",
}  # fmt: skip
# imgur-api §2.1, "New shape"
V1: dict[str, Any] = {
    "id": "JPz2i", "deletehash": "", "account_id": None, "account_url": None, "ad_type": None, "ad_url": None,
    "title": None, "description": None, "name": "", "type": "image/png", "width": 205, "height": 78, "size": 16532,
    "views": 0, "section": None, "vote": None, "bandwidth": 0, "animated": False, "favorite": False,
    "in_gallery": False, "in_most_viral": False, "has_sound": False, "is_ad": False, "nsfw": None,
    "link": "https://i.imgur.com/JPz2i.png", "tags": [], "datetime": 1347889444, "mp4": "", "hls": "",
}  # fmt: skip
# imgur-api §2.2: CSHARP 2020 and PYIMGUR 2025
LEGACY_ALBUM: dict[str, Any] = {
    "id": "AbC1234", "title": None, "description": None, "datetime": 1, "cover": "nAYq66G", "cover_edited": None,
    "privacy": "hidden", "layout": "blog", "images_count": 2, "in_gallery": False, "is_album": True,
    "deletehash": "wp0N7ZSyJx2rbff", "images": [LEGACY, {**LEGACY, "id": "nAYq66H"}],
}  # fmt: skip
V1_ALBUM: dict[str, Any] = {
    "id": "AbC1234", "title": "", "description": "", "cover": "", "cover_width": 0, "privacy": "private",
    "section": "", "layout": "blog", "images_count": 2, "images": [V1, {**V1, "id": "JPz3i"}],
}  # fmt: skip


def ok(data: object, **more: object) -> Answer:
    """A successful reply."""
    return Answer(body={"data": data, "success": True, "status": 200, **more})


def without(source: dict[str, Any], *names: str) -> dict[str, Any]:
    """`source` without some fields."""
    return {name: value for name, value in source.items() if name not in names}
