"""The doubles that these tests stand on keep what their ports promise."""

from __future__ import annotations

import pytest

from tests.contract.ledger_contract import LedgerContract
from tests.contract.token_store_contract import TokenStoreContract
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens

NOW = 1_800_000_000.0


class TestMemoryLedger(LedgerContract):
    """Credits in memory."""

    @pytest.fixture
    def clock_now(self) -> float:
        """The time at which everything happens."""
        return NOW

    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        """Nothing charged."""
        return MemoryLedger(HandClock(NOW))


class TestMemoryTokens(TokenStoreContract):
    """Tokens in memory."""

    @pytest.fixture
    def tokens(self) -> MemoryTokens:
        """Nothing stored."""
        return MemoryTokens()
