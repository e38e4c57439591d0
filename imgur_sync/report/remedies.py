"""What to do about files for which nothing can be done now: a line for each reason, below the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from imgur_sync.model.local import Why

RETRY = "imgur-sync apply --retry-failed"
REMEDIES: Mapping[Why, str] = {
    Why.EMPTY: "put the whole file there, or remove it",
    Why.TRUNCATED: "put the whole file there; it may still be on its way",
    Why.NOT_A_PICTURE: "rename it, or leave it out with exclude",
    Why.UNREADABLE: "make it readable for you: chmod u+r",
    Why.TOO_LARGE: "make it smaller, or leave it out with exclude",
    Why.TOO_MANY_PIXELS: "make it smaller, or leave it out with exclude",
    Why.PLACEHOLDER: "let the cloud drive download it",
    Why.ENCRYPTED: "unlock the repository: git-crypt unlock",
    Why.SECRET: "if it is a picture to show, rename it; else leave it out with exclude",
    Why.CHANGING: "run again when it is whole",
    Why.UNSTILL: "it is sent once it is whole",
    Why.ELSEWHERE: "it takes its picture along in a moment",
    Why.VANISHED: "put it back, or wait for removal_hold in [watch]",
    Why.REFUSED: f"change the file, or try again: {RETRY}",
    Why.FAILED: f"try again: {RETRY}",
}
"""What to do about each reason."""
MISSING: Mapping[str, str] = {
    "not downloaded (Git LFS)": "git lfs pull, or git annex get",
    "not downloaded": "let the cloud drive download it",
}
"""What brings the bytes of a file that is blocked because they are not here, by the reason."""


def remedy_lines(reasons: Iterable[Why]) -> Iterator[str]:
    """One line for each reason, in the order in which it comes first."""
    for why in dict.fromkeys(reasons):
        yield f"{why.value}: {REMEDIES[why]}"
