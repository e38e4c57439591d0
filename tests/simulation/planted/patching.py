"""Mistakes are put into the program from outside, and taken out again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import patch

from tests.simulation.drawing import PLAIN
from tests.simulation.planted.needing import Needs, always

ROOMS = ("imgur_sync.", "tests.simulation.theatre")
"""The modules of the program, and the one that puts it together for a history."""
Plant = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake that a programmer could make: its name in the specification, what it does, how it is planted, and what
    a history needs to tell it from none. `profile` is how the histories are drawn that must catch it."""

    name: str
    says: str
    plant: Plant
    needs: Needs = always
    profile: str = PLAIN


@contextmanager
def everywhere(old: object, new: object) -> Iterator[None]:
    """Every name of the program that stands for `old` stands for `new`, also in modules that are loaded meanwhile.
    `new` is an object that nothing else has."""
    assert not any(value is new for module in _program() for value in vars(module).values())
    _swap(old, new)
    try:
        yield
    finally:
        _swap(new, old)


def _program() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.startswith(ROOMS)]


def _swap(old: object, new: object) -> None:
    for module in _program():
        for key, value in list(vars(module).items()):
            if value is old:
                setattr(module, key, new)


def methods(owner: type, **changed: object) -> AbstractContextManager[Any]:
    """The class with other methods."""
    return patch.multiple(owner, **changed)


@contextmanager
def together(*plants: AbstractContextManager[Any]) -> Iterator[None]:
    """All of these."""
    with ExitStack() as stack:
        for one in plants:
            stack.enter_context(one)
        yield


class Besides:
    """Another object with some of its attributes replaced."""

    def __init__(self, other: object, attributes: Mapping[str, object]) -> None:
        self.__dict__.update(attributes)
        self.__dict__["_other"] = other

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_other"], name)
