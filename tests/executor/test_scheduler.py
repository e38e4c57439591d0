"""The control loop: what waits, what runs together, what a stop does."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from imgur_sync.errors import InterruptedRun, TryAgainLaterError
from imgur_sync.executor.scheduler import GRACE_SECONDS, Scheduler
from imgur_sync.executor.tasks import Do, Fork, Lull, Pause, RunStopped, Take, Task
from imgur_sync.model.event import Warned
from tests.support.hand_clock import HandClock
from tests.support.inline_workers import InlineWorkers


class Rig:
    """A scheduler on simulated workers."""

    def __init__(self, *, in_flight: int = 2, room: int = 100) -> None:
        self.clock = HandClock()
        self.workers = InlineWorkers(self.clock)
        self.scheduler = Scheduler(self.workers, self.clock, in_flight=in_flight, bytes_in_flight=room)

    def run(self, task: Task[Any]) -> list[Any]:
        """Drive to the end; the events."""
        return list(self.scheduler.drive(task))


def test_jobs_values_and_errors_reach_the_task_that_asked() -> None:
    """A value is what the yield gives; an error is raised there."""
    seen: list[object] = []

    def broken() -> object:
        raise OSError("no")

    def task() -> Task[None]:
        seen.append((yield Do(lambda: 42)))
        try:
            yield Do(broken)
        except OSError as error:
            seen.append(str(error))

    Rig().run(task())
    assert seen == [42, "no"]


def test_a_pause_lasts_as_long_as_it_says() -> None:
    """Two tasks pause for different times and go on in that order, on the monotonic clock."""
    rig = Rig()
    order: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> Task[None]:
        yield Pause(1000.0 + seconds)
        order.append((name, rig.clock.monotonic()))

    def root() -> Task[None]:
        yield Fork((sleeper("late", 5), sleeper("early", 2)))

    rig.run(root())
    assert order == [("early", 1002.0), ("late", 1005.0)]


def test_a_lull_waits_for_the_jobs_that_are_under_way_and_for_no_later_ones() -> None:
    """It tells whether there was any: where nothing runs it is over at once."""
    rig = Rig()
    ended: list[str] = []
    lulls: list[tuple[bool, list[str]]] = []

    def worker(name: str, jobs: int) -> Task[None]:
        for number in range(jobs):
            yield Do(lambda: None)
            ended.append(f"{name}{number}")

    def waiter() -> Task[None]:
        lulls.append(((yield Lull()), sorted(ended)[:2]))

    def root() -> Task[None]:
        yield from waiter()
        yield Fork((worker("a", 1), worker("b", 40), waiter()))

    rig.run(root())
    assert lulls == [(False, []), (True, ["a0", "b0"])]
    assert len(ended) == 41


@pytest.mark.parametrize(("sizes", "most"), [([40, 40, 40, 40], 2), ([10] * 8, 3), ([500, 10, 10], 2)])
def test_places_and_bytes_in_flight_are_bounded(sizes: list[int], most: int) -> None:
    """Never more than three places nor 100 bytes at once; a file larger than that goes alone."""
    rig = Rig(in_flight=3)
    held: list[int] = []
    peaks: list[tuple[int, int]] = []

    def one(size: int) -> Task[None]:
        yield Take(size)
        held.append(size)
        peaks.append((len(held), sum(held)))
        yield Do(lambda: None)
        held.remove(size)
        rig.scheduler.give(size)

    def root() -> Task[None]:
        yield Fork(tuple(one(size) for size in sizes))

    rig.run(root())
    assert max(count for count, _ in peaks) == most
    assert all(total <= 100 or count == 1 for count, total in peaks)
    assert len(peaks) == len(sizes)


def test_the_first_error_of_a_fork_is_raised_when_all_its_tasks_have_ended() -> None:
    """One task fails at once, the other still finishes; then the error arrives."""
    done: list[str] = []

    def failing() -> Task[None]:
        raise ValueError("first")
        yield Do(lambda: None)

    def working() -> Task[None]:
        yield Do(lambda: None)
        done.append("worked")

    def root() -> Task[None]:
        yield Fork((failing(), working()))

    with pytest.raises(ValueError, match="first"):
        Rig().run(root())
    assert done == ["worked"]


def test_events_come_in_the_order_in_which_they_were_emitted() -> None:
    """Also those of tasks side by side."""
    rig = Rig()

    def root() -> Task[None]:
        rig.scheduler.emit(Warned("one"))
        yield Do(lambda: None)
        rig.scheduler.emit(Warned("two"))

    assert [event.text for event in rig.run(root())] == ["one", "two"]


def test_a_halt_finishes_what_is_in_flight_and_starts_nothing_more() -> None:
    """The other task's request is finished and recorded; its next one is never sent; the error is raised at the end."""
    rig = Rig()
    done: list[str] = []

    def halting() -> Task[None]:
        rig.scheduler.halt(TryAgainLaterError("enough"))
        yield Do(lambda: done.append("sent"))

    def other() -> Task[None]:
        yield Do(lambda: None)
        done.append("recorded")
        yield Do(lambda: done.append("sent"))

    def waiting() -> Task[None]:
        yield Lull()
        done.append("sent")

    def root() -> Task[None]:
        yield Fork((other(), waiting(), halting()))

    with pytest.raises(TryAgainLaterError):
        rig.run(root())
    assert "recorded" in done
    assert "sent" not in done


def test_a_signal_gives_what_is_in_flight_eight_seconds() -> None:
    """What does not end within the grace is told to stop; the run ends as interrupted."""
    clock = HandClock()
    stopped: list[float] = []

    class Hanging(InlineWorkers):
        """Workers whose jobs never end."""

        told = False

        def next(self, deadline: float | None) -> None:
            """Nothing ever completes."""
            if not self.told:
                self.told = True
                self.stopping = signal.SIGINT
                return
            assert deadline is not None
            clock.advance(max(0.0, deadline - clock.monotonic()))

    def root() -> Task[None]:
        try:
            yield Do(lambda: None)
        except RunStopped:
            stopped.append(clock.monotonic())
            raise

    scheduler = Scheduler(Hanging(clock), clock, in_flight=1, bytes_in_flight=1)
    with pytest.raises(InterruptedRun) as interrupted:
        list(scheduler.drive(root()))
    assert interrupted.value.exit_code == 130
    assert stopped == [1000.0 + GRACE_SECONDS]


def test_long_work_between_two_waits_is_broken_off_to_make_room() -> None:
    """It is asked about once a second; the work ends where it is, nothing else begins, and the run ends with why."""
    clock, asked, done = HandClock(), [], []

    def room_wanted() -> TryAgainLaterError | None:
        asked.append(clock.monotonic())
        return TryAgainLaterError("somebody asked") if clock.monotonic() >= 1005.0 else None

    def work() -> Task[None]:
        for _ in range(1000):
            clock.advance(0.1)
            scheduler.heed()
            done.append(None)
        yield Pause(clock.monotonic())

    def root() -> Task[None]:
        yield Fork((work(), work()))

    scheduler = Scheduler(InlineWorkers(clock), clock, in_flight=1, bytes_in_flight=1, room_wanted=room_wanted)
    with pytest.raises(TryAgainLaterError, match="somebody asked"):
        list(scheduler.drive(root()))
    assert 5 <= len(asked) <= 6
    assert 40 <= len(done) <= 60


def test_long_work_between_two_waits_is_broken_off_by_a_signal() -> None:
    """At its next question, whether anybody may ask for room or not."""
    rig, done = Rig(), []

    def work() -> Task[None]:
        yield Pause(1000.0)
        for number in range(10):
            rig.workers.stopping = signal.SIGTERM if number == 3 else 0
            rig.scheduler.heed()
            done.append(number)

    with pytest.raises(InterruptedRun) as interrupted:
        rig.run(work())
    assert interrupted.value.exit_code == 143
    assert done == [0, 1, 2]
