"""What every `Lock` promises. A test class inherits this and gives the fixtures `lock` and `same`: two objects for one
lock that is free."""

from __future__ import annotations

import pytest

from imgur_sync.errors import LockHeldError
from imgur_sync.model.ports import Lock


class LockContract:
    """Inherited by the tests of every implementation."""

    def test_a_free_lock_has_no_holder(self, lock: Lock) -> None:
        """Before it was ever held."""
        assert lock.holder() is None

    def test_a_held_lock_tells_who_holds_it(self, lock: Lock, same: Lock) -> None:
        """The command, to everybody, until it is given back."""
        with lock.hold("apply cats"):
            assert "apply cats" in (lock.holder() or "")
            assert "apply cats" in (same.holder() or "")
        assert lock.holder() is None
        assert same.holder() is None

    def test_a_held_lock_is_refused_to_others(self, lock: Lock, same: Lock) -> None:
        """With the holder in the error; the first one goes on holding it."""
        with lock.hold("apply cats"):
            with pytest.raises(LockHeldError) as caught, same.hold("apply dogs"):
                pass
            assert "apply cats" in caught.value.holder
            assert caught.value.command == "apply cats"
            assert caught.value.exit_code == 5
            assert "apply cats" in (same.holder() or "")
        with same.hold("apply dogs"):
            assert "apply dogs" in (lock.holder() or "")

    def test_an_error_inside_gives_the_lock_back(self, lock: Lock, same: Lock) -> None:
        """And passes through."""
        with pytest.raises(ZeroDivisionError), lock.hold("apply"):
            raise ZeroDivisionError
        with same.hold("apply"):
            pass
