"""What is secret in a shared state opens with its key, as it was, and otherwise not at all."""

from __future__ import annotations

import builtins
import json
from typing import Any

import pytest

from imgur_sync.errors import CredentialsError, ExitCode, ImgurSyncError, StateError
from imgur_sync.model.secret import Secret
from imgur_sync.state.git_seal import Sealer

KEY = Secret("a key of the tests, long enough")


def sealer(key: str = KEY.reveal(), lineage: str = "k3v9x2mq") -> Sealer:
    """That of another machine."""
    return Sealer(Secret(key), lineage, "the ref")


def test_what_was_sealed_opens_on_another_machine() -> None:
    """Any bytes, also none; and nothing of them can be seen."""
    for content in (b"", b"deletehash" * 1000, bytes(range(256))):
        sealed = sealer().seal("state", content)
        assert b"deletehash" not in sealed
        assert sealer().open("state", sealed) == content


def test_nothing_is_sealed_twice_alike() -> None:
    """Equal states do not look equal, and no nonce is used again."""
    one = sealer()
    sealed = [one.seal("state", b"x") for _ in range(50)]
    assert len({json.loads(each.partition(b"\n")[0])["nonce"] for each in sealed}) == 50


def test_another_key_is_told_from_damage() -> None:
    """8 for the key, 65 for everything else."""
    sealed = sealer().seal("state", b"content")
    with pytest.raises(CredentialsError) as caught:
        sealer("another key of the tests").open("state", sealed)
    assert "IMGUR_SYNC_STATE_KEY" in caught.value.message
    assert "another key" not in str(caught.value)


def test_a_file_of_another_kind_or_mirror_opens_nowhere() -> None:
    """Put in each other's place they are refused, also with the words of their heads exchanged."""
    sealed = sealer().seal("state", b"content")
    with pytest.raises(StateError):
        sealer().open("tokens", sealed)
    with pytest.raises(StateError):
        sealer(lineage="aaaaaaaa").open("state", sealed)
    with pytest.raises(StateError):
        sealer().open("tokens", sealed.replace(b'"state"', b'"tokens"', 1))


def test_every_cut_and_every_flipped_bit_is_refused() -> None:
    """Never a shorter content, never another one, never an error that is not ours."""
    one = sealer()
    sealed = one.seal("state", b"content")
    for length in range(len(sealed)):
        with pytest.raises((StateError, CredentialsError)):
            one.open("state", sealed[:length])
    body = sealed.index(b"\n") + 1
    for place in range(body, len(sealed)):
        with pytest.raises(StateError):
            one.open("state", sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    with pytest.raises(StateError):
        one.open("state", sealed + b"x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("n", bad) for bad in (2**40, 0, -2, 3, "32768", 1.5, True, None)),
        ("r", 1000),
        ("p", 10**9),
        ("salt", "zz"),
        ("nonce", "00"),
        ("check", "0" * 16),
        ("format", 2),
        ("format", "1"),
        ("lineage", None),
    ],
)
def test_a_head_that_somebody_edited_is_refused_at_no_cost(name: str, value: Any) -> None:
    """Costs of a key that would take the memory of the machine are not paid."""
    line, _, body = sealer().seal("state", b"content").partition(b"\n")
    head = json.dumps({**json.loads(line), name: value}, sort_keys=True).encode()
    with pytest.raises((StateError, CredentialsError)):
        sealer().open("state", head + b"\n" + body)


@pytest.mark.parametrize("key", [None, Secret(""), Secret("fifteen letters")])
def test_without_a_key_that_is_worth_it_nothing_is_sealed(key: Secret | None) -> None:
    """The remedy says how to make one."""
    with pytest.raises(CredentialsError) as caught:
        Sealer(key, "k3v9x2mq", "the ref")
    assert "openssl rand" in caught.value.hint


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """65, before anything else is done."""
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImgurSyncError) as caught:
        sealer()
    assert caught.value.exit_code is ExitCode.UNREADABLE
    assert "imgur-sync[crypto]" in caught.value.hint
