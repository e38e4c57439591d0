"""Rows that carry a checksum of themselves: a flipped bit in a value is found when the row is read."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_BATCH = 500


class DamagedRow(sqlite3.DatabaseError):
    """A row is not what was written. Callers of this room see a `StateError`."""


def seal(table: str, values: Sequence[Any]) -> bytes:
    """The checksum of one row's values, in the order of the table's columns. Guards against damage, not malice."""
    return hashlib.blake2b(repr((table, *values)).encode("ascii", "backslashreplace"), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """One table of sealed rows. `columns` are its names with a space between, without the last one, `seal`.

    Values are those that SQLite gives back: no booleans, no integers in REAL columns.
    """

    name: str
    columns: str

    def put(self, connection: sqlite3.Connection, values: Sequence[Any]) -> None:
        """Insert the row, or replace the one with the same primary key."""
        connection.execute(_insertion(self.name, self.columns), (*values, seal(self.name, values)))

    def get(self, connection: sqlite3.Connection, where: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        """The rows that `where` (SQL after FROM) selects, each checked; raises `DamagedRow`."""
        name = self.name
        for row in connection.execute(_selection(name, self.columns, where), parameters):
            values = row[:-1]
            if seal(name, values) != row[-1]:
                raise DamagedRow(f"a row of table {name} does not match its checksum")
            yield values

    def one(self, connection: sqlite3.Connection, where: str, *parameters: object) -> tuple[Any, ...] | None:
        """The first such row, or None."""
        return next(self.get(connection, where, *parameters), None)

    def among(
        self, connection: sqlite3.Connection, expression: str, values: Sequence[str], also: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """The rows whose `expression` is one of `values`, however many these are; `also` is more SQL to hold."""
        for start in range(0, len(values), _BATCH):
            part = values[start : start + _BATCH]
            marks = ", ".join("?" * len(part))
            yield from self.get(connection, " ".join(("WHERE", expression, "IN (", marks, ")", also)), *part)


def _names(columns: str) -> list[str]:
    return [*columns.split(), "seal"]


@lru_cache(maxsize=100)
def _insertion(table: str, columns: str) -> str:
    names = _names(columns)
    marks = ", ".join("?" * len(names))
    return " ".join(("INSERT OR REPLACE INTO", table, "(", ", ".join(names), ") VALUES (", marks, ")"))


@lru_cache(maxsize=100)
def _selection(table: str, columns: str, where: str) -> str:
    return " ".join(("SELECT", ", ".join(_names(columns)), "FROM", table, where))
