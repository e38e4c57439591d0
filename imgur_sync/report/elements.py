"""The smallest things that a plan does, in words and as JSON values; the difference of two plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from imgur_sync.model.reviewed import Doing, Element
from imgur_sync.report.escape import quoted, terminal
from imgur_sync.report.jsons import document


def element_text(element: Element) -> str:
    """What an element does: the place, then a clause; names escaped."""
    key = terminal(element.album)
    place = f"{key}/{terminal(element.path)}" if element.path else key
    return f"{place}: {_clause(element)}"


def _clause(element: Element) -> str:
    match element.doing:
        case Doing.ALBUM:
            return "nothing"
        case Doing.CREATE_ALBUM:
            return f"make the album {quoted(element.value)}" if element.value else "make the album"
        case Doing.UPLOAD:
            return f"upload ({element.digest[:12]})"
        case Doing.PLACE:
            return f"put into the album ({element.digest[:12]})"
        case Doing.MOVE:
            album, path = element.source
            return f"moved from {terminal(album)}/{terminal(path)}" if album else f"renamed from {terminal(path)}"
        case Doing.TAKE_OUT:
            return "take out of the album"
        case Doing.RETIRE:
            return f"take the replaced picture out ({element.digest[:12]})"
        case Doing.ORDER:
            return "set the order"
        case Doing.COVER:
            return "make it the cover"
        case Doing.TITLE | Doing.DESCRIPTION | Doing.PRIVACY:
            return f"set the {element.doing.value} {quoted(element.value)}"
        case Doing.PICTURE_TITLE | Doing.PICTURE_DESCRIPTION:
            return f"set its {element.doing.value.removeprefix('picture_')} {quoted(element.value)}"
        case Doing.DELETE_IMAGE:
            return "delete the picture"
        case Doing.DELETE_ALBUM:
            return "delete the album; its pictures live on"
    assert_never(element.doing)


def element_dict(element: Element) -> Mapping[str, object]:
    """An element as plain values: names as they are."""
    album, path = element.source
    return {
        "album": element.album,
        "does": element.doing.value,
        "path": element.path,
        "sha256": element.digest,
        "value": element.value,
        "from_album": album,
        "from_path": path,
    }


def difference(before: Sequence[Element], after: Sequence[Element]) -> tuple[tuple[str, Element], ...]:
    """What two plans do not have in common, in the order of albums and paths: "-" for what only the first one does, "+"
    for what only the second one does."""
    old, new = set(before), set(after)
    both = [("-", element) for element in old - new] + [("+", element) for element in new - old]
    return tuple(sorted(both, key=lambda one: (one[1].album, one[1].path, one[1].doing.value, one[0], one[1])))


def difference_text(found: Sequence[tuple[str, Element]]) -> str:
    """The difference of two plans, a line each."""
    lines = [f"{sign} {element_text(element)}" for sign, element in found]
    return "\n".join(lines or ["The two plans do the same."]) + "\n"


def difference_json(found: Sequence[tuple[str, Element]]) -> str:
    """The difference of two plans as a document."""
    rows = [{"only": "first" if sign == "-" else "second", **element_dict(element)} for sign, element in found]
    return document("plan_diff", {"empty": not rows, "elements": rows})
