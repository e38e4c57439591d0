"""What makes a terminal take a text over into its clipboard: the control sequence OSC 52, also through tmux and screen.

Known from xterm's ctlseqs, tmux's manual (passthrough, set-clipboard) and screen's (DCS).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

MOST_ENCODED = 74_994
"""Bytes of base64 that terminals take; longer ones are dropped or cut by many."""
_SCREENFUL = 240
"""Bytes that screen passes through at once: its strings end at 256 in older versions."""


def clipboard_sequence(text: str, environ: Mapping[str, str]) -> bytes | None:
    """The bytes to write to the terminal that `environ` tells of; None where the text is too long for one.

    tmux gets the plain form, which it takes for its own buffer (set-clipboard on), and the one that it passes on to the
    terminal outside (allow-passthrough on). screen passes on pieces.
    """
    encoded = b64encode(text.encode("utf-8", "backslashreplace"))
    if len(encoded) > MOST_ENCODED:
        return None
    plain = b"\x1b]52;c;" + encoded + b"\x07"
    kind = environ.get("TERM", "")
    if environ.get("TMUX") or kind.startswith("tmux"):
        return plain + b"\x1bPtmux;" + plain.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
    if environ.get("STY") or kind.startswith("screen"):
        pieces = (plain[start : start + _SCREENFUL] for start in range(0, len(plain), _SCREENFUL))
        return b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces)
    return plain
