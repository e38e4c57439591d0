"""Whether this machine lets us have name spaces of our own, for mounts and limits that touch nobody else."""

from __future__ import annotations

import subprocess

NOT_HERE = "NOT CHECKED: {what}, since this machine refuses name spaces of our own (unshare)"


def namespaces(flags: str) -> bool:
    """Whether `unshare` with these flags works."""
    try:
        return subprocess.run(("unshare", flags, "true"), capture_output=True, timeout=60).returncode == 0
    except FileNotFoundError:
        return False
