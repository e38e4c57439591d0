"""The system keyring by the library `keyring`: what is asked of it, and what becomes of its troubles."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import CredentialsError
from imgur_sync.state.system_keyring import Keyring, SystemKeyring, system_keyring
from tests.support.memory_keyring import write_library

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts such a library where Python finds it; gives the file of its entries."""
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    def installed(*, priority: float = 5, more: str = "") -> Path:
        write_library(tmp_path / "library", tmp_path / "ring", priority=priority)
        with (tmp_path / "library" / "keyring" / "__init__.py").open("a") as file:
            file.write(more)
        monkeypatch.syspath_prepend(tmp_path / "library")
        return tmp_path / "ring"

    yield installed
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name, None)


def reached() -> Keyring:
    """The keyring, which is there."""
    found = system_keyring()
    assert found is not None
    return found


def test_a_text_is_kept_read_and_dropped(install: Install) -> None:
    """Under the service of ours."""
    ring = install()
    keyring = reached()
    assert keyring.get("a") is None
    keyring.put("a", "secret")
    assert keyring.get("a") == "secret"
    assert json.loads(ring.read_text()) == {"imgur-sync/a": "secret"}
    assert keyring.drop("a")
    assert not keyring.drop("a")
    assert json.loads(ring.read_text()) == {}


def test_a_keyring_that_keeps_nothing_is_none(install: Install) -> None:
    """That of a machine without a desktop has the priority 0."""
    install(priority=0)
    assert system_keyring() is None


def test_a_library_that_fails_is_none(install: Install) -> None:
    """Whatever the desktop says: tokens go into the private file then."""
    install(more="def get_keyring():\n    raise RuntimeError('no bus')\n")
    assert system_keyring() is None


def test_a_machine_without_the_library_has_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert system_keyring() is None


def test_a_locked_keyring_is_told_without_its_words(install: Install) -> None:
    """Its text could hold anything."""
    ring = install()
    keyring = reached()
    keyring.put("a", "secret")
    ring.with_name("ring.locked").touch()
    for act in (lambda: keyring.get("a"), lambda: keyring.put("a", "x"), lambda: keyring.drop("a")):
        with pytest.raises(CredentialsError, match=r"cannot be used \(KeyringLocked\)") as caught:
            act()
        assert "secret" not in caught.value.message
        assert "--" not in caught.value.message
        assert caught.value.__cause__ is None


class Library:
    """A library whose backend does what it likes."""

    class errors:
        """Its errors."""

        KeyringError = OSError

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def get_password(self, service: str, name: str) -> Any:
        """What it takes for the text."""
        return self.kept

    def set_password(self, service: str, name: str, text: str) -> None:
        """Keeps nothing."""

    def delete_password(self, service: str, name: str) -> None:
        """Is locked meanwhile."""
        raise OSError("locked")


def test_a_keyring_that_says_it_kept_the_text_is_asked_for_it() -> None:
    """Some keep nothing and say nothing, or give back what is no text."""
    for kept in (None, "another", b"secret"):
        with pytest.raises(CredentialsError, match="did not keep"):
            SystemKeyring(Library(kept)).put("a", "secret")
    assert SystemKeyring(Library(b"secret")).get("a") is None


def test_an_entry_that_cannot_be_dropped_is_told() -> None:
    """The log-out has not happened."""
    with pytest.raises(CredentialsError, match="cannot be used"):
        SystemKeyring(Library("secret")).drop("a")
