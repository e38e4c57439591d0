"""What `imgur-sync simulator` is told beside limits: knobs, sizes, what URLs hold, names, how long tokens live."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from imgur_sync.errors import UsageError

SIZES = {
    "still": "still_bytes",
    "moving": "moving_bytes",
    "png": "png_bytes",
    "jpeg": "jpeg_bytes",
    "anonymous-jpeg": "anonymous_jpeg_bytes",
}
"""The fields of the simulator's options by what `--size` calls them."""
SETTINGS = ("size", "url", "name", "video_seconds", "expires_in", "history")
"""What `given_options` takes."""
_BYTES = re.compile(r"([0-9]{1,12})([km]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
_OPTIONS = (
    click.option("--knob", metavar="NAME=VALUE", multiple=True, help="Turn a knob of its README: put_ids=ignored."),
    click.option(
        "--size",
        metavar="KIND=BYTES",
        multiple=True,
        help="The most that is taken of a still or moving picture, or kept as it came of a png, jpeg or "
        "anonymous-jpeg; 10M is 10 MiB.",
    ),
    click.option(
        "--video-seconds",
        metavar="S",
        type=click.FloatRange(0, 1_000_000),
        default=60,
        show_default=True,
        help="The longest video that is taken; 0 is any.",
    ),
    click.option("--url", metavar="URL FILE", nargs=2, multiple=True, help="Have uploads of URL fetch FILE."),
    click.option(
        "--expires-in",
        metavar="S",
        type=click.IntRange(1, 10_000_000_000),
        default=315_360_000,
        show_default=True,
        help="Seconds that an access token lives.",
    ),
    click.option(
        "--history",
        metavar="N",
        type=click.IntRange(1, 100_000_000),
        default=50_000,
        show_default=True,
        help="Requests, and uploads, that its history keeps.",
    ),
    click.option("--name", metavar="HOST", multiple=True, help="A further name at which its pages answer."),
)


def simulator_settings(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of this file."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def given_options(
    size: Iterable[str], url: Iterable[tuple[str, str]], name: Iterable[str], **plain: Any
) -> dict[str, Any]:
    """Fields of the simulator's options, by name, as the command line gives them; `plain` ones are as they are there.

    Raises `UsageError` for a size that there is not, and for a file that cannot be read.
    """
    sizes = dict(_size(text) for text in size)
    urls = {address: _content(file) for address, file in url}
    return {**sizes, **plain, "urls": urls, "names": tuple(one.lower() for one in name)}


def given_knobs(texts: Iterable[str]) -> Mapping[str, Any]:
    """Knobs by name; of several values the last counts. Raises `UsageError` for one that there is not."""
    from imgur_sync.simulator.options import read_knob

    knobs: dict[str, Any] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            knobs[name] = read_knob(name, value)
        except ValueError as error:
            raise UsageError(f"--knob {text}: {error}", hint="for example: --knob put_ids=ignored") from error
    return knobs


def _size(text: str) -> tuple[str, int]:
    kind, _, typed = text.partition("=")
    found = _BYTES.fullmatch(typed)
    if kind not in SIZES or found is None:
        raise UsageError(
            f"--size {text}: there is no such kind or number",
            hint=f"a kind is {', '.join(SIZES)}; a number 5000, 200K or 10M",
        )
    return SIZES[kind], int(found[1]) * _UNITS[found[2].lower()]


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"--url {file}: {error.strerror}", hint="name a picture that can be read") from error
