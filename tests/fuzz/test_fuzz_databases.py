"""The files of the state room with anything in them: refused in words of ours, or used without harm."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imgur_sync.cli.states import recover
from imgur_sync.errors import CredentialsError, ExitCode, ImgurSyncError, LockHeldError, StateError
from imgur_sync.imgur.auth import Account, Credentials, Grant
from imgur_sync.model.budget import UPLOAD_COST, Charge, Reading, Refusal, Reservation
from imgur_sync.model.outcome import Done
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import AccountSpec, Manifest
from imgur_sync.report.credits import credit_lines
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.ledger import Caps, SqliteLedger
from imgur_sync.state.lock import FileLock
from imgur_sync.state.logins import Login, Logins
from imgur_sync.state.store import find_store, open_store
from imgur_sync.state.tokens import FileTokens
from tests.contract.cache_contract import MARK, QUIET, cached, remote_album
from tests.contract.intent_contract import CATS, LINEAGE
from tests.fuzz import told
from tests.fuzz.amounts import examples
from tests.fuzz.damage import VALUES, damaged, encoded, misshapen
from tests.state.test_state_files import everything, filled
from tests.support.hand_clock import HandClock

CANARY = "canary-refresh-0123456789"
ORIGIN = "https://api.imgur.com"


@cache
def state_bytes() -> bytes:
    """A small state with a row in every table."""
    with TemporaryDirectory() as folder:
        filled(Path(folder) / "state.db")
        return (Path(folder) / "state.db").read_bytes()


@cache
def cache_bytes() -> bytes:
    """A cache with something of every kind."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cache.db"
        with SqliteCache(path) as kept:
            kept.keep_folder("cats", "", MARK, [cached("a"), cached("b")])
            kept.keep_listing(remote_album())
            kept.keep_quiet("cats", QUIET)
        return path.read_bytes()


def ledger(path: Path, clock: HandClock) -> SqliteLedger:
    """The ledger of one account."""
    return SqliteLedger(path, origin=ORIGIN, client_id="c", account="a", caps=Caps(500, 45), clock=clock)


@cache
def ledger_bytes() -> bytes:
    """A ledger with charges, readings, a pace, a closing and strikes."""
    with TemporaryDirectory() as folder:
        path, clock = Path(folder) / "ledger.db", HandClock()
        with ledger(path, clock) as kept:
            for _ in range(4):
                granted = kept.reserve(UPLOAD_COST)
                assert isinstance(granted, Reservation)
                kept.settle(granted, Charge.SPENT)
                clock.advance(100)
            now = clock.now()
            kept.observe(Reading(now, 500, 400, now + 600, 12500, 3000, now + 9000, 1250, 900, now + 300))
            kept.reserve(UPLOAD_COST)
            kept.refused(Refusal(upload=True, wait=60.0))
            kept.refused(Refusal(daily=True, limit=None, closes=False))
        return path.read_bytes()


SMALL = b"SQLite format 3\0" + bytes(84)


def files(*names: str) -> st.SearchStrategy[bytes]:
    """Damaged files of these kinds, mixed with pieces of the others."""
    makers = {"state": state_bytes, "cache": cache_bytes, "ledger": ledger_bytes}
    return st.deferred(lambda: damaged([*(makers[name]() for name in names), SMALL, b""]))


@examples(250)
@given(files("state", "state", "ledger"), st.booleans())
def test_any_state_is_itself_or_refused_untouched(data: bytes, read_only: bool) -> None:
    """Nothing that was not recorded is ever read from it, and a refusal leaves the file as it is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        path.write_bytes(data)
        try:
            found = find_store(path, lineage=LINEAGE, read_only=read_only)
            assert found is not None
            with found as store:
                truth = everything(store)
        except StateError as error:
            told.check(error, code=ExitCode.UNREADABLE)
            if read_only:
                told.check_same(path, data)
            return
        assert truth == expected()


@cache
def expected() -> tuple[object, ...]:
    """What the undamaged state holds."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        path.write_bytes(state_bytes())
        with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
            return everything(store)


@examples(100)
@given(files("state", "ledger"), st.sampled_from(["-wal", "-shm", "-journal"]))
def test_any_log_beside_the_state_does_no_harm(data: bytes, suffix: str) -> None:
    """A log that is not its own is passed over, or the state is refused; it never shows anything else."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        path.write_bytes(state_bytes())
        path.with_name("state.db" + suffix).write_bytes(data)
        with suppress(StateError), open_store(path, lineage=LINEAGE, create=False) as store:
            assert everything(store) == expected()


@examples(120)
@given(files("state"))
def test_a_damaged_state_takes_records_or_refuses_them(data: bytes) -> None:
    """Writing finds damage that reading did not: with an error of ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        path.write_bytes(data)
        with suppress(ImgurSyncError), open_store(path, lineage=LINEAGE, create=False) as store:
            store.record(CATS)
            store.album("cats")


@examples(150)
@given(files("state", "state", "cache"), st.sampled_from(["good", "missing", "bad"]))
def test_any_copy_is_recovered_or_refused_and_the_state_before_is_kept(data: bytes, standing: str) -> None:
    """`state recover`: a bad copy changes nothing; a good one takes the place of a bad state, which lies beside it."""
    import os

    with TemporaryDirectory() as name:
        base = Path(name)
        manifest = Manifest(
            path=base / "sync.toml",
            digest="d",
            albums=(),
            state_path=base / "state" / "state.db",
            lineage=LINEAGE,
            account=AccountSpec("anonymous"),
        )
        copy = base / "user" / "backups" / f"{LINEAGE}.db"
        copy.parent.mkdir(parents=True)
        copy.write_bytes(data)
        manifest.state_path.parent.mkdir()
        before = {"good": state_bytes(), "bad": b"no state at all" * 100}.get(standing)
        if before is not None:
            manifest.state_path.write_bytes(before)
        os.environ["IMGUR_SYNC_STATE_DIR"] = str(base / "user")
        try:
            recover(manifest)
        except ImgurSyncError:
            now = manifest.state_path.read_bytes() if manifest.state_path.exists() else None
            assert now == before
        else:
            assert standing != "good"
            with open_store(manifest.state_path, lineage=LINEAGE, create=False, read_only=True) as store:
                assert everything(store) == expected()
            if before is not None:
                assert before in [path.read_bytes() for path in manifest.state_path.parent.glob("state.db.2*")]
        finally:
            del os.environ["IMGUR_SYNC_STATE_DIR"]


@examples(200)
@given(files("cache", "cache", "state"))
def test_any_cache_tells_the_truth_or_nothing(data: bytes) -> None:
    """And goes on keeping what is new."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cache.db"
        path.write_bytes(data)
        with SqliteCache(path) as kept:
            assert kept.quiet("cats") in (QUIET, None)
            assert kept.files("cats", "") in ((cached("a"), cached("b")), ())
            assert dict(kept.folders("cats")) in ({"": MARK}, {})
            listing = kept.listing("AbC")
            assert listing is None or listing.ids == remote_album().ids
            kept.keep_quiet("dogs", QUIET)
            kept.flush()
            assert kept.quiet("dogs") in (QUIET, None)


def use(path: Path, clock: HandClock) -> None:
    """All that a run does with a ledger."""
    with ledger(path, clock) as kept:
        granted = kept.reserve(UPLOAD_COST)
        if isinstance(granted, Reservation):
            kept.settle(granted, Charge.SPENT)
        now = clock.now()
        credit_lines(kept.budget(), now)
        kept.observe(Reading(now + 5, 500, 400, now + 600, 12500, 3000, now + 9000))
        kept.refused(Refusal(upload=True, wait=60.0))
        kept.refused(Refusal(daily=True))
        credit_lines(kept.budget(), now)
        kept.lift()


@examples(200)
@given(files("ledger", "ledger", "state"))
def test_any_ledger_is_used_or_refused(data: bytes) -> None:
    """With an error of ours and a remedy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        path.write_bytes(data)
        try:
            use(path, HandClock())
        except ImgurSyncError as error:
            told.check(error)


REALS = st.sampled_from([0.0, -1.0, 1e12, -1e12, 1e18, 1e300, -1e300, math.inf, -math.inf, 1.8e9]) | st.floats(
    allow_nan=False
)
INTEGERS = st.sampled_from([0, -1, 1, 2**31, 2**62, -(2**62), 2**63 - 1, -(2**63)])
COLUMNS = [
    ("charge", "at", REALS),
    ("charge", "credits", INTEGERS),
    ("charge", "uploads", INTEGERS),
    ("charge", "settled", INTEGERS),
    ("reading", "reset", REALS),
    ("reading", "at", REALS),
    ("reading", "capacity", INTEGERS),
    ("reading", "remaining", INTEGERS),
    ("reading", "tick", INTEGERS),
    ("clock", "ahead", REALS),
    ("tick", "last", INTEGERS),
    ("pace", "per_hour", INTEGERS),
    ("pace", "since", REALS),
    ("closing", "until", REALS),
    ("closing", "seconds", REALS),
    ("closing", "unnamed", INTEGERS),
    ("strike", "at", REALS),
    ("strike", "ends", REALS),
]


@st.composite
def figures(draw: st.DrawFn) -> list[tuple[str, str, float]]:
    """Some columns of the ledger, and what to put into all their rows."""
    chosen = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3))
    return [(table, column, draw(values)) for table, column, values in chosen]


@examples(250)
@given(figures(), REALS)
def test_any_figure_in_the_ledger_is_lived_with_or_refused(changes: list[tuple[str, str, float]], block: float) -> None:
    """A flipped bit makes a date of the year 10^290: no error that is not ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        path.write_bytes(ledger_bytes())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO block VALUES (?, 'c', ?)", (ORIGIN, block))
            for table, column, value in changes:
                connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
        try:
            use(path, HandClock())
        except ImgurSyncError as error:
            told.check(error)


@examples(60)
@given(REALS | st.text(max_size=5), st.text(max_size=40), st.integers(-(2**63), 2**63 - 1))
@example(1e300, "apply", 1)
@example(math.inf, "\x1b[31m", -1)
def test_any_holder_of_a_lock_can_be_named(since: float | str, command: str, pid: int) -> None:
    """What stands in the lock's file is told, or the file is refused."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr("imgur_sync.state.lock._PATIENCE", 0.0)
        path = Path(folder) / "run.lock"
        mine = FileLock(path)
        with mine.hold("apply"), closing(sqlite3.connect(path, timeout=0)):
            assert mine.holder() is not None
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            row = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'holder'").fetchone()
            assert row is not None
            with suppress(sqlite3.Error, UnicodeEncodeError):
                connection.execute("UPDATE holder SET command = ?, pid = ?", (command, pid))
                connection.execute("UPDATE holder SET since = ?", (since,))
            connection.execute("BEGIN IMMEDIATE")
            try:
                FileLock(path).holder()
                with FileLock(path).hold("apply"):
                    raise AssertionError("it is held")
            except LockHeldError as error:
                told.check(error)
            except ImgurSyncError:
                pass


@examples(150)
@given(st.deferred(lambda: damaged([lock_bytes(), SMALL, b"", state_bytes()])))
def test_any_lock_file_is_taken_or_refused(data: bytes) -> None:
    """With an error of ours and a remedy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.lock"
        path.write_bytes(data)
        try:
            with FileLock(path).hold("apply"):
                pass
        except ImgurSyncError as error:
            told.check(error)


@cache
def lock_bytes() -> bytes:
    """A lock that was held once."""
    with TemporaryDirectory() as folder:
        with FileLock(Path(folder) / "run.lock").hold("apply"):
            pass
        return (Path(folder) / "run.lock").read_bytes()


def tokens_in(folder: Path) -> FileTokens:
    """The tokens of one profile, in files."""
    return FileTokens(folder, origin=ORIGIN, client_id="c", profile="default", keyring=lambda: None)


def document(path: Path) -> Any:
    """What a file holds."""
    return json.loads(path.read_bytes())


@cache
def saved() -> tuple[Any, Any]:
    """What the files of tokens and of a log-in hold."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        store = tokens_in(folder)
        store.save(Tokens(Secret(CANARY), Secret(CANARY + "a"), 1_800_003_600.0, "somebody", "0" * 64))
        logins = Logins(folder, origin=ORIGIN, profile="default", keyring=lambda: None)
        logins.save(Login("c", Secret(CANARY + "s"), "somebody", 1.0, "pin"))
        return document(store.path), document(logins.safe.path)


DOCUMENTS = st.deferred(lambda: encoded(misshapen(saved()[0])) | damaged([json.dumps(saved()[0]).encode()]))
LOGINS = st.deferred(lambda: encoded(misshapen(saved()[1])) | damaged([json.dumps(saved()[1]).encode()]))


def lasting(expires_at: object, **more: object) -> bytes:
    """Tokens with another end, and other fields."""
    return json.dumps({**saved()[0], "expires_at": expires_at, **more}).encode()


@examples(400)
@given(DOCUMENTS)
@example(lasting(10**400))
@example(lasting(-(10**400)))
@example(lasting(math.nan))
@example(lasting(0, refresh="\ud800", source=""))
def test_any_file_of_tokens_is_used_or_refused_without_showing_it(data: bytes) -> None:
    """Tokens that can be sent, or an error with exit 8 that holds nothing of the file."""
    with TemporaryDirectory() as name:
        store = tokens_in(Path(name) / "tokens")
        store.path.parent.mkdir(mode=0o700)
        store.path.touch(mode=0o600)
        store.path.write_bytes(data)

        def granted(call: object) -> Done[Grant]:
            return Done(Grant(Secret("fresh"), None, 3600.0, ""))

        try:
            account = Account(Credentials("c", Secret("s")), store, HandClock(), granted)
            access = account.token()
            if isinstance(access, Secret):
                assert access.reveal().isascii()
                account.renewed(access)
                assert store.load() is not None
        except CredentialsError as error:
            told.check(error, "canary", code=ExitCode.CREDENTIALS)
            told.check_same(store.path, data)


@examples(200)
@given(LOGINS)
@example(json.dumps({**saved()[1], "at": 10**400}).encode())
def test_any_file_of_a_log_in_is_used_or_refused_without_showing_it(data: bytes) -> None:
    """As for tokens."""
    with TemporaryDirectory() as name:
        logins = Logins(Path(name), origin=ORIGIN, profile="default", keyring=lambda: None)
        logins.safe.path.touch(mode=0o600)
        logins.safe.path.write_bytes(data)
        try:
            found = logins.load()
            if found is not None:
                Credentials(found.client_id, found.client_secret)
        except CredentialsError as error:
            told.check(error, "canary")


@examples(100)
@given(VALUES)
@example("\ud800")
def test_a_keyring_may_hold_anything(value: Any) -> None:
    """What another program put under our name is no document of ours."""

    class Odd:
        def get(self, name: str) -> str | None:
            return value if isinstance(value, str) else json.dumps(value)

        def put(self, name: str, text: str) -> None:
            raise CredentialsError("full")

        def drop(self, name: str) -> bool:
            return False

    with TemporaryDirectory() as name:
        store = FileTokens(Path(name), origin=ORIGIN, client_id="c", profile="default", keyring=Odd)
        store.path.touch(mode=0o600)
        store.path.write_bytes(b'{"format": 1, "kept": "keyring"}')
        with suppress(CredentialsError):
            store.load()


def test_what_the_corpus_holds_is_read() -> None:
    """The good files are good, or the properties above would show nothing."""
    with TemporaryDirectory() as name:
        path, clock = Path(name) / "ledger.db", HandClock()
        path.write_bytes(ledger_bytes())
        use(path, clock)
        shutil.rmtree(name, ignore_errors=False)
        Path(name).mkdir()
    assert replace(Tokens(Secret("a")), account="x").account == "x"
    assert expected()[0] == LINEAGE
