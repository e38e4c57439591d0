"""The system keyring, where the `keyring` extra is installed and the machine has one."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import suppress
from typing import Any, Protocol

from imgur_sync.errors import CredentialsError

SERVICE = "imgur-sync"
"""The name under which everything of ours stands in the keyring."""
_TROUBLE = (OSError, RuntimeError, ValueError, TypeError, LookupError, ImportError)


class Keyring(Protocol):
    """Texts by name, kept by the system. Each method raises `CredentialsError` when the keyring cannot be used."""

    def get(self, name: str) -> str | None:
        """The text, None when there is none of that name."""
        ...

    def put(self, name: str, text: str) -> None:
        """Keep the text; it is read back before this returns."""
        ...

    def drop(self, name: str) -> bool:
        """Forget the text; False when there was none."""
        ...


class SystemKeyring:
    """The `Keyring` behind the library `keyring`."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._trouble: tuple[type[Exception], ...] = (*_TROUBLE, library.errors.KeyringError)

    def get(self, name: str) -> str | None:
        """The text, None when there is none of that name."""
        try:
            text = self._library.get_password(SERVICE, name)
        except self._trouble as error:
            raise _unusable(error) from None
        return text if isinstance(text, str) else None

    def put(self, name: str, text: str) -> None:
        """Keep the text; it is read back before this returns."""
        try:
            self._library.set_password(SERVICE, name, text)
        except self._trouble as error:
            raise _unusable(error) from None
        if self.get(name) != text:
            raise CredentialsError(
                "the system keyring did not keep what it was given", hint="look at it with: keyring diagnose"
            )

    def drop(self, name: str) -> bool:
        """Forget the text; False when there was none."""
        if self.get(name) is None:
            return False
        try:
            self._library.delete_password(SERVICE, name)
        except self._trouble as error:
            raise _unusable(error) from None
        return True


def system_keyring() -> Keyring | None:
    """The system's keyring; None without the extra, and where there is no keyring that keeps anything.

    Importing the library takes a while and may talk to the desktop: call this only when something is to be kept there.
    """
    library: Any = None
    with suppress(*_TROUBLE):
        if importlib.util.find_spec("keyring") is not None:
            library = importlib.import_module("keyring")
            importlib.import_module("keyring.errors")
            backend = library.get_keyring()
            if getattr(backend, "priority", 0) > 0:
                return SystemKeyring(library)
    return None


def _unusable(error: Exception) -> CredentialsError:
    # Without the error's text, which could hold what was to be kept.
    return CredentialsError(
        f"the system keyring cannot be used ({type(error).__name__})",
        hint="unlock it, or log in again where it can be used: imgur-sync login",
    )
