"""PNG pictures drawn from a number: landscapes, cats and rings, 320 × 240, 1 to 3 KB each.

A picture is a buffer of palette indices in columns, so that every shape is a few vertical spans and a drawing takes
a few milliseconds. The same number always gives the same bytes.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
import struct
import zlib

WIDTH = 320
HEIGHT = 240
SKY = 64
"""Palette entries 0 to SKY - 1 are the background, from top to bottom."""


class Numbers:
    """A stream of numbers in [0, 1) that depends on nothing but its seed."""

    def __init__(self, seed: str) -> None:
        self._pool = hashlib.sha256(seed.encode()).digest()
        self._at = 0

    def between(self, low: float, high: float) -> float:
        """The next number, scaled to [low, high)."""
        if self._at == len(self._pool):
            self._pool, self._at = hashlib.sha256(self._pool).digest(), 0
        self._at += 1
        return low + (high - low) * self._pool[self._at - 1] / 256


class Canvas:
    """A picture of palette indices; shapes are cut off at its edges."""

    def __init__(self) -> None:
        column = bytes(y * SKY // HEIGHT for y in range(HEIGHT))
        self._columns = bytearray(column * WIDTH)
        self._palette: list[tuple[int, int, int]] = [(0, 0, 0)] * SKY

    def background(self, top: tuple[float, float, float], bottom: tuple[float, float, float]) -> None:
        """Colours (hue, saturation, value; each 0 to 1) between which the background goes from top to bottom."""
        for step in range(SKY):
            share = step / (SKY - 1)
            hue, saturation, value = (a + (b - a) * share for a, b in zip(top, bottom, strict=True))
            self._palette[step] = _rgb(hue, saturation, value)

    def colour(self, hue: float, saturation: float, value: float) -> int:
        """A new palette entry (each argument 0 to 1); returns its index."""
        self._palette.append(_rgb(hue, saturation, value))
        return len(self._palette) - 1

    def span(self, x: int, top: float, bottom: float, colour: int) -> None:
        """Column `x` from `top` up to, not including, `bottom`."""
        first, last = max(0, round(top)), min(HEIGHT, round(bottom))
        if 0 <= x < WIDTH and first < last:
            self._columns[x * HEIGHT + first : x * HEIGHT + last] = bytes((colour,)) * (last - first)

    def ellipse(self, x: float, y: float, wide: float, high: float, colour: int) -> None:
        """An ellipse around (x, y) with these half-axes."""
        for column in range(round(x - wide), round(x + wide) + 1):
            reach = 1 - ((column - x) / wide) ** 2
            if reach > 0:
                half = high * math.sqrt(reach)
                self.span(column, y - half, y + half, colour)

    def peak(self, x: float, y: float, wide: float, high: float, colour: int) -> None:
        """A triangle that stands on (x, y) as the middle of its base, `wide` to either side."""
        for column in range(round(x - wide), round(x + wide) + 1):
            self.span(column, y - high * (1 - abs(column - x) / wide), y, colour)

    def hills(self, level: float, height: float, waves: float, phase: float, colour: int) -> None:
        """Everything below a wave line around `level`."""
        for column in range(WIDTH):
            swing = math.sin(column / WIDTH * waves * math.tau + phase)
            self.span(column, level - height * swing, HEIGHT, colour)

    def png(self) -> bytes:
        """The picture as a PNG file with a palette."""
        rows = b"".join(b"\0" + self._columns[y::HEIGHT] for y in range(HEIGHT))
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        palette = b"".join(bytes(entry) for entry in self._palette)
        chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def landscape(number: int) -> bytes:
    """A PNG of hills under a sun, in colours and forms from `number`."""
    draw, canvas = Numbers(f"landscape {number}"), Canvas()
    hue = number * 0.381966
    canvas.background((hue + 0.58, 0.65, 0.75), (hue + 0.72, 0.2, 1.0))
    sun = draw.between(16, 34)
    canvas.ellipse(draw.between(50, 270), draw.between(50, 120), sun, sun, canvas.colour(hue + 0.13, 0.25, 1.0))
    for depth in range(3):
        shade = canvas.colour(hue + 0.3 + 0.04 * depth, 0.35 + 0.15 * depth, 0.75 - 0.2 * depth)
        height = draw.between(8, 26)
        canvas.hills(145 + 32 * depth, height, draw.between(0.8, 2.4), draw.between(0, math.tau), shade)
    return canvas.png()


def cat(number: int) -> bytes:
    """A PNG of a cat's face, in colours and forms from `number`."""
    draw, canvas = Numbers(f"cat {number}"), Canvas()
    hue = number * 0.381966
    canvas.background((hue, 0.35, 0.95), (hue + 0.08, 0.2, 1.0))
    fur = canvas.colour(hue + 0.5, draw.between(0.2, 0.6), draw.between(0.35, 0.75))
    pink, dark = canvas.colour(0.97, 0.4, 0.95), canvas.colour(0.0, 0.3, 0.12)
    iris, cheek = canvas.colour(draw.between(0.1, 0.55), 0.6, 0.9), canvas.colour(hue, 0.05, 1.0)
    wide, high, pupil = draw.between(74, 98), draw.between(66, 80), draw.between(4, 9)
    for side in (-1, 1):
        canvas.peak(160 + side * wide * 0.62, 120, 34, draw.between(72, 96), fur)
        canvas.peak(160 + side * wide * 0.62, 112, 18, 50, pink)
    canvas.ellipse(160, 140, wide, high, fur)
    for side in (-1, 1):
        canvas.ellipse(160 + side * 17, 172, 22, 18, cheek)
        canvas.ellipse(160 + side * wide * 0.42, 128, 17, 17, iris)
        canvas.ellipse(160 + side * wide * 0.42, 128, pupil, 15, dark)
        for row in range(3):
            for step in range(46):
                line = 166 + 7 * row + step * (row - 1) * 0.2
                canvas.span(160 + side * (34 + step), line, line + 2, dark)
    canvas.ellipse(160, 158, 9, 6, pink)
    return canvas.png()


def rings(number: int) -> bytes:
    """A PNG of rings around a point, in colours and forms from `number`."""
    draw, canvas = Numbers(f"rings {number}"), Canvas()
    hue = number * 0.381966
    canvas.background((hue, 0.8, 0.35), (hue + 0.15, 0.7, 0.6))
    x, y = draw.between(60, 260), draw.between(50, 190)
    bands = [canvas.colour(hue + 0.45 + 0.05 * band, 0.3 + 0.1 * band, 1.0 - 0.08 * band) for band in range(5)]
    step, flat = draw.between(11, 22), draw.between(0.6, 1.0)
    for ring in range(14, 0, -1):
        colour = bands[ring % 5] if ring % 2 else ring * 4
        canvas.ellipse(x, y, ring * step, ring * step * flat, colour)
    return canvas.png()
