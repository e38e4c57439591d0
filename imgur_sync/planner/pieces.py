"""An album whose pictures cannot all be named in one edit is put in order in pieces: some out, some added behind."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def stranded(wanted: Sequence[str | None], current: Sequence[str], keyless: Collection[str]) -> tuple[str, ...]:
    """The keyless pictures that no taking out and adding behind brings to their place in `wanted` (None: not uploaded
    yet). What is kept in the album keeps its order; what is added stands behind."""
    return tuple(i for i in wanted[kept_prefix(wanted, current) :] if i is not None and i in keyless)


def kept_prefix(wanted: Sequence[str | None], current: Sequence[str]) -> int:
    """How many of `wanted`, from its beginning, the album shows in that order already (others may stand between)."""
    rest = iter(current)
    for number, image_id in enumerate(wanted):
        if image_id is None or image_id not in rest:
            return number
    return len(wanted)


def calls(header: bool, wanted: Sequence[str | None], current: Sequence[str], *, pieces: bool) -> int:
    """The requests that an edit of the membership takes, with or without a header: in pieces, what changes its place is
    taken out and added again; when a look shows that, what leaves is taken out."""
    if not pieces:
        return 2 if header and not wanted else 1
    back, stays = wanted[kept_prefix(wanted, current) :], set(wanted)
    out = any(i is None or i in current for i in back)  # an upload stands somewhere in the album
    leaves = any(i not in stays for i in current)
    return max(1, out + bool(back) + leaves * (2 if back else 1) + header)
