"""Logging to stderr, with secrets blotted out; nothing is logged unless -v or --debug asks for it."""

from __future__ import annotations

import logging
import sys

from imgur_sync.cli.redaction import Redactor, secrets
from imgur_sync.report.escape import sentence

CHATTY = ("httpx", "httpcore", "waitress", "watchdog")
"""Libraries that log addresses and headers; heard only with --debug."""
LONGEST_LINE = 4000


class RedactingFormatter(logging.Formatter):
    """Formats a record, its exception too; blots secrets out of the finished text, and makes its lines inert."""

    def __init__(self, redactor: Redactor, pattern: str) -> None:
        super().__init__(pattern)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without secrets."""
        lines = self._redactor.redact(super().format(record)).expandtabs(4).split("\n")
        return "\n".join(sentence(line, LONGEST_LINE) for line in lines)


def guard_logs() -> None:
    """Records that are heard although nobody asked for any (warnings of libraries) lose their secrets, too; a record
    that cannot be formatted is dropped, where logging would print its arguments as they are."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(RedactingFormatter(secrets, "%(levelname)s %(name)s: %(message)s"))
    logging.raiseExceptions = False


def log_to_stderr(*, debug: bool) -> None:
    """Send log records and warnings of all libraries to stderr, from INFO, or from DEBUG on. Asked twice, done once."""
    guard_logs()
    root = logging.getLogger()
    handler = next((h for h in root.handlers if isinstance(h.formatter, RedactingFormatter)), None)
    if handler is None:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(RedactingFormatter(secrets, "%(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
        logging.captureWarnings(True)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET if debug else logging.WARNING)
