"""`imgur-sync watch` inside the test's own process: it has the main thread, and what happens around it another.

All of it is real but the process: threads, folder events, sockets, the handlers of signals. Other commands that the
story runs are processes of their own, as they are for somebody at another terminal.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from tests.support.daemon import DEADLINE
from tests.support.inside import Inside, Stream
from tests.support.mirror import Mirror, until
from tests.support.shape_check import check_document

ENDING = (signal.SIGTERM, signal.SIGINT)


class InsideDaemon:
    """A daemon as its story sees it."""

    def __init__(self) -> None:
        self.out, self.err = Stream(), Stream()
        self.code: int | None = None
        self._asked = False

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it logged so far with `--json`."""
        whole = self.out.written().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    @property
    def errors(self) -> str:
        """What it wrote on stderr so far."""
        return self.err.written()

    def told(self, event: str, text: str = "") -> bool:
        """Whether it told of such an event, with that in its text."""
        return any(line["event"] == event and text in line["text"] for line in self.lines)

    def await_told(self, event: str, text: str = "") -> None:
        """Wait until it did."""
        self.until(lambda: self.told(event, text))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something while the daemon runs."""

        def now() -> bool:
            assert self.code is None, f"it ended with {self.code}"
            return condition()

        try:
            until(now, DEADLINE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.out.written()[-8000:]}\n{self.errors}") from None

    def at_rest(self) -> None:
        """Wait until it has begun, and sleeps."""
        self.until(lambda: bool(self.lines) and self.lines[-1]["event"] == "asleep")

    def signal(self, number: int) -> None:
        """Send it a signal. One that ends it is sent once: a second one would end the tests."""
        if number not in ENDING or not self._asked:
            self._asked = self._asked or number in ENDING
            main = threading.main_thread().ident  # it may be waiting: only a signal of its own wakes it
            assert main is not None
            signal.pthread_kill(main, number)


def live(mirror: Mirror, story: Callable[[InsideDaemon], None], *arguments: str, end: int = signal.SIGTERM) -> str:
    """Run `watch ARGUMENTS…` while `story` runs, then end it by that signal; all that it wrote. It is told what goes
    wrong in the story; it ends as a signal ends it, and never shows a traceback."""
    watch, failed = InsideDaemon(), list[BaseException]()

    def tell() -> None:
        try:
            until(lambda: bool(watch.out.written() or watch.errors) or watch.code is not None, DEADLINE)
            story(watch)
        except BaseException as error:
            failed.append(error)
        finally:
            watch.signal(end)

    teller = threading.Thread(target=tell, name="story")
    place = Inside(mirror.place.folder, mirror.place.environment)
    with _harmless():
        teller.start()
        try:
            watch.code = place.follow("watch", *arguments, out=watch.out, err=watch.err)
        finally:
            teller.join()
    told = watch.out.written() + watch.errors
    if failed:
        raise failed[0]
    assert "Traceback" not in told, told
    assert watch.code == 128 + end, f"{watch.code}\n{told}"
    if "--json" in arguments:
        for line in watch.lines:
            check_document(line, "watch_event")
    return told


@contextmanager
def _harmless() -> Iterator[None]:
    """A signal that comes when the daemon has ended already is nobody's."""

    def nothing(number: int, frame: FrameType | None) -> None:
        return

    before = {number: signal.signal(number, nothing) for number in (*ENDING, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
