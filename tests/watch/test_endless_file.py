"""A file that never stops growing, saved again and again: it is not sent, it is said, and nothing else waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.daemon import PACE, daemon
from tests.support.mirror import HEAD, mirror, table
from tests.support.pictures import png


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """A program that opens the file, writes to its end and closes it, fifty times a second."""
    over = threading.Event()

    def grow() -> None:
        while not over.wait(0.02):
            with path.open("ab") as file:
                file.write(b"more")

    path.write_bytes(png(seed=500)[:40])
    writer = threading.Thread(target=grow)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def test_a_file_that_never_stops_growing_holds_up_nothing(tmp_path: Path) -> None:
    """Neither other albums nor other files beside it; when it is whole at last it is sent, once."""
    with mirror(tmp_path) as imgur:
        imgur.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        imgur.run("apply", "-y")
        endless = imgur.folder / "cats" / "grows.png"
        with daemon(imgur) as watch:
            with growing(endless):
                for number in range(2):
                    imgur.put(f"dogs/n{number}.png", 510 + number)
                    imgur.put(f"cats/n{number}.png", 520 + number)
                    watch.until(lambda: imgur.shown("dogs") == imgur.wanted("dogs"))
                    watch.until(lambda number=number: len(imgur.shown("cats")) == 6 + number)
                watch.until(lambda: "grows.png" in imgur.run("status").stdout)
            endless.write_bytes(png(seed=500))
            watch.until(lambda: imgur.shown("cats") == imgur.wanted("cats"))
        imgur.check_equal("cats", "dogs")
        assert len(imgur.received()) == len(set(imgur.received())) == 13
