"""Puts a text on the clipboard of the terminal that the command was typed at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgur_sync.cli.session import note
from imgur_sync.errors import ImgurSyncError, UsageError
from imgur_sync.report.clipboard import MOST_ENCODED, clipboard_sequence
from imgur_sync.report.figures import plural, size

if TYPE_CHECKING:
    from imgur_sync.cli.session import Session

TERMINAL = "/dev/tty"


def copy_text(session: Session, text: str) -> None:
    """Ask the controlling terminal to take the text over, without its last line end. Whether it does, no terminal says.

    `UsageError` where the text is too long or none; `ImgurSyncError` (1) without a terminal, or with a dumb one.
    """
    text = text.removesuffix("\n")
    if not text:
        raise UsageError("there is nothing to copy", hint="see: imgur-sync status")
    sequence = clipboard_sequence(text, os.environ)
    if sequence is None:
        most = size(MOST_ENCODED // 4 * 3)
        hint = f"terminals take {most}: name an album, or use --last"
        raise UsageError(f"{size(len(text.encode('utf-8', 'replace')))} are too much to copy", hint=hint)
    if os.environ.get("TERM") == "dumb":
        raise ImgurSyncError('there is no clipboard to copy to: TERM is "dumb"', hint="run it in a terminal window")
    try:
        with open(TERMINAL, "wb", buffering=0) as terminal:
            while sequence:
                sequence = sequence[terminal.write(sequence) :]
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ImgurSyncError(
            f"there is no terminal to copy to ({TERMINAL}: {reason})", hint="run it at a terminal, or without --copy"
        ) from None
    if not session.quiet:
        note(f"copied {plural(text.count(chr(10)) + 1, 'line')}, if the terminal lets programs copy")
