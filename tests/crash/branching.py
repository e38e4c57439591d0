"""Many futures of one moment: each in a fork of this process, on the files as they were at that moment."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Moment:
    """The files of a stage but its folders of pictures, which no run changes. Nothing may have them open."""

    def __init__(self, base: Path, kept: Path, folders: tuple[str, ...]) -> None:
        self._base, self._kept, self._folders = base, kept, folders
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(base, kept, ignore=lambda path, names: folders if Path(path) == base else ())

    def restore(self) -> None:
        """Put them back as they were."""
        for path in self._base.iterdir():
            if path.name in self._folders:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(self._kept, self._base, dirs_exist_ok=True)

    def forget(self) -> None:
        """It will not be needed again."""
        shutil.rmtree(self._kept)


def branch(work: Callable[[], T]) -> T:
    """What `work` returns, done in a fork: nothing that it does to this process's memory is seen here.

    Only for a process without other threads. An error in it is raised here as RuntimeError with its traceback.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            gc.disable()  # it would touch, and so copy, every page
            try:
                told = pickle.dumps((True, work()))
            except BaseException:
                told = pickle.dumps((False, traceback.format_exc()))
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(told)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    good, value = pickle.loads(told)
    if not good:
        raise RuntimeError(value)
    result: T = value
    return result
