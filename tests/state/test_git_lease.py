"""The lock of a shared state: one holder at a time, whatever dies, sleeps or comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from imgur_sync.errors import ImgurSyncError, LockHeldError, StateError
from imgur_sync.model.ports import Lock
from imgur_sync.state.git_claim import LEASE, Claim, read_claim
from imgur_sync.state.git_lease import GitLease
from imgur_sync.state.git_ref import Held
from tests.contract.lock_contract import LockContract
from tests.support.memory_ref import MemoryRef, MemoryRemote
from tests.support.mirror import until


class Yard:
    """One remote, and the leases of several machines on it by one clock that the test turns."""

    def __init__(self) -> None:
        self.remote = MemoryRemote()
        self.now = 1_000_000.0
        self.told: list[str] = []
        self.meanwhile: list[Callable[[], object]] = []

    def ref(self) -> Any:
        """A look at the ref of its own."""
        return MemoryRef(self.remote)

    def lease(self, run: str = "", seconds: float = 1000.0) -> GitLease:
        """That of another machine; it lasts `seconds`, and nobody renews it by itself in the time of a test."""
        return GitLease(
            self.ref(),
            seconds=seconds,
            settle=90.0,
            run=run,
            now=lambda: self.now,
            monotonic=lambda: self.now,
            sleep=self.sleep,
            tell=self.told.append,
        )

    def sleep(self, seconds: float) -> None:
        """Others do something meanwhile, if the test says so."""
        self.now += seconds
        for act in self.meanwhile:
            act()


@pytest.fixture
def yard() -> Yard:
    """An empty one."""
    return Yard()


class TestGitLease(LockContract):
    """A lock in a ref."""

    @pytest.fixture
    def lock(self, yard: Yard) -> Lock:
        """One machine's object for it."""
        return yard.lease()

    @pytest.fixture
    def same(self, yard: Yard) -> Lock:
        """Another machine's."""
        return yard.lease()


def test_a_refusal_names_the_run_of_the_ci_system_and_until_when(yard: Yard) -> None:
    """So that one knows whom to wait for."""
    yard.lease("https://ci.example/team/pictures/actions/runs/7")._take("apply")
    with pytest.raises(LockHeldError) as caught, yard.lease().hold("apply"):
        pass
    assert "https://ci.example/team/pictures/actions/runs/7" in caught.value.message
    assert "1970-01-12 14:05:20 UTC" in caught.value.message, "1000 s, the time to settle and half a minute for clocks"


def test_a_lease_that_is_over_can_be_taken_over_and_not_before(yard: Yard) -> None:
    """The killed run's files are there for the next one, which knows that somebody did not end."""
    dead = yard.lease()
    dead._take("apply")
    dead.keep({"a": b"1"})
    yard.now += 1000 + 90 + 29
    with pytest.raises(LockHeldError), yard.lease().hold("apply"):
        pass
    yard.now += 2
    heir = yard.lease()
    assert heir.holder() is None
    with heir.hold("apply cats"):
        assert heir.files == {"a": b"1"}
        assert heir.taken_over is not None


def test_a_run_whose_clock_is_wrong_is_not_robbed_while_it_lives(yard: Yard) -> None:
    """By its own clock, which is a day behind, its lease is over for everybody else; but it goes on renewing it."""
    slow, quick = yard.lease("https://ci.example/slow"), yard.lease()
    slow._now = lambda: yard.now - 86_400
    slow._take("apply")
    yard.meanwhile = [lambda: slow.keep({"a": b"1"})]
    with pytest.raises(LockHeldError, match=r"https://ci\.example/slow"), quick.hold("apply"):
        pass
    assert "slow" in yard.told[0]
    assert "in 500 s" in yard.told[0]
    slow.check()
    yard.meanwhile = []
    with yard.lease().hold("apply"):
        pass


def test_a_run_that_ends_while_another_looks_on_makes_room(yard: Yard) -> None:
    """What it wrote last is what the next one begins with."""
    slow = yard.lease()
    slow._take("apply")
    yard.now += 2000
    slow.stage({"a": b"last"})
    yard.meanwhile = [slow._give_back]
    heir = yard.lease()
    with heir.hold("apply"):
        assert heir.files == {"a": b"last"}
        assert heir.taken_over is None


def test_a_zombie_can_neither_write_nor_begin_anything(yard: Yard) -> None:
    """A run that slept past its lease is told who came after it, again and again, and the heir's files stay."""
    zombie, heir = yard.lease(), yard.lease("https://ci.example/2")
    zombie._take("apply")
    yard.now += 2000
    with heir.hold("apply dogs"):
        heir.keep({"a": b"heir"})
        for act in (zombie.check, lambda: zombie.keep({"a": b"zombie"}), zombie.check):
            with pytest.raises(LockHeldError, match=r"apply dogs .*https://ci\.example/2"):
                act()
    with pytest.raises(LockHeldError):
        zombie.check()
    assert yard.ref().read().files["a"] == b"heir"


def test_a_lease_that_nobody_took_is_renewed_before_anything_is_sent(yard: Yard) -> None:
    """After a sleep of the machine, say: by a compare-and-swap, so that it is certain."""
    slow = yard.lease()
    slow._take("apply")
    yard.now += 5000
    slow.check()
    with pytest.raises(LockHeldError), yard.lease().hold("apply"):
        pass


def test_a_remote_that_cannot_be_reached_ends_the_sending_when_the_lease_is_over(yard: Yard) -> None:
    """Not before: until then nobody else can have it."""
    lease = yard.lease()
    lease._take("apply")
    yard.remote.away = True
    lease.check()
    yard.now += 1000
    with pytest.raises(ImgurSyncError):
        lease.check()
    yard.remote.away = False
    lease.check()


def test_only_one_of_two_that_take_over_at_once_gets_it(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the same claim; the ref decides."""
    one, two = yard.lease(), yard.lease()
    read = two._ref.read

    def late() -> object:
        held = read()
        if one._claim is None:
            one._take("apply one")
        return held

    monkeypatch.setattr(two._ref, "read", late)
    with pytest.raises(LockHeldError, match="apply one"):
        two._take("apply two")


def test_a_ref_of_something_else_is_never_overwritten(yard: Yard) -> None:
    """The user's own branch, by mistake."""
    yard.ref().write({"photo.txt": b"mine"}, "", "mine")
    with pytest.raises(StateError, match="holds no state"), yard.lease().hold("apply"):
        pass
    assert yard.ref().read().files == {"photo.txt": b"mine"}


def test_a_branch_of_pictures_is_not_taken_for_a_state_because_of_one_file(yard: Yard) -> None:
    """A pull request may name the main branch as the ref and bring a lease.json along: it is not overwritten."""
    forged = Claim("apply", "h", 1, "", 1.0, None, "t", 1).data()
    yard.remote.held = Held("c1", {LEASE: forged}, "photos")
    with pytest.raises(StateError, match=r"holds other files .*photos"), yard.lease().hold("apply"):
        pass
    assert yard.ref().read().commit == "c1"


def test_an_error_on_the_way_gives_the_lock_back_with_what_is_staged(yard: Yard) -> None:
    """What was recorded until then is shared."""
    lease = yard.lease()

    def failing() -> None:
        with lease.hold("apply"):
            lease.stage({"a": b"1"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    held = yard.ref().read()
    assert held.files["a"] == b"1"
    assert yard.lease().holder() is None


def test_a_lease_renews_itself(yard: Yard) -> None:
    """By a thread, while the run does something else."""
    lease = yard.lease(seconds=0.2)
    with lease.hold("apply"):
        before = yard.remote.held.commit
        until(lambda: yard.remote.held.commit != before)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 5000,
        b'{"format": 2}',
        json.dumps({"format": 1, "command": 7}).encode(),
        Claim("a", "h", 1, "", 1e300, None, "t", 1).data(),
        Claim("a", "h", 1, "", 1.0, 9e11, "t", 1).data(),
        Claim("a", "h", 1, "", -1e11, None, "t", 1).data(),
        Claim("a", "h", 10**400, "", 1.0, 2.0, "t", 1).data(),
        Claim("a", "h", 1, "", 1.0, float("nan"), "t", 1).data(),
    ],
)
def test_a_claim_that_cannot_be_read_is_no_free_lock(data: bytes, yard: Yard) -> None:
    """Who holds it is unknown then."""
    with pytest.raises(StateError, match=r"lease\.json"):
        read_claim(data, "the ref")
    yard.ref().write({LEASE: data}, "", "edited")
    with pytest.raises(StateError), yard.lease().hold("apply"):
        pass


def test_what_others_wrote_into_a_claim_is_shown_plainly() -> None:
    """No control characters, no endless text: whoever may push may have written it."""
    claim = read_claim(Claim("a\x1b[1m\n::set-output", "h" * 10_00, 1, "", 1.0, 2.0, "t", 1).data(), "the ref")
    assert claim is not None
    assert claim.text().isprintable()
    assert len(claim.text()) < 500
