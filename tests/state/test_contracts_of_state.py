"""The conformance suites, run on this room's implementations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.model.ports import Cache, Ledger, Lock, StateStore, TokenStore
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.ledger import Caps, SqliteLedger
from imgur_sync.state.lock import FileLock
from imgur_sync.state.store import SqliteStore, open_store
from imgur_sync.state.tokens import FileTokens
from tests.contract.cache_contract import CacheContract
from tests.contract.intent_contract import LINEAGE
from tests.contract.ledger_contract import LedgerContract
from tests.contract.lock_contract import LockContract
from tests.contract.state_store_contract import StateStoreContract
from tests.contract.token_store_contract import TokenStoreContract


class TestSqliteStoreOnDisk(StateStoreContract):
    """A state in a file."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[StateStore]:
        """An empty one."""
        with open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as store:
            yield store


class TestSqliteStoreInMemory(StateStoreContract):
    """A state that ends with the process."""

    @pytest.fixture
    def store(self) -> Iterator[StateStore]:
        """An empty one."""
        with SqliteStore.in_memory(LINEAGE) as store:
            yield store


class TestCopyInMemory(StateStoreContract):
    """The private copy of a state in a file."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[StateStore]:
        """A copy of an empty one."""
        with (
            open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as original,
            original.copy_to_memory() as copy,
        ):
            yield copy


class TestSqliteCache(CacheContract):
    """A cache in a file."""

    @pytest.fixture
    def cache(self, tmp_path: Path) -> Iterator[Cache]:
        """An empty one."""
        with SqliteCache(tmp_path / "cache.db") as cache:
            yield cache


class TestSqliteLedger(LedgerContract):
    """A ledger in a file."""

    @pytest.fixture
    def ledger(self, tmp_path: Path, clock: Any) -> Iterator[Ledger]:
        """With Imgur's limits and no others."""
        caps = Caps(reserve_credits=0, uploads_per_hour=0)
        path = tmp_path / "ledger.db"
        with SqliteLedger(path, origin="o", client_id="c", account="a", caps=caps, clock=clock) as ledger:
            yield ledger

    @pytest.fixture
    def clock_now(self, clock: Any) -> float:
        """The time of that ledger's clock."""
        return float(clock.now())


class TestFileTokens(TokenStoreContract):
    """Tokens in a file."""

    @pytest.fixture
    def tokens(self, tmp_path: Path) -> TokenStore:
        """None yet."""
        return FileTokens(tmp_path / "tokens", origin="https://api.imgur.com", client_id="c", profile="default")


class TestFileLock(LockContract):
    """A lock in a file."""

    @pytest.fixture
    def lock(self, tmp_path: Path) -> Lock:
        """One object for it."""
        return FileLock(tmp_path / "run.lock")

    @pytest.fixture
    def same(self, tmp_path: Path) -> Lock:
        """Another object for it."""
        return FileLock(tmp_path / "run.lock")
