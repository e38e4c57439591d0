"""A token store in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from imgur_sync.model.ports import Tokens, TokenStore


class MemoryTokens(TokenStore):
    """A `TokenStore` that forgets everything with the object. `generations` are all tokens ever saved, oldest first;
    `failing` is raised by the next saves, as if the disk were full."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self.generations: list[Tokens] = [] if tokens is None else [tokens]
        self.failing: Exception | None = None
        self.refreshes = 0
        self._lock = threading.Lock()

    def load(self) -> Tokens | None:
        """What is stored, or None."""
        return self.generations[-1] if self.generations else None

    def save(self, tokens: Tokens) -> None:
        """Keep the tokens; the generation before stays in `generations`."""
        if self.failing is not None:
            raise self.failing
        self.generations.append(tokens)

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Held by one thread at a time; `refreshes` counts how often it was taken."""
        with self._lock:
            self.refreshes += 1
            yield
