"""What counts as which part of the program, and how many of its branches the suite has to take."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

PACKAGE = "imgur_sync"


@dataclass(frozen=True, slots=True)
class Area:
    """Files, and the least share of their branches and lines, in percent.

    Where `goal` is more, that much is wanted: the limit is what the counted tests reach so far, and only ever raised.
    """

    name: str
    files: tuple[str, ...]
    limit: float
    goal: float

    def holds(self, path: str) -> bool:
        """Whether a path, relative to the package, matches a pattern; one without a folder means the top alone."""
        return any(fnmatchcase(path, one) and ("/" in one or "/" not in path) for one in self.files)


AREAS = (
    Area("gates", ("planner/gates.py", "planner/awaited.py", "planner/strike.py", "executor/guarding.py"), 100, 100),
    Area("planner", ("planner/*",), 100, 100),
    Area(
        "ledger",
        ("state/ledger.py", "state/ledger_file.py", "state/meters.py", "state/allowance.py", "state/lessons.py"),
        100,
        100,
    ),
    Area(
        "auth",
        (
            "imgur/accounts.py",
            "imgur/auth.py",
            "imgur/loopback.py",
            "imgur/oauth.py",
            "imgur/visit.py",
            "state/logins.py",
            "state/safe.py",
            "state/system_keyring.py",
            "state/tokens.py",
        ),
        100,
        100,
    ),
    Area(
        "journal",
        (
            "state/agreed.py",
            "state/album_changes.py",
            "state/leaving.py",
            "state/marks.py",
            "state/reads.py",
            "state/recording.py",
            "state/renaming.py",
            "state/rows.py",
            "state/runs.py",
            "state/sealed.py",
            "state/synced.py",
            "state/text_rows.py",
        ),
        100,
        100,
    ),
    Area("state", ("state/*",), 95, 95),
    Area("model", ("model/*",), 95, 95),
    Area("manifest", ("manifest/*",), 95, 95),
    Area("local", ("local/*",), 95, 95),
    Area("imgur", ("imgur/*",), 95, 95),
    Area("report", ("report/*",), 95, 95),
    Area("watch", ("watch/*",), 95, 95),
    Area("executor", ("executor/*",), 95, 95),
    Area("cli", ("cli/*",), 95, 95),
    Area("simulator", ("simulator/*",), 95, 95),
    Area("top", ("*.py",), 95, 95),
)


def area_of(path: str) -> Area:
    """The first area that a path, relative to the package, belongs to. Raises `LookupError` if there is none."""
    for area in AREAS:
        if area.holds(path):
            return area
    raise LookupError(f"{path} belongs to no area of tests/branches/rooms.py")
