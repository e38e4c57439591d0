"""Title and description of one picture, and the template that titles are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACEHOLDERS = ("stem", "name", "folder", "index")
"""What a template of titles may hold between braces; `{{` and `}}` stand for the braces themselves."""

FIELDS = ("title", "description")
"""The names of the two texts, as in a manifest and at Imgur."""

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one picture. None is not managed; "" is kept empty."""

    title: str | None = None
    description: str | None = None

    @property
    def managed(self) -> dict[str, str]:
        """The managed texts by the name of their field."""
        return {name: text for name in FIELDS if (text := getattr(self, name)) is not None}


UNMANAGED = Texts()


def template_fault(template: str) -> str:
    """What to write instead of a template that is none; "" if it is good."""
    for part in _PART.finditer(template):
        if part[1] is None and part[0] in "{}":
            return "write {{ or }} for a brace that stands for itself"
        if part[1] is not None and part[1] not in PLACEHOLDERS:
            allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            return f"the placeholders are {allowed}"
    return ""


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each placeholder replaced by its value. Values are taken letter by letter."""

    def put(part: re.Match[str]) -> str:
        return values[part[1]] if part[1] is not None else part[0][0]

    return _PART.sub(put, template)
