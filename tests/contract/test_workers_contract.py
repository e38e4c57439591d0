"""What every `Workers` keeps to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from imgur_sync.executor import ThreadWorkers
from imgur_sync.model.ports import Workers
from tests.support.hand_clock import HandClock
from tests.support.inline_workers import InlineWorkers


class WorkersContract:
    """Inherited for each implementation; `workers` is the fixture, `soon` a deadline that has not passed."""

    soon: float | None = None

    def test_each_job_comes_back_once_with_its_tag_and_value(self, workers: Workers) -> None:
        """Twenty jobs, twenty completions, each tag with its own value."""
        for tag in range(20):
            workers.submit(tag, lambda tag=tag: tag * tag)
        found = [workers.next(self.soon) for _ in range(20)]
        assert {c.tag: c.value for c in found if c is not None} == {tag: tag * tag for tag in range(20)}
        assert workers.running == 0

    def test_an_error_comes_back_as_a_completion(self, workers: Workers) -> None:
        """A job that raises does not take its worker with it."""

        def broken() -> object:
            raise ValueError("broken")

        workers.submit(1, broken)
        completion = workers.next(self.soon)
        assert completion is not None
        assert isinstance(completion.error, ValueError)
        workers.submit(2, lambda: "fine")
        after = workers.next(self.soon)
        assert after is not None
        assert after.value == "fine"

    def test_running_counts_what_was_not_taken_yet(self, workers: Workers) -> None:
        """Submitted and not handed out is running."""
        workers.submit(1, lambda: None)
        workers.submit(2, lambda: None)
        assert workers.running == 2
        workers.next(self.soon)
        assert workers.running == 1
        workers.next(self.soon)
        assert workers.running == 0

    def test_nothing_stops_unless_it_is_asked_to(self, workers: Workers) -> None:
        """No signal, no stop."""
        assert workers.stopping == 0


class TestThreadWorkers(WorkersContract):
    """The real threads."""

    @pytest.fixture
    def workers(self) -> Iterator[ThreadWorkers]:
        """Three threads."""
        workers = ThreadWorkers(3)
        yield workers
        workers.close()

    def test_a_deadline_that_has_passed_gives_nothing(self, workers: ThreadWorkers) -> None:
        """No job, an old deadline: None at once."""
        assert workers.next(0.0) is None

    def test_a_stop_is_told_once_and_completions_still_come(self, workers: ThreadWorkers) -> None:
        """After `request_stop` the next wait ends with None, then running jobs are handed out as before."""
        gate = threading.Event()
        workers.submit(1, gate.wait)
        workers.request_stop(signal.SIGTERM)
        assert workers.next(None) is None
        assert workers.stopping == signal.SIGTERM
        gate.set()
        completion = workers.next(None)
        assert completion is not None
        assert completion.tag == 1

    def test_no_more_jobs_run_at_once_than_there_are_threads(self, workers: ThreadWorkers) -> None:
        """Three threads: three jobs meet at a barrier, a fourth waits for its turn."""
        meeting = threading.Barrier(4)
        for tag in range(6):
            workers.submit(tag, (lambda: meeting.wait(60)) if tag < 3 else (lambda: None))
        meeting.wait(60)
        assert {c.tag for c in (workers.next(None) for _ in range(6)) if c is not None} == set(range(6))


class TestInlineWorkers(WorkersContract):
    """The simulated ones."""

    @pytest.fixture
    def workers(self) -> InlineWorkers:
        """On a clock that moves only by hand."""
        return InlineWorkers(HandClock())

    def test_time_passes_where_nothing_runs(self) -> None:
        """A wait without jobs moves the clock to the deadline."""
        clock = HandClock()
        workers = InlineWorkers(clock)
        assert workers.next(clock.monotonic() + 60) is None
        assert clock.monotonic() == 1060.0
