"""A state that goes from machine to machine: what is shared when, and what a run that did not end leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import LockHeldError, StateError
from imgur_sync.model.change import AlbumMade, IntentEnded, PictureAdopted
from imgur_sync.model.keeping import Tokens, TokenStore
from imgur_sync.model.ports import StateStore
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.state.git_lease import GitLease
from imgur_sync.state.git_seal import Sealer
from imgur_sync.state.git_share import SharedState
from imgur_sync.state.git_store import GitStore
from imgur_sync.state.git_tokens import SharedTokens
from imgur_sync.state.store import find_store, open_store
from tests.contract.intent_contract import CATS, LINEAGE, picture
from tests.contract.state_store_contract import StateStoreContract
from tests.contract.token_store_contract import TokenStoreContract
from tests.support.memory_ref import MemoryRef, MemoryRemote
from tests.support.memory_tokens import MemoryTokens

SEALER = Sealer(Secret("a key of the tests, long enough"), LINEAGE, "the ref")
"""One for all machines: what its key is made of takes a while."""


class Team:
    """Machines with one remote, and one clock."""

    def __init__(self, base: Path) -> None:
        self.base, self.remote, self.now = base, MemoryRemote(), 1_000_000.0

    def share(self, name: str, mode: str = "account") -> SharedState:
        """That of a machine of that name."""
        ref: Any = MemoryRef(self.remote)
        clock: dict[str, Any] = {"now": lambda: self.now, "monotonic": lambda: self.now, "sleep": lambda seconds: None}
        lease = GitLease(ref, seconds=1000.0, settle=90.0, **clock)
        path = self.base / name / "state.db"
        return SharedState(ref, lease, lambda: SEALER, path, LINEAGE, monotonic=lambda: self.now)

    def store(self, name: str, share: SharedState, mode: str = "account") -> GitStore:
        """The store of a machine that holds the state."""
        path = self.base / name / "state.db"
        return GitStore.over(open_store(path, lineage=LINEAGE, create=True, mode=mode), share)

    def die(self, name: str, draft: Intent, *, opened: bool = True) -> None:
        """A machine that holds the state, begins an upload, and is never heard of again."""
        share = self.share(name)
        share._lease._take("apply")
        share._bring(SEALER)
        with self.store(name, share) as store:
            store.foretell([draft])
            if opened:
                store.open_intent(draft)
        self.now += 2000


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Nobody worked yet."""
    return Team(tmp_path)


def draft(number: int = 1) -> Intent:
    """An upload to come."""
    digest = f"{number:x}" * 64
    return Intent(0, IntentKind.UPLOAD, "cats", path=f"{number}.png", digest=digest, marker=f"m{number}", made_at=5.0)


class TestGitStore(StateStoreContract):
    """The store of a run that holds a shared state."""

    @pytest.fixture
    def store(self, team: Team) -> Iterator[StateStore]:
        """An empty one."""
        share = team.share("a")
        with share.held("apply"), team.store("a", share) as store:
            yield store


class TestSharedTokens(TokenStoreContract):
    """Tokens of this machine and of the shared state."""

    @pytest.fixture
    def tokens(self, team: Team) -> Iterator[TokenStore]:
        """None yet."""
        share = team.share("a")
        with share.held("apply"):
            yield SharedTokens(MemoryTokens(), share, "https://api.imgur.com", "c", "default")


def test_what_is_recorded_comes_to_the_next_machine(team: Team) -> None:
    """All of it, at the end of the run."""
    share = team.share("a")
    with share.held("apply"), team.store("a", share) as store:
        store.record(CATS)
        intent = store.open_intent(draft())
        store.record(PictureAdopted(replace(picture("p1"), marker="m1"), intent.number))
    other = team.share("b")
    with other.held("apply") as begun, team.store("b", other) as store:
        assert begun == 0
        assert store.picture("p1") is not None
    assert set(team.remote.held.files) == {"lease.json", "state"}


@pytest.mark.parametrize("opened", [False, True])
def test_uploads_of_a_run_that_did_not_end_are_in_doubt_for_the_next(opened: bool, team: Team) -> None:
    """Whether they were sent or not: nobody can know. For a plan too, which changes nothing."""
    team.die("a", draft(), opened=opened)
    before = team.remote.held
    looked, who = team.share("c").look()
    assert looked is not None
    with looked:
        assert [intent.marker for intent in looked.intents(IntentStatus.OPEN)] == ["m1"]
    assert who == ""
    assert team.remote.held == before
    share = team.share("b")
    with share.held("apply") as begun, team.store("b", share) as store:
        assert begun == 1
        (intent,) = store.intents(IntentStatus.OPEN)
        assert (intent.marker, intent.path, intent.failed_at, intent.copy) == ("m1", "1.png", None, 0)
        assert store.highest_copy("cats", draft().digest) == 0
        store.record(IntentEnded(intent.number, IntentStatus.CLOSED, 9.0))
    third = team.share("d")
    with third.held("apply") as begun, team.store("d", third) as store:
        assert (begun, store.intents(IntentStatus.OPEN)) == (0, ())


def test_a_second_death_forgets_nothing_of_the_first(team: Team) -> None:
    """Both runs' uploads are in doubt, each once."""
    team.die("a", draft(1))
    team.die("b", draft(2))
    share = team.share("c")
    with share.held("apply"), team.store("c", share) as store:
        assert sorted(intent.marker for intent in store.intents(IntentStatus.OPEN)) == ["m1", "m2"]


def test_what_is_foretold_together_is_written_once(team: Team) -> None:
    """Hundreds of uploads, one push; what was not foretold gets one of its own before it is sent."""
    share = team.share("a")
    with share.held("apply"), team.store("a", share) as store:
        before = len(team.remote.writes)
        store.foretell([draft(number) for number in range(1, 9)])
        store.foretell([draft(3)])
        for number in range(1, 9):
            store.open_intent(draft(number))
        assert len(team.remote.writes) == before + 1
        store.open_intent(draft(10))
        store.open_intent(Intent(0, IntentKind.CREATE_ALBUM, "dogs", marker="album"))
        assert len(team.remote.writes) == before + 3
        store.open_intent(Intent(0, IntentKind.EDIT_ALBUM, "cats", target="x"))
        assert len(team.remote.writes) == before + 3


def test_a_large_state_does_not_go_along_each_time(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was begun, until five minutes have passed; and a new album takes it along at once."""
    monkeypatch.setattr("imgur_sync.state.git_share.SMALL", 0)
    share = team.share("a")
    with share.held("apply"), team.store("a", share) as store:
        store.foretell([draft(1)])
        assert team.remote.writes[-1] == ("begun", "state")
        store.foretell([draft(2)])
        assert team.remote.writes[-1] == ("begun",)
        team.now += 301
        store.foretell([draft(3)])
        assert team.remote.writes[-1] == ("begun", "state")
        store.record(CATS)
        assert "state" in team.remote.writes[-1]
        assert "begun" in team.remote.held.files


def test_without_an_account_every_answer_is_shared_at_once(team: Team) -> None:
    """With one, its marker tells of it."""
    for mode, shared in (("account", 0), ("anonymous", 1)):
        share = team.share(mode)
        team.remote.held = replace(team.remote.held, commit="", files={})
        with share.held("apply"), team.store(mode, share, mode) as store:
            store.record(CATS)
            before = len(team.remote.writes)
            store.record(PictureAdopted(picture("p1")))
            assert len(team.remote.writes) == before + shared


def test_a_run_that_lost_the_state_records_nothing_for_others(team: Team) -> None:
    """What is begun raises, and its end changes nothing in the ref."""
    zombie, heir = team.share("zombie"), team.share("heir")

    def work() -> None:
        with zombie.held("apply"), team.store("zombie", zombie) as store:
            store.record(CATS)
            team.now += 5000
            with heir.held("apply dogs"):
                pass
            store.open_intent(draft())

    with pytest.raises(LockHeldError, match="apply dogs"):
        work()
    with team.share("c").held("apply"):
        pass
    assert [files for files in team.remote.writes if "begun" in files] == []


def test_begun_uploads_of_another_state_are_refused(team: Team) -> None:
    """Somebody put files of two commits together."""
    team.die("a", draft())
    begun = team.remote.held.files["begun"]
    with team.share("b").held("apply"):
        pass
    files = {**team.remote.held.files, "begun": begun}
    team.remote.held = replace(team.remote.held, files=files)
    with pytest.raises(StateError, match="belongs to another state"):
        team.share("c").look()
    with pytest.raises(StateError), team.share("c").held("apply"):
        pass
    assert team.remote.held.files["begun"] == begun, "nothing of it is lost"


def test_the_newest_tokens_win_wherever_they_are(team: Team) -> None:
    """Those of the shared state on a machine that has none, or older ones; none that are bound to something else."""
    share = team.share("a")
    with share.held("apply"):
        SharedTokens(MemoryTokens(), share, "origin").save(Tokens(Secret("r2"), Secret("a2"), 200.0, "me", "s"))
    share = team.share("b")
    assert SharedTokens(MemoryTokens(), share, "elsewhere").load() is None
    here = MemoryTokens()
    both = SharedTokens(here, share, "origin")
    loaded = both.load()
    assert loaded == Tokens(Secret("r2"), Secret("a2"), 200.0, "me", "s")
    here.save(Tokens(Secret("r1"), Secret("a1"), 100.0))
    assert both.load() == loaded
    here.save(Tokens(Secret("r3"), Secret("a3"), 300.0))
    assert (both.load() or Tokens(Secret(""))).refresh == Secret("r3")
    before = len(team.remote.writes)
    both.save(Tokens(Secret("r4"), None, 400.0))
    assert len(team.remote.writes) == before, "a command that holds no lock writes nothing"
    assert (both.load() or Tokens(Secret(""))).refresh == Secret("r4")


def test_an_album_made_is_shared_before_it_is_edited(team: Team) -> None:
    """Its marker goes with the first edit; without its id a second one would be made."""
    share = team.share("a")
    share._lease._take("apply")
    with team.store("a", share) as store:
        store.record(AlbumMade("cats", "AbC1234", None, "cats", 1.0))
    team.now += 5000
    heir = team.share("b")
    with heir.held("apply"):
        store_there = find_store(team.base / "b" / "state.db", lineage=LINEAGE, read_only=True)
        assert store_there is not None
        with store_there:
            assert [album.id for album in store_there.albums()] == ["AbC1234"]
