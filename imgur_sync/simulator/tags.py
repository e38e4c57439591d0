"""Tags of posts, and who follows them (imgur-api §2.4)."""

from __future__ import annotations

from imgur_sync.simulator.records import Account, Album, Image
from imgur_sync.simulator.shelf import Shelf
from imgur_sync.simulator.world import World

FOLLOWED = "_followed_tags"
"""Where an account's settings hold, separated by commas, the tags that it follows."""


def tags_of(item: Album | Image) -> list[str]:
    """The tags that a post was given."""
    return [name for name in str((item.post or {}).get("tags", "")).split(",") if name]


def followed_by(account: Account | None) -> list[str]:
    """The tags that an account follows."""
    return [name for name in str(account.settings.get(FOLLOWED, "") if account else "").split(",") if name]


def tag_json(world: World, name: str, viewer: Account | None, at: float | None) -> dict[str, object]:
    """A tag with how many posts have it (M, from the models of the older documentation)."""
    shelves: tuple[Shelf[Album] | Shelf[Image], ...] = (world.albums, world.images)
    total = sum(item.in_gallery and name in tags_of(item) for shelf in shelves for item in shelf.values(at))
    following = name in followed_by(viewer)
    return {"name": name, "display_name": name, "followers": 0, "total_items": total, "following": following}
