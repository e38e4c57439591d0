"""What every `WatchMemory` promises. A test class inherits this and gives the fixtures `memory` and `same`: two objects
for one empty memory, as two processes have them."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.ports import WatchMemory
from imgur_sync.model.remembered import EVERYTHING, Feud, Look, Spent

NOW = 1_800_000_000.0
LOOK = Look("cats", NOW, 2)
ODD = Look("dogs/\udcff", NOW + 1, 1)
WHOLE = Look(EVERYTHING, NOW, 3, "fingerprint")
FEUD = Feud("cats", (("the order was changed", (NOW, NOW + 5.5)),), NOW + 86400.0, NOW, "folder", "entry")


class WatchMemoryContract:
    """Inherited by the tests of every implementation."""

    def test_nothing_is_remembered_at_first(self, memory: WatchMemory) -> None:
        """Neither looks nor spendings nor quarrels."""
        assert (memory.looks(), memory.spent(), memory.feuds()) == ((), (), ())

    def test_the_next_daemon_knows_all(self, memory: WatchMemory, same: WatchMemory) -> None:
        """Looks by key, also of names that are no text; what they cost, the oldest first; quarrels by album."""
        for number, look in enumerate((ODD, LOOK, WHOLE)):
            begun = memory.begin_look(look, Spent(NOW + 10 - number, 5))
            memory.end_look(look, replace(begun, credits=number + 1))
        memory.keep_feud(FEUD)
        memory.keep_feud(replace(FEUD, album="birds", until=0.0))
        assert same.looks() == (WHOLE, LOOK, ODD)
        assert [(spent.at, spent.credits) for spent in same.spent()] == [(NOW + 8, 3), (NOW + 9, 2), (NOW + 10, 1)]
        assert same.feuds() == (replace(FEUD, album="birds", until=0.0), FEUD)

    def test_a_look_that_never_ended_counts_as_all_that_it_may_have_cost(
        self, memory: WatchMemory, same: WatchMemory
    ) -> None:
        """The process was killed in it."""
        memory.begin_look(LOOK, Spent(NOW, 5))
        assert same.looks() == (LOOK,)
        assert [spent.credits for spent in same.spent()] == [5]

    def test_each_spending_has_a_number_of_its_own(self, memory: WatchMemory, same: WatchMemory) -> None:
        """By which its end finds it: two looks at the same moment are two; the next daemon's are others again."""
        first = memory.begin_look(LOOK, Spent(NOW, 5))
        second = same.begin_look(ODD, Spent(NOW, 5))
        assert len({0, first.number, second.number}) == 3
        memory.end_look(LOOK, replace(first, at=NOW + 3, credits=1))
        assert [(spent.at, spent.credits) for spent in memory.spent()] == [(NOW, 5), (NOW + 3, 1)]

    def test_a_look_that_cost_nothing_leaves_nothing_spent(self, memory: WatchMemory) -> None:
        """What never reached Imgur."""
        begun = memory.begin_look(LOOK, Spent(NOW, 5))
        memory.end_look(replace(LOOK, at=0.0), replace(begun, credits=0))
        assert memory.spent() == ()
        assert memory.looks() == (replace(LOOK, at=0.0),)

    def test_the_end_of_a_look_whose_beginning_was_not_kept_is_kept(self, memory: WatchMemory) -> None:
        """It could not be written then; without a cost, only the look is kept."""
        memory.end_look(LOOK, Spent(NOW, 2))
        memory.end_look(ODD, Spent(NOW, 0))
        assert memory.looks() == (LOOK, ODD)
        assert [(spent.at, spent.credits) for spent in memory.spent()] == [(NOW, 2)]

    def test_the_last_look_at_an_album_is_the_one_that_counts(self, memory: WatchMemory, same: WatchMemory) -> None:
        """What each cost stays, for a day."""
        for later in (0.0, 3600.0):
            begun = memory.begin_look(replace(LOOK, at=NOW + later), Spent(NOW + later, 1))
            memory.end_look(replace(LOOK, at=NOW + later), begun)
        assert same.looks() == (replace(LOOK, at=NOW + 3600.0),)
        assert len(same.spent()) == 2

    def test_all_of_the_last_day_is_there(self, memory: WatchMemory) -> None:
        """However much came after it."""
        for hour in range(25):
            memory.begin_look(LOOK, Spent(NOW + 3600.0 * hour, 1))
        assert [spent.at for spent in memory.spent() if spent.at >= NOW] == [NOW + 3600.0 * hour for hour in range(25)]

    def test_a_quarrel_that_is_over_is_forgotten(self, memory: WatchMemory, same: WatchMemory) -> None:
        """And another one takes the place of the one before; one that was never there can be ended."""
        memory.keep_feud(Feud("dogs"))
        memory.keep_feud(FEUD)
        memory.keep_feud(replace(FEUD, until=0.0))
        assert same.feuds() == (replace(FEUD, until=0.0),)
        memory.keep_feud(Feud("cats"))
        assert same.feuds() == ()
