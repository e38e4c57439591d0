"""What every `TokenStore` promises. A test class inherits this and gives a fixture `tokens`: an empty store."""

from __future__ import annotations

from imgur_sync.model.ports import Tokens, TokenStore
from imgur_sync.model.secret import Secret

FULL = Tokens(Secret("refresh-1"), Secret("access-1"), 1234.5, "somebody", "ab" * 32)


class TokenStoreContract:
    """Inherited by the tests of every implementation."""

    def test_an_empty_store_has_no_tokens(self, tokens: TokenStore) -> None:
        """None, not an error."""
        assert tokens.load() is None

    def test_saved_tokens_come_back(self, tokens: TokenStore) -> None:
        """All fields, also those that are not known."""
        tokens.save(FULL)
        assert tokens.load() == FULL
        tokens.save(Tokens(Secret("refresh-2")))
        assert tokens.load() == Tokens(Secret("refresh-2"))

    def test_refreshing_is_held_and_given_back(self, tokens: TokenStore) -> None:
        """One after the other it can be held again, and loading and saving go on inside."""
        for number in range(3):
            with tokens.refreshing():
                tokens.save(Tokens(Secret(f"refresh-{number}")))
        assert tokens.load() == Tokens(Secret("refresh-2"))
