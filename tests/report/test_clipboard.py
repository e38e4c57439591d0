"""The bytes that make a terminal copy."""

from __future__ import annotations

import base64
import re

import pytest

from imgur_sync.report.clipboard import MOST_ENCODED, clipboard_sequence

LINK = "https://i.imgur.com/abc.png"
CODE = base64.b64encode(LINK.encode())
PLAIN = b"\x1b]52;c;" + CODE + b"\x07"


@pytest.mark.parametrize("environ", [{}, {"TERM": "xterm-256color"}, {"TERM": "foot", "TMUX": "", "STY": ""}])
def test_a_terminal_gets_the_plain_sequence(environ: dict[str, str]) -> None:
    """OSC 52 with the clipboard's letter, ended by BEL."""
    assert clipboard_sequence(LINK, environ) == PLAIN


@pytest.mark.parametrize("environ", [{"TMUX": "/tmp/tmux,1,0", "TERM": "screen-256color"}, {"TERM": "tmux-256color"}])
def test_tmux_gets_it_for_itself_and_for_the_terminal_outside(environ: dict[str, str]) -> None:
    """Passed through with every escape doubled."""
    outside = b"\x1bPtmux;\x1b\x1b]52;c;" + CODE + b"\x07\x1b\\"
    assert clipboard_sequence(LINK, environ) == PLAIN + outside


@pytest.mark.parametrize("environ", [{"STY": "12.pts-0", "TERM": "xterm"}, {"TERM": "screen.xterm-256color"}])
def test_screen_gets_it_in_pieces(environ: dict[str, str]) -> None:
    """Each a string of its own, short enough for any version."""
    assert clipboard_sequence(LINK, environ) == b"\x1bP" + PLAIN + b"\x1b\\"
    long = clipboard_sequence("x" * 5000, environ) or b""
    pieces = re.findall(rb"\x1bP(.*?)\x1b\\", long, re.DOTALL)
    assert b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces) == long
    assert max(map(len, pieces)) <= 250
    assert b"".join(pieces) == clipboard_sequence("x" * 5000, {})


def test_a_text_that_terminals_would_cut_is_refused() -> None:
    """The limit is that of the encoded text, to the byte."""
    most = MOST_ENCODED // 4 * 3
    assert clipboard_sequence("x" * most, {}) is not None
    assert clipboard_sequence("x" * (most + 1), {}) is None
    assert clipboard_sequence("ä" * most, {}) is None


def test_any_text_can_be_copied() -> None:
    """No control character of it reaches the terminal; bytes that are no UTF-8 are told as such."""
    sequence = clipboard_sequence("a\x07\x1b]\n\udcff", {}) or b""
    assert base64.b64decode(sequence[7:-1]) == b"a\x07\x1b]\n\\udcff"
    assert sequence.count(b"\x1b") == 1
