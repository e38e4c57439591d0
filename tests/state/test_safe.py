"""Where a secret document lies: in a private file, or in the system keyring with a private file that says so."""

from __future__ import annotations

import json
import secrets
import stat
from pathlib import Path

import pytest

from imgur_sync.errors import CredentialsError
from imgur_sync.model.ports import Tokens, TokenStore
from imgur_sync.model.secret import Secret
from imgur_sync.state.logins import Login, Logins
from imgur_sync.state.safe import IN_KEYRING, Safe
from imgur_sync.state.tokens import FileTokens
from tests.contract.token_store_contract import TokenStoreContract
from tests.support.memory_keyring import MemoryKeyring

ORIGIN = "https://api.imgur.com"
LOGIN = Login("id15", Secret("shh-shh"), "somebody", 1234.5, "pin")


class TestTokensInAKeyring(TokenStoreContract):
    """The token store where there is a keyring."""

    @pytest.fixture
    def tokens(self, tmp_path: Path) -> TokenStore:
        """An empty one."""
        keyring = MemoryKeyring()
        return FileTokens(tmp_path, origin=ORIGIN, client_id="c", profile="p", keyring=lambda: keyring)


def safe_in(folder: Path, keyring: MemoryKeyring | None) -> Safe:
    """One document's safe."""
    return Safe(folder / "document.json", lambda: keyring)


def test_with_a_keyring_no_file_holds_the_document(tmp_path: Path) -> None:
    """The file says where it is, and is private all the same; the generation before is in the keyring too."""
    keyring = MemoryKeyring()
    safe = safe_in(tmp_path / "s", keyring)
    for number in range(3):
        safe.write(f"secret-{number}".encode())
    assert safe.kept == "keyring"
    assert safe.read() == b"secret-2"
    assert sorted(keyring.entries.values()) == ["secret-1", "secret-2"]
    (file,) = (tmp_path / "s").iterdir()
    assert file.read_bytes() == IN_KEYRING
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_in_the_keyring_is_not_taken_for_lost_without_it(tmp_path: Path) -> None:
    """As in a cron job: the message says where it is and what to do; nothing is overwritten."""
    keyring = MemoryKeyring()
    safe_in(tmp_path, keyring).write(b"secret")
    without = safe_in(tmp_path, None)
    for action in (without.read, lambda: without.write(b"other"), without.remove):
        with pytest.raises(CredentialsError, match="in the system keyring, which cannot be reached") as caught:
            action()
        assert "imgur-sync[keyring]" in caught.value.hint
    assert safe_in(tmp_path, keyring).read() == b"secret"


def test_what_is_in_a_file_stays_there_until_a_new_log_in(tmp_path: Path) -> None:
    """The extra is installed later: rotation goes on in the file, so that no process misses a generation."""
    keyring = MemoryKeyring()
    safe_in(tmp_path, None).write(b"one")
    safe_in(tmp_path, keyring).write(b"two")
    assert (safe_in(tmp_path, keyring).kept, keyring.entries) == ("file", {})
    safe_in(tmp_path, keyring).write(b"three", anew=True)
    assert safe_in(tmp_path, keyring).kept == "keyring"
    assert list(keyring.entries.values()) == ["three"]
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [IN_KEYRING]
    safe_in(tmp_path, None).write(b"four", anew=True)
    assert safe_in(tmp_path, None).read() == b"four"


def test_a_keyring_that_lost_the_document_is_told(tmp_path: Path) -> None:
    """With the file to remove."""
    keyring = MemoryKeyring()
    safe_in(tmp_path, keyring).write(b"secret")
    keyring.entries.clear()
    with pytest.raises(CredentialsError, match="no longer holds"):
        safe_in(tmp_path, keyring).read()


def test_removing_forgets_every_generation(tmp_path: Path) -> None:
    """In files and in the keyring; a second time there is nothing to do."""
    for keyring in (None, MemoryKeyring()):
        safe = safe_in(tmp_path, keyring)
        for number in range(3):
            safe.write(f"secret-{number}".encode())
        assert safe.remove()
        assert not safe.remove()
        assert list(tmp_path.iterdir()) == []
        assert safe.read() is None
        assert keyring is None or keyring.entries == {}


def test_state_folders_do_not_share_an_entry(tmp_path: Path) -> None:
    """Their locks are their own, so their tokens must be."""
    keyring = MemoryKeyring()
    for name in ("a", "b"):
        safe_in(tmp_path / name, keyring).write(name.encode())
    assert safe_in(tmp_path / "a", keyring).read() == b"a"


@pytest.mark.parametrize("keyring", [None, MemoryKeyring()], ids=["file", "keyring"])
def test_a_log_in_comes_back_and_is_bound_to_origin_and_profile(tmp_path: Path, keyring: MemoryKeyring | None) -> None:
    """With its secret; another origin or profile has none."""
    logins = Logins(tmp_path, origin=ORIGIN, profile="p", keyring=lambda: keyring)
    assert logins.load() is None
    logins.save(LOGIN)
    assert logins.load() == LOGIN
    for other in ({"origin": "http://127.0.0.1:1", "profile": "p"}, {"origin": ORIGIN, "profile": "q"}):
        assert Logins(tmp_path, **other, keyring=lambda: keyring).load() is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'{"format": 2}', b"[" * 20_000, b"\xff"],
    ids=["empty", "cut", "null", "list", "newer", "deep", "binary"],
)
def test_a_damaged_log_in_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    """No traceback; what to do."""
    logins = Logins(tmp_path, origin=ORIGIN, profile="p", keyring=lambda: None)
    logins.save(LOGIN)
    logins.safe.path.write_bytes(content)
    with pytest.raises(CredentialsError, match="damaged") as caught:
        logins.load()
    assert caught.value.__cause__ is None


def test_a_log_in_copied_to_another_name_is_refused(tmp_path: Path) -> None:
    """It would send a secret to an origin that it is not for."""
    logins = Logins(tmp_path, origin=ORIGIN, profile="p", keyring=lambda: None)
    logins.save(LOGIN)
    other = Logins(tmp_path, origin="http://127.0.0.1:1", profile="p", keyring=lambda: None)
    other.safe.write(json.dumps(json.loads(logins.safe.path.read_bytes())).encode())
    with pytest.raises(CredentialsError, match="made for another API address"):
        other.load()


def test_a_keyring_that_takes_nothing_loses_no_token(tmp_path: Path) -> None:
    """Imgur gives each refresh token once: the private file takes it, at the first log-in and at any rotation."""
    keyring = MemoryKeyring()
    store = FileTokens(tmp_path, origin=ORIGIN, client_id="c", profile="p", keyring=lambda: keyring)
    keyring.locked = True
    store.save(Tokens(Secret("refresh-1")))
    assert (store.safe.kept, store.load()) == ("file", Tokens(Secret("refresh-1")))
    keyring.locked = False
    store.save(Tokens(Secret("refresh-2")), anew=True)
    assert store.safe.kept == "keyring"
    keyring.locked = True
    store.save(Tokens(Secret("refresh-3")))
    assert (store.safe.kept, store.load()) == ("file", Tokens(Secret("refresh-3")))
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("field", ["client_id", "client_secret", "account", "flow"])
@pytest.mark.parametrize("value", [5, "\udcff"], ids=["number", "half a pair"])
def test_a_log_in_that_cannot_be_sent_is_damaged(tmp_path: Path, field: str, value: object) -> None:
    """It has the right shape, but holds what is no text."""
    logins = Logins(tmp_path, origin=ORIGIN, profile="p", keyring=lambda: None)
    logins.save(LOGIN)
    fields = json.loads(logins.safe.path.read_bytes())
    logins.safe.path.write_text(json.dumps({**fields, field: value}))
    with pytest.raises(CredentialsError, match="damaged"):
        logins.load()


def test_where_there_is_no_folder_there_is_nothing_to_remove(tmp_path: Path) -> None:
    """And none is made."""
    assert not safe_in(tmp_path / "none", None).remove()
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_is_refused_can_be_removed(tmp_path: Path) -> None:
    """It is open to others, so it is not read; logging out takes it away all the same."""
    safe = safe_in(tmp_path, None)
    safe.write(b"secret")
    safe.path.chmod(0o644)
    with pytest.raises(CredentialsError, match="open to other users"):
        safe.read()
    assert safe.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    """Here something lies where the generation before is to be."""
    safe = safe_in(tmp_path, None)
    safe.write(b"secret-1")
    (tmp_path / "document.json.previous").mkdir()
    with pytest.raises(CredentialsError, match="cannot be written"):
        safe.write(b"secret-2")
    assert safe.read() == b"secret-1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["document.json", "document.json.previous"]


def test_a_file_that_lies_in_the_way_is_not_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever could foresee its name gets no secret."""
    safe = safe_in(tmp_path, None)
    safe.write(b"secret-1")
    monkeypatch.setattr(secrets, "token_hex", lambda length: "ab" * length)
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / ".document.json.abababab.new").symlink_to(elsewhere)
    with pytest.raises(CredentialsError, match="cannot be written"):
        safe.write(b"secret-2")
    assert safe.read() == b"secret-1"
    assert not elsewhere.exists()
