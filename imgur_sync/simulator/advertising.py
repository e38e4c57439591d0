"""What a post, and a picture or album that is asked for alone, tells of advertisements (imgur-api §2.1, §2.2)."""

from __future__ import annotations

from imgur_sync.simulator.calls import Call
from imgur_sync.simulator.records import Album, Image


def ad_config(call: Call, item: Album | Image) -> dict[str, object]:
    """`ad_config`, if this reply has one: camelCase (H), the same in snake_case besides (M); a knob chooses.

    Clients are to make nothing of it: the flags are those of a few samples.
    """
    chosen = call.knobs.ad_config
    if chosen == "none" or (chosen == "shape" and call.new):
        return {}
    album = ["album"] if isinstance(item, Album) else []
    flags = [*album, "in_gallery"] if item.in_gallery else [*album, "not_in_gallery", "share"]
    unsafe = ["sixth_mod_unsafe"]
    shown: dict[str, object] = {"safeFlags": flags, "highRiskFlags": [], "unsafeFlags": unsafe, "wallUnsafeFlags": []}
    shown.update(showsAds=False, showAdLevel=1)
    if chosen == "both":
        shown.update(safe_flags=flags, high_risk_flags=[], unsafe_flags=unsafe, wall_unsafe_flags=[])
        shown.update(show_ads=False, show_ad_level=1)
    return {"ad_config": shown}
