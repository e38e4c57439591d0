"""Lines of progress in what a command printed: there are some where it took five seconds, which any may take."""

from __future__ import annotations

import re

_DOING = r"(?:reading|asking Imgur about|sending|made the album|finishing) .+|starting"
_COUNT = r"[\d,]+ (?:of [\d,]+ pictures?|files?)(?:, .*)?"
_LINE = re.compile(rf"^(?:{_DOING}|{_COUNT})\n", re.MULTILINE)


def without_progress(text: str) -> str:
    """What was printed, less lines that tell how far a command is and nothing else."""
    return _LINE.sub("", text)
