"""A keyring in memory, and a library like `keyring` whose backend is a file."""

from __future__ import annotations

from pathlib import Path

from imgur_sync.errors import CredentialsError
from imgur_sync.state.system_keyring import Keyring


class MemoryKeyring(Keyring):
    """A keyring that forgets everything with the object; locked, it answers nothing."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.locked = False

    def get(self, name: str) -> str | None:
        """The text, None when there is none of that name."""
        if self.locked:
            raise CredentialsError("the system keyring cannot be used (Locked)")
        return self.entries.get(name)

    def put(self, name: str, text: str) -> None:
        """Keep the text."""
        self.get(name)
        self.entries[name] = text

    def drop(self, name: str) -> bool:
        """Forget the text; False when there was none."""
        return self.get(name) is not None and self.entries.pop(name) is not None


LIBRARY = """
import json, os
from keyring import errors
PLACE = {place!r}
class Backend:
    priority = {priority}
def get_keyring():
    return Backend()
def _all():
    if os.path.exists(PLACE + ".locked"):
        raise errors.KeyringLocked("the secret is in this text")
    if not os.path.exists(PLACE):
        return {{}}
    with open(PLACE) as file:
        return json.load(file)
def _put(entries):
    with open(PLACE, "w") as file:
        json.dump(entries, file)
def get_password(service, name):
    return _all().get(service + "/" + name)
def set_password(service, name, text):
    _put(_all() | {{service + "/" + name: text}})
def delete_password(service, name):
    entries = _all()
    del entries[service + "/" + name]
    _put(entries)
"""
ERRORS = "class KeyringError(Exception): pass\nclass KeyringLocked(KeyringError): pass\n"


def write_library(folder: Path, place: Path, *, priority: float = 5) -> None:
    """Make a library of that name in `folder`, to be put on PYTHONPATH; it keeps everything in the file `place`."""
    package = folder / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(LIBRARY.format(place=str(place), priority=priority))
    (package / "errors.py").write_text(ERRORS)
