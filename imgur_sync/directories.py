"""Where state and configuration of the user lie. Standard library only, for the commands that need no credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.errors import UsageError

STATE_VARIABLE = "IMGUR_SYNC_STATE_DIR"
CONFIG_VARIABLE = "IMGUR_SYNC_CONFIG_DIR"


@dataclass(frozen=True, slots=True)
class Directories:
    """Absolute folders, which need not exist: `state` for ledger.db, locks and backups, `config` for config.toml."""

    state: Path
    config: Path


def directories(environ: Mapping[str, str]) -> Directories:
    """The folders that the environment names, else those that the platform has for this purpose.

    A relative one starts at the current folder. UsageError names the variable to set where neither is to be had, for
    example for a user without a home.
    """
    return Directories(
        state=_directory(environ, STATE_VARIABLE, "user_state_path"),
        config=_directory(environ, CONFIG_VARIABLE, "user_config_path"),
    )


def _directory(environ: Mapping[str, str], variable: str, purpose: str) -> Path:
    given = environ.get(variable, "")
    if "\0" in given:
        raise UsageError(f"{variable} contains a NUL character", hint="name a folder")
    if given:
        return Path(os.path.abspath(given))
    import platformdirs

    try:
        path: Path | None = getattr(platformdirs, purpose)("imgur-sync", appauthor=False)
    except RuntimeError:  # no HOME, and nobody knows the user; older versions of platformdirs answer "~/…"
        path = None
    if path is None or not path.is_absolute():
        raise UsageError("there is no home folder to keep files in", hint=f"set {variable} to a folder")
    return path
