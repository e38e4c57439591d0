"""A drawing of a forecast: pictures up over time, as SVG inside a page; the table beside it says the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgur_sync.report.escape import html
from imgur_sync.report.figures import number, plural

if TYPE_CHECKING:
    from imgur_sync.model.forecast import Forecast, Windows
    from imgur_sync.report.text import Moment

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 40
MOST_STEPS = 60
"""More windows in a row are drawn as a straight line: their steps would be narrower than the line."""


def chart(coming: Forecast, begin: float, read: Moment) -> str:
    """The drawing, with a title and a description for those who cannot see it; "" where there is nothing to draw."""
    points = list(_points(coming, begin))
    if len(points) < 3 or points[-1][0] <= begin:
        return ""
    span, most = points[-1][0] - begin, max(1, points[-1][1])
    line = " ".join(f"{_x(at - begin, span)},{_y(up, most)}" for at, up in points)
    area = f"{LEFT},{_y(0, most)} {line} {_x(span, span)},{_y(0, most)}"
    words = f"From {read.text(begin)} to {read.text(begin + span)}: {plural(most, 'picture')} in all."
    return "\n".join(
        (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="chart-title chart-words">',
            f'<title id="chart-title">Pictures up over time</title><desc id="chart-words">{html(words)}</desc>',
            *_grid(most),
            f'<polygon class="area" points="{area}"/>',
            f'<polyline class="line" points="{line}"/>',
            *_dates(begin, span, read),
            "</svg>",
        )
    )


def _points(coming: Forecast, begin: float) -> Iterator[tuple[float, int]]:
    """Corners of the line: time, and pictures up."""
    up = 0
    yield begin, 0
    for window in coming.windows:
        for at, then in _steps(window):
            if window.count <= MOST_STEPS:
                yield at, up
            yield at, then
            up = then


def _steps(window: Windows) -> Iterator[tuple[float, int]]:
    before = window.up - window.uploads
    places = range(1, window.count + 1) if window.count <= MOST_STEPS else (1, window.count)
    for place in places:
        yield window.end + window.every * (place - 1), before + window.uploads * place // window.count


def _x(since: float, span: float) -> str:
    return f"{LEFT + (WIDTH - LEFT - RIGHT) * since / span:.1f}"


def _y(up: int, most: int) -> str:
    return f"{HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * up / most:.1f}"


def _grid(most: int) -> Iterator[str]:
    for up in sorted({0, most // 2, most}):
        y = _y(up, most)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 8}" y="{y}" dy="0.35em" text-anchor="end">{number(up)}</text>'


def _dates(begin: float, span: float, read: Moment) -> Iterator[str]:
    """The first and the last moment below the line, as the reader's clock has them."""
    for at, x, anchor in ((begin, LEFT, "start"), (begin + span, WIDTH - RIGHT, "end")):
        when = html(read.text(at).partition(" (")[0])
        yield f'<text x="{x}" y="{HEIGHT - 12}" text-anchor="{anchor}">{when}</text>'
