"""The hook of the user's settings: an argument list, in the environment as JSON and in config.toml as a list."""

from __future__ import annotations

import json
import os
from pathlib import Path

_LONGEST = 16384


def arguments(text: str) -> tuple[str, ...]:
    """The argument list; () is no hook. ValueError (what, remedy) where the text is no JSON array of texts."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    texts = isinstance(given, list) and all(isinstance(one, str) and "\0" not in one for one in given)
    if not texts or (given and not given[0]) or len(text) > _LONGEST:
        raise ValueError(
            "this is no list of texts", 'give a command and its arguments, such as ["notify-send", "done"]'
        )
    return tuple(given)


def placed(value: object, folder: Path) -> str:
    """The list of config.toml as JSON. A program that is named by a path is in that file's folder where the path is
    relative, and in the user's home behind "~/": it never depends on the folder that somebody stands in."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return "null"
    if value and "/" in value[0]:
        value = [os.path.join(folder, os.path.expanduser(value[0])), *value[1:]]
    return json.dumps(value)
