"""Token files: private, bound, never half written, refreshed by one at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import CredentialsError, ExitCode, StateError, TryAgainLaterError
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state.tokens import FileTokens
from tests.contract.token_store_contract import FULL

ORIGIN = "https://api.imgur.com"
REFRESHES = """
import sys
from pathlib import Path
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state.tokens import FileTokens
store = FileTokens(Path(sys.argv[1]), origin="https://api.imgur.com", client_id="c", profile="default")
for _ in range(int(sys.argv[2])):
    with store.refreshing():
        number = int(store.load().refresh.reveal())
        store.save(Tokens(Secret(str(number + 1))))
"""
HOLDS = """
import sys
from pathlib import Path
from imgur_sync.state.tokens import FileTokens
with FileTokens(Path(sys.argv[1]), origin="https://api.imgur.com", client_id="c", profile="default").refreshing():
    print("held", flush=True)
    sys.stdin.readline()
"""
SAVES = """
import itertools, sys
from pathlib import Path
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state.tokens import FileTokens
store = FileTokens(Path(sys.argv[1]), origin="https://api.imgur.com", client_id="c", profile="default")
for number in itertools.count(1):
    store.save(Tokens(Secret(str(number))))
    print(number, flush=True)
"""


def store_in(folder: Path, *, origin: str = ORIGIN, client_id: str = "c", profile: str = "default") -> FileTokens:
    """A store that does not wait long for others."""
    return FileTokens(folder, origin=origin, client_id=client_id, profile=profile, patience=0.05)


def test_the_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Folder 0700, files 0600, and no temporary file stays."""
    folder = tmp_path / "config" / "tokens"
    store = store_in(folder)
    store.save(FULL)
    store.save(Tokens(Secret("refresh-2")))
    with store.refreshing():
        pass
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(store.path.name + suffix for suffix in ("", ".lock", ".previous"))


def test_the_generation_before_is_kept(tmp_path: Path) -> None:
    """A new refresh token that turns out dead does not cost the account."""
    store = store_in(tmp_path / "t")
    for number in range(3):
        store.save(Tokens(Secret(f"refresh-{number}")))
    previous = json.loads(store.path.with_name(store.path.name + ".previous").read_bytes())
    assert previous["refresh"] == "refresh-1"


def test_tokens_are_bound_to_origin_client_and_profile(tmp_path: Path) -> None:
    """Others have none; a file copied over is refused."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    for changed in ({"origin": "http://127.0.0.1:1"}, {"client_id": "d"}, {"profile": "other"}):
        other = store_in(tmp_path / "t", **changed)
        assert other.load() is None
        other.path.write_bytes(store.path.read_bytes())
        other.path.chmod(0o600)
        with pytest.raises(CredentialsError, match="made for another"):
            other.load()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o644])
def test_a_file_open_to_others_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    """Exit 8 and the chmod to type; saving over it is refused as well."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    store.path.chmod(mode)
    for action in (store.load, lambda: store.save(FULL)):
        with pytest.raises(CredentialsError) as caught:
            action()
        assert caught.value.exit_code is ExitCode.CREDENTIALS
        assert caught.value.hint == f"Type: chmod 600 {store.path}"
    assert store.path.stat().st_mode & 0o777 == mode


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    """They could exchange the file."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t").chmod(0o777)
    with pytest.raises(CredentialsError, match="open to other users") as caught:
        store_in(tmp_path / "t").save(FULL)
    assert caught.value.hint == f"Type: chmod 0700 {tmp_path / 't'}"
    assert list((tmp_path / "t").iterdir()) == []


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    """Neither for reading nor for writing."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    target = tmp_path / "elsewhere"
    store.path.rename(target)
    before = target.read_bytes()
    store.path.symlink_to(target)
    with pytest.raises(CredentialsError, match="link is never followed"):
        store.load()
    with pytest.raises(CredentialsError, match="link is never followed"):
        store.save(Tokens(Secret("refresh-2")))
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"\xff\xfe", b"{}", b"[" * 20_000, b'{"format": 2}', b"x" * 70_000],
    ids=["empty", "cut", "null", "list", "binary", "nothing", "deep", "newer", "large"],
)
def test_a_damaged_file_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    """No traceback, no bytes of the file in the message."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    store.path.write_bytes(content)
    with pytest.raises(CredentialsError) as caught:
        store.load()
    assert caught.value.__cause__ is None
    assert store.path.name in caught.value.message


@pytest.mark.parametrize("field", ["refresh", "access", "account", "source"])
@pytest.mark.parametrize("value", [5, "\udcff"], ids=["number", "half a pair"])
def test_tokens_that_cannot_be_sent_are_damaged(tmp_path: Path, field: str, value: object) -> None:
    """The file has the right shape, but holds what is no text."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    store.path.write_text(json.dumps({**json.loads(store.path.read_bytes()), field: value}))
    with pytest.raises(CredentialsError, match="damaged"):
        store.load()


def test_a_lock_that_cannot_be_taken_is_an_error_of_its_own(tmp_path: Path) -> None:
    """It is not told as another process that refreshes: nobody does."""
    store = store_in(tmp_path / "t")
    with store.refreshing():
        pass
    (tmp_path / "t" / f"{store.path.name}.lock-journal").mkdir()
    with pytest.raises(StateError) as caught, store.refreshing():
        pass
    assert not isinstance(caught.value, TryAgainLaterError)


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    """None of them reads as other tokens."""
    store = store_in(tmp_path / "t")
    store.save(FULL)
    data = store.path.read_bytes()
    for length in range(len(data)):
        store.path.write_bytes(data[:length])
        with pytest.raises(CredentialsError):
            store.load()


def test_a_kill_while_saving_leaves_a_whole_generation(tmp_path: Path, child: Callable[..., Any]) -> None:
    """What was told as saved, or the one after it."""
    for lines in (1, 2, 3, 10):
        process = child(SAVES, tmp_path / "t")
        told = [int(process.line()) for _ in range(lines)]
        process.kill()
        told += [int(line) for line in process.process.stdout.read().split("\n")[:-1]]
        tokens = store_in(tmp_path / "t").load()
        assert tokens is not None
        assert int(tokens.refresh.reveal()) - told[-1] in (0, 1)


def test_four_processes_refresh_one_after_the_other(tmp_path: Path, child: Callable[..., Any]) -> None:
    """Each sees what the one before saved: no generation is lost or made twice."""
    store = store_in(tmp_path / "t")
    store.save(Tokens(Secret("0")))
    processes = [child(REFRESHES, tmp_path / "t", 10) for _ in range(4)]
    assert [process.end() for process in processes] == [0, 0, 0, 0]
    assert store.load() == Tokens(Secret("40"))


def test_threads_refresh_one_after_the_other(tmp_path: Path) -> None:
    """Of one process, also with an object of their own."""
    store_in(tmp_path / "t").save(Tokens(Secret("0")))

    def refresh() -> None:
        store = FileTokens(tmp_path / "t", origin=ORIGIN, client_id="c", profile="default")
        for _ in range(5):
            with store.refreshing():
                tokens = store.load()
                assert tokens is not None
                store.save(Tokens(Secret(str(int(tokens.refresh.reveal()) + 1))))

    threads = [threading.Thread(target=refresh) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store_in(tmp_path / "t").load() == Tokens(Secret("20"))


def test_a_kill_gives_refreshing_back(tmp_path: Path, child: Callable[..., Any]) -> None:
    """While it is held another waits, and gives up in the end with exit 75."""
    process = child(HOLDS, tmp_path / "t")
    assert process.line() == "held"
    with pytest.raises(TryAgainLaterError), store_in(tmp_path / "t").refreshing():
        pass
    process.kill()
    with store_in(tmp_path / "t").refreshing():
        pass


def test_refreshing_needs_a_local_disk(tmp_path: Path) -> None:
    """Its lock could not be trusted elsewhere."""
    mounts = f"36 35 98:0 / {tmp_path} rw - nfs server:/x rw\n"
    store = FileTokens(tmp_path / "t", origin=ORIGIN, client_id="c", profile="default", mounts=lambda: mounts)
    with pytest.raises(StateError, match="network file system"), store.refreshing():
        pass
