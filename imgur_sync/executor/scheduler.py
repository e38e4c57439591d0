"""The control loop: drives tasks over workers and timers, and passes on the events that they emit."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, assert_never

from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun
from imgur_sync.executor.tasks import Do, Fork, Lull, Pause, RunStopped, Take, Task, Wish
from imgur_sync.model.event import Event
from imgur_sync.model.ports import Clock, Workers

ASK_SECONDS = 1.0
"""How often at least it is asked, where that may be, whether the run is to make room."""
GRACE_SECONDS = 7.0
"""After Ctrl-C, what ends within this time is finished; the rest becomes open intents."""


class _Strand:
    """One running task: its generator, and the fork that waits for it."""

    __slots__ = ("error", "open_children", "parent", "task", "value")

    def __init__(self, task: Task[Any], parent: _Strand | None) -> None:
        self.task = task
        self.parent = parent
        self.open_children = 0
        self.value: Any = None
        self.error: BaseException | None = None


class Scheduler:
    """Drives a root task to its end. Used from one thread, for one run."""

    def __init__(
        self,
        workers: Workers,
        clock: Clock,
        *,
        in_flight: int,
        bytes_in_flight: int,
        room_wanted: Callable[[], ImgurSyncError | None] | None = None,
    ) -> None:
        self._room_wanted = room_wanted
        self._ask_at = clock.monotonic() + ASK_SECONDS
        self._workers = workers
        self._clock = clock
        self._slots = in_flight
        self._limit = bytes_in_flight
        self._taken = 0
        self._bytes = 0
        self._takers: deque[tuple[_Strand, int]] = deque()
        self._ready: deque[tuple[_Strand, Any, BaseException | None]] = deque()
        self._timers: list[tuple[float, int, _Strand]] = []
        self._jobs: dict[int, _Strand] = {}
        self._lulls: list[tuple[_Strand, set[int]]] = []
        self._next = 0
        self._events: deque[Event] = deque()
        self._halted: ImgurSyncError | None = None
        self._stop_at: float | None = None
        self._stop_seen = False

    def emit(self, event: Event) -> None:
        """Pass an event on to whoever iterates the run."""
        self._events.append(event)

    def give(self, size: int) -> None:
        """Give back a place and its bytes."""
        self._taken -= 1
        self._bytes -= size
        self._serve_takers()

    def halt(self, error: ImgurSyncError) -> None:
        """Start nothing more; what is in flight is finished, then `drive` raises the error."""
        if self._halted is None:
            self._halted = error
            self._drop_waiting()

    def drive(self, root: Task[Any]) -> Iterator[Event]:
        """Run the root task, yielding events as they come. Raises what the task raises, the error of `halt`, or
        `InterruptedRun` after a signal."""
        top = _Strand(root, None)
        self._ready.append((top, None, None))
        while True:
            while self._ready:
                self._advance(*self._ready.popleft())
                yield from self._drain()
            if not (self._jobs or self._timers or self._takers):
                break
            self._wait()
            self._make_room()
            yield from self._drain()
        yield from self._drain()
        if self._workers.stopping:
            raise InterruptedRun(ExitCode(128 + self._workers.stopping))
        if self._halted is not None:
            raise self._halted
        if top.error is not None:
            raise top.error

    def heed(self) -> None:
        """For work on the control thread that takes long, called again and again in it: raises `RunStopped` where the
        run is to end, because of a signal or, which is asked about once a second, to make room."""
        if self._workers.stopping:
            raise RunStopped
        if self._room_wanted is not None and self._clock.monotonic() >= self._ask_at:
            self._make_room()
        if self._halted is not None:
            raise RunStopped

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be started."""
        return self._halted is not None or self._stop_seen

    def _drain(self) -> Iterator[Event]:
        while self._events:
            yield self._events.popleft()

    def _advance(self, strand: _Strand, value: Any, error: BaseException | None) -> None:
        """Let one task go on until its next wish or its end."""
        # Looked at once: between a task's last check and its request a signal must not come in between.
        self._stop_seen = bool(self._workers.stopping)
        try:
            wish = strand.task.throw(error) if error is not None else strand.task.send(value)
        except StopIteration as end:
            self._ended(strand, end.value, None)
        except (Exception, RunStopped) as failure:
            self._ended(strand, None, failure)
        else:
            self._grant(strand, wish)

    def _ended(self, strand: _Strand, value: Any, error: BaseException | None) -> None:
        strand.value, strand.error = value, error
        parent = strand.parent
        if parent is None:
            return
        parent.open_children -= 1
        if error is not None and (parent.error is None or isinstance(parent.error, RunStopped)):
            parent.error = error
        if parent.open_children == 0:
            failure, parent.error = parent.error, None
            self._ready.append((parent, None, failure))

    def _grant(self, strand: _Strand, wish: Wish) -> None:
        if self.stopping and not isinstance(wish, Fork):
            self._ready.append((strand, None, RunStopped()))
            return
        match wish:
            case Do():
                self._next += 1
                self._jobs[self._next] = strand
                self._workers.submit(self._next, wish.job)
            case Pause():
                self._next += 1
                heapq.heappush(self._timers, (wish.until, self._next, strand))
            case Lull():
                self._lulls.append((strand, set(self._jobs)))
                self._serve_lulls(bool(self._jobs))
            case Take():
                self._takers.append((strand, wish.size))
                self._serve_takers()
            case Fork():
                self._fork(strand, wish)
            case _:
                assert_never(wish)

    def _fork(self, strand: _Strand, wish: Fork) -> None:
        if not wish.tasks:
            self._ready.append((strand, None, None))
            return
        strand.open_children = len(wish.tasks)
        for task in wish.tasks:
            self._ready.append((_Strand(task, strand), None, None))

    def _serve_takers(self) -> None:
        """First come, first served; a file larger than all the room goes alone."""
        while self._takers and self._taken < self._slots:
            strand, size = self._takers[0]
            if self._taken and self._bytes + size > self._limit:
                return
            self._takers.popleft()
            self._taken += 1
            self._bytes += size
            self._ready.append((strand, None, None))

    def _serve_lulls(self, waited: bool = True) -> None:
        """Let those go on that wait for no job any more."""
        over = [strand for strand, jobs in self._lulls if not jobs]
        self._lulls = [(strand, jobs) for strand, jobs in self._lulls if jobs]
        self._ready.extend((strand, waited, None) for strand in over)

    def _wait(self) -> None:
        """Take the next completion, timer or signal."""
        now = self._clock.monotonic()
        deadline = self._timers[0][0] if self._timers else None
        if self._stop_at is not None:
            deadline = self._stop_at if deadline is None else min(deadline, self._stop_at)
        if self._room_wanted is not None:
            deadline = min(now + ASK_SECONDS, now + ASK_SECONDS if deadline is None else deadline)
        completion = self._workers.next(deadline) if deadline is None or deadline > now else None
        if completion is not None:
            strand = self._jobs.pop(completion.tag, None)
            if strand is not None:
                self._ready.append((strand, completion.value, completion.error))
                for _, jobs in self._lulls:
                    jobs.discard(completion.tag)
                self._serve_lulls()
            return
        now = self._clock.monotonic()
        if self._workers.stopping and self._stop_at is None:
            self._stop_at = now + GRACE_SECONDS
            self._drop_waiting()
        if self._stop_at is not None and now >= self._stop_at:
            for strand in self._jobs.values():
                self._ready.append((strand, None, RunStopped()))
            self._jobs.clear()
        while self._timers and self._timers[0][0] <= now:
            self._ready.append((heapq.heappop(self._timers)[2], None, None))

    def _make_room(self) -> None:
        """Halt where somebody else is to have a turn."""
        if self._room_wanted is not None and self._halted is None:
            error = self._room_wanted()
            self._ask_at = self._clock.monotonic() + ASK_SECONDS
            if error is not None:
                self.halt(error)

    def _drop_waiting(self) -> None:
        """Nothing that only waits goes on."""
        for _, _, strand in self._timers:
            self._ready.append((strand, None, RunStopped()))
        for strand, _ in (*self._takers, *self._lulls):
            self._ready.append((strand, None, RunStopped()))
        self._timers.clear()
        self._takers.clear()
        self._lulls.clear()
