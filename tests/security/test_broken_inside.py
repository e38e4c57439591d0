"""An error deep inside that holds the secrets: wherever it strikes, whatever it is, and however much is told of it.

The errors are what a library could raise with the value that it was given in its words: in its message, its arguments,
its cause, its notes, split over lines, and across the place where long messages are cut.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.canaries import SITES, THOROUGH, acting, found
from tests.support.mirror import Mirror

PLACES = (
    "imgur_sync.imgur.transport:Transport._answered",
    "imgur_sync.settings:load_settings",
    "imgur_sync.settings:_merged",
    "imgur_sync.state.tokens:FileTokens.load",
    "imgur_sync.state.tokens:FileTokens.save",
    "imgur_sync.state.database:connect",
    "imgur_sync.state.ledger:SqliteLedger.reserve",
    "imgur_sync.imgur.body:parse",
    "imgur_sync.imgur.tls:tls_context",
    "imgur_sync.cli.manifests:load_manifest",
    "imgur_sync.local.listing:list_folder",
    "imgur_sync.executor.workers:ThreadWorkers.submit",
    "imgur_sync.report.text:plan_text",
    "imgur_sync.report.progress:display",
    "imgur_sync.cli.logs:guard_logs",
    "imgur_sync.cli.redaction:_disguises",
    "imgur_sync.report.escape:terminal",
    "httpx:Client.send",
    "h11:Connection.next_event",
    "pydantic_settings:BaseSettings.__init__",
)
KINDS = ("value", "type", "key", "os", "unicode", "recursion", "memory", "cut", "lines", "split", "group", "notes")
PAIRS = [(place, KINDS[number % len(KINDS)]) for number, place in enumerate(PLACES)]
if THOROUGH:
    PAIRS = [(place, kind) for place in PLACES for kind in KINDS]


@pytest.mark.parametrize(("place", "kind"), PAIRS, ids=[f"{place.partition(':')[2]} {kind}" for place, kind in PAIRS])
def test_no_error_tells_a_secret(place: str, kind: str, shared: Mirror) -> None:
    """In one line, and with the traceback; nothing in it acts on a terminal or on a CI runner, either."""
    server = shared.server
    canaries = [server.refresh_token, server.client_secret]
    shared.steer("tokens", {"expire_access": True})
    for options in ([], ["--debug"]) if THOROUGH else (["--debug"],):
        broken = {"PYTHONPATH": SITES, "BREAK": place, "HOW": kind, "CANARIES": json.dumps(canaries)}
        done = shared.place.run("plan", "--refresh", *options, environ=broken)
        told = done.stdout + done.stderr
        assert done.returncode, f"{place} was not reached"
        assert done.stderr.strip(), "it ended without a word"
        assert found(told, canaries) == [], told
        assert acting(told) == [], told


def test_the_breakage_really_holds_the_secrets(shared: Mirror, tmp_path: Path) -> None:
    """So that the tests above do not pass for want of a leak: raised before the command begins, it tells all."""
    server = shared.server
    canaries = [server.refresh_token, server.client_secret]
    broken = {"PYTHONPATH": SITES, "BREAK": "imgur_sync.cli.ending:run", "HOW": "value"}
    done = shared.place.run("plan", environ={**broken, "CANARIES": json.dumps(canaries)})
    assert sorted(found(done.stderr, canaries)) == sorted(canaries)
