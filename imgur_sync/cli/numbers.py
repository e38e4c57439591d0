"""Whole numbers on the command line, refused in words instead of with a formula."""

from __future__ import annotations

import click


class Whole(click.types.IntParamType):
    """A whole number from `least` to `most`."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self._least = least
        self._most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; a usage error for anything else."""
        try:
            number = int(str(value))
        except ValueError:
            number = self._least - 1
        if not self._least <= number <= self._most:
            self.fail(f'"{value}" is no whole number from {self._least:,} to {self._most:,}', param, ctx)
        return number
