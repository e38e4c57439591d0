"""What an apply is asked to carry out: albums, or a plan that somebody reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from imgur_sync.cli.plan_files import expected_digest, load, named_file, refuse_offline
from imgur_sync.errors import UsageError
from imgur_sync.model.gate import GateName

if TYPE_CHECKING:
    from imgur_sync.executor import Options
    from imgur_sync.model.reviewed import Expected


class Asked(NamedTuple):
    """The albums, the gates to pass and the plan to keep to."""

    albums: tuple[str, ...]
    gates: Mapping[GateName, int]
    expect: Expected | None

    def options(self, *, refresh: bool, checksum: bool, retry_failed: bool, wait: bool) -> Options:
        """All that the run is asked for."""
        from imgur_sync.executor import Options

        asked = Options(self.albums, self.gates, refresh=refresh, checksum=checksum, expect=self.expect)
        return replace(asked, retry_failed=retry_failed, wait=wait)


def asked_for(albums: tuple[str, ...], gates: Mapping[GateName, int], digest: str | None) -> Asked:
    """The albums, the gates to pass and the plan to keep to. A plan file brings its own albums and gates; gates
    that are named beside it count, too."""
    name = named_file(albums)
    if not name:
        return Asked(albums, gates, expected_digest(digest) if digest is not None else None)
    if digest is not None:
        raise UsageError("a plan file and --expect name two plans", hint="give one of them")
    file = load(name)
    refuse_offline(file)
    binding = file.expected.binding
    approved = {GateName(gate): count for gate, count in binding.approvals}
    return Asked(binding.albums, {**approved, **gates}, file.expected)
