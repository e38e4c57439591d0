"""The conformance suites, run on the in-memory doubles that other tests stand on."""

from __future__ import annotations

import pytest

from imgur_sync.model.ports import ActivityBoard, Cache, Ledger, TokenStore, WatchMemory
from tests.contract.activity_contract import ActivityContract
from tests.contract.cache_contract import CacheContract
from tests.contract.ledger_contract import LedgerContract
from tests.contract.token_store_contract import TokenStoreContract
from tests.contract.watch_memory_contract import WatchMemoryContract
from tests.support.hand_clock import HandClock
from tests.support.memory_activity import MemoryActivity
from tests.support.memory_cache import MemoryCache
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_remembered import MemoryRemembered
from tests.support.memory_tokens import MemoryTokens


class StandingClock:
    """A clock that does not move."""

    def now(self) -> float:
        """Unix seconds."""
        return 1_700_000_000.0

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return 5_000.0


class TestMemoryCache(CacheContract):
    """A cache in dicts."""

    @pytest.fixture
    def cache(self) -> Cache:
        """An empty one."""
        return MemoryCache()


class TestMemoryLedger(LedgerContract):
    """A ledger in a list."""

    @pytest.fixture
    def ledger(self) -> Ledger:
        """With Imgur's limits."""
        return MemoryLedger(StandingClock())

    @pytest.fixture
    def clock_now(self) -> float:
        """The time of that ledger's clock."""
        return StandingClock().now()


class TestMemoryTokens(TokenStoreContract):
    """Tokens in a list."""

    @pytest.fixture
    def tokens(self) -> TokenStore:
        """None yet."""
        return MemoryTokens()


class TestMemoryActivity(ActivityContract):
    """A board in two dicts."""

    @pytest.fixture
    def time(self) -> HandClock:
        """Its clock."""
        return HandClock()

    @pytest.fixture
    def board(self, time: HandClock) -> ActivityBoard:
        """An empty one."""
        return MemoryActivity(time.now)

    @pytest.fixture
    def same(self, board: ActivityBoard) -> ActivityBoard:
        """The same object: it is of one process."""
        return board


class TestMemoryRemembered(WatchMemoryContract):
    """A memory in dicts."""

    @pytest.fixture
    def memory(self) -> WatchMemory:
        """An empty one."""
        return MemoryRemembered()

    @pytest.fixture
    def same(self, memory: WatchMemory) -> WatchMemory:
        """The same object: it is of one process."""
        return memory
