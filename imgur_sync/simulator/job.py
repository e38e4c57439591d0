"""A request on its way through the desk, and what the faults that strike it make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imgur_sync.simulator.blobs import Blobs
from imgur_sync.simulator.calls import Received, Route
from imgur_sync.simulator.faults import Fault
from imgur_sync.simulator.formats import LEGACY
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.replies import Refusal, Reply
from imgur_sync.simulator.troubles import page_before, reencoded, spoiled, unheeded
from imgur_sync.simulator.wire import Fields

WHEN_DECIDED = frozenset(("alter", "ignore", "stale", "repeat_page", "reencode", "late", "rotate", "drop_after"))
"""Kinds that have no effect on a request that is turned away before it is decided."""


@dataclass(slots=True)
class Job:
    """One request: what it asks for, what struck it, and the note of it that goes into the history."""

    route: Route
    params: Mapping[str, str]
    note: Request
    environ: Mapping[str, Any]
    """As WSGI has it (PEP 3333), for its headers."""
    origin: str
    fields: Fields
    received: Received | Refusal | None
    struck: list[Fault]
    missed: list[Fault] = field(default_factory=list)
    """Those of `struck` that had nothing to have an effect on."""
    kept: bool = False
    """Whether what was received is in the world, or will be."""

    @property
    def authorization(self) -> str | None:
        """The header of that name."""
        sent: str | None = self.environ.get("HTTP_AUTHORIZATION")
        return sent

    @property
    def legacy(self) -> bool:
        """Whether an upload asks for a reply that only the legacy back-end gives."""
        return self.route.upload and LEGACY in self.environ

    def fault(self, kind: str, *, after: bool = False) -> Fault | None:
        """The first fault of that kind which strikes this request at this time."""
        if not self.struck:
            return None
        return next((fault for fault in self.struck if fault.kind == kind and fault.after == after), None)

    def effective(self) -> list[Fault]:
        """The faults that had an effect."""
        if not self.struck:
            return []
        return [fault for fault in self.struck if fault not in self.missed]

    def pass_by(self) -> None:
        """The request is turned away: what would strike when it is decided has no effect."""
        self.missed += [fault for fault in self.struck if fault.kind in WHEN_DECIDED or fault.after]

    def let_go(self, blobs: Blobs) -> None:
        """Forget the bytes that were received: there is no picture of them."""
        if isinstance(self.received, Received):
            blobs.drop(self.received.blob)

    def bend(self) -> None:
        """What faults make of the request before it is decided: fields not heeded, another page, another picture."""
        for fault in self.struck:
            if fault.kind == "ignore":
                fields = unheeded(self.fields, fault)
                self.fields = fields or self.fields
                bent = fields is not None
            elif fault.kind == "repeat_page":
                params = page_before(self.params)
                self.params = params or self.params
                bent = params is not None
            elif fault.kind == "reencode":
                received = reencoded(self.received)
                self.received = received or self.received
                bent = received is not None
            else:
                continue
            if not bent and fault not in self.missed:
                self.missed.append(fault)

    def spoil(self, reply: Reply) -> Reply:
        """The reply with what faults alter in it."""
        for fault in self.struck:
            if fault.kind == "alter":
                wrong = spoiled(reply, fault)
                if wrong is None:
                    self.missed.append(fault)
                reply = wrong or reply
        return reply

    def lost(self) -> bool:
        """Whether the reply to a refresh that rotated the tokens is lost."""
        rotate = self.fault("rotate")
        return rotate is not None and rotate.how == "lost" and self.note.committed
