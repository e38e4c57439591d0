"""The local Imgur of one history after the other, behind routes that are built once.

Werkzeug compiles 350 routes for each application, which took a tenth of the time of a history.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from imgur_sync.simulator import Options, World
from imgur_sync.simulator.app import app_over
from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk


class Counter:
    """A WSGI application over a world of its own. `steer` is what `POST /_simulator/…` does, without the request.

    For one thread: the routes serve the world that was asked last.
    """

    def __init__(self, world: World, options: Options, sleep: Callable[[float], object]) -> None:
        self._desk = Desk(world, options, sleep)
        self._controls = Controls(self._desk)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        app, place = _routes()
        place.sit(self._desk)
        return app(environ, start_response)

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """As `POST faults`."""
        self._controls.settle()
        self._controls.add_faults(rules)

    def clear_faults(self) -> None:
        """As `DELETE faults`."""
        self._controls.settle()
        self._controls.clear_faults()


class _Place:
    """Stands where the routes hold a desk, and is the one that sits there now."""

    def __init__(self, desk: Desk) -> None:
        self.sit(desk)

    def sit(self, desk: Desk) -> None:
        """Another desk."""
        self.__dict__["_sits"] = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_sits"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_sits"], name, value)


@cache
def _routes() -> tuple[Any, Any]:
    place: Any = _Place(Desk(World(), Options()))
    return app_over(place), place
