"""Figures that tests tell at the end of a run of pytest, whichever process ran them: `record_property(*figures(…))`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

FIGURES = "figures"


def figures(title: str, *lines: str) -> tuple[str, list[str]]:
    """What `record_property` takes: lines, and the title under which those of all tests of it stand together."""
    return FIGURES, [title, *lines]


class Figures:
    """Collects what the reports of tests bring."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def add(self, properties: Iterable[tuple[str, object]]) -> None:
        """Take the figures out of a report's properties."""
        for name, value in properties:
            if name == FIGURES and isinstance(value, list | tuple):
                self._lines.setdefault(str(value[0]), []).append("\n".join(map(str, value[1:])))

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Titles and lines; what came from several tests is in the order of its text."""
        for title, texts in sorted(self._lines.items()):
            yield title, [line for text in sorted(texts) for line in text.splitlines()]
