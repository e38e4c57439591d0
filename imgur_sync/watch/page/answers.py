"""What is answered to which request: from a snapshot, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imgur_sync.report.figures import duration
from imgur_sync.report.metrics import CONTENT_TYPE, metrics_text
from imgur_sync.report.page import ICON_ADDRESS, STILL, STYLE_SHEET, page_html
from imgur_sync.report.page_style import ICON, PAGE_STYLE
from imgur_sync.report.text import Moment
from imgur_sync.watch.page.requests import Asked
from imgur_sync.watch.page.snapshot import Picture, Snapshot

SILENT = 300.0
"""A loop that gave no sign of life for so many seconds is taken to hang."""
FRESH = 1.0
"""A page is made anew at most once in so many seconds, however often it is asked for."""
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Connection": "close",
}
KEPT = {"Cache-Control": "private, max-age=86400, immutable"}
"""For pictures: their addresses change with their content and with each daemon, and a browser that keeps them does not
ask for megabytes every ten seconds."""
_HTML, _TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    kind: str
    body: bytes
    more: Mapping[str, str] = field(default_factory=dict)


def plain(status: int, text: str, more: Mapping[str, str] | None = None) -> Answer:
    """An answer of one line."""
    return Answer(status, _TEXT, f"{text}\n".encode(), more or {})


NOT_FOUND = plain(404, "There is nothing here.")


def as_bytes(answer: Answer, *, head_only: bool) -> bytes:
    """The answer as it is sent."""
    headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), "Cache-Control": "no-store"}
    if answer.status == 405:
        headers["Allow"] = "GET, HEAD"
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **_ALWAYS, **answer.more}.items())
    head = f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}\r\n{lines}\r\n".encode("ascii")
    return head if head_only else head + answer.body


class Answers:
    """Answers from the snapshot that holds now. Used from one thread.

    `silent` are the seconds since the daemon's loop gave a sign of life, `redact` blots secrets out of a text.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        silent: Callable[[], float],
        redact: Callable[[str], str],
        now: Callable[[], float],
        zone_now: Callable[[float], Moment] = Moment,
    ) -> None:
        self._snapshot = snapshot
        self._silent = silent
        self._redact = redact
        self._now = now
        self._read = zone_now
        self._made: dict[str, tuple[float, Answer]] = {}

    def answer(self, asked: Asked) -> Answer | Picture:
        """The answer, or the picture whose file is to be read for it."""
        match asked.path:
            case "/":
                return self._fresh("/", self._page)
            case path if path == STILL:
                return self._fresh(STILL, lambda: self._page(still=True))
            case path if path == STYLE_SHEET:
                return Answer(200, "text/css; charset=utf-8", PAGE_STYLE.encode())
            case path if path == ICON_ADDRESS:
                return Answer(200, "image/svg+xml", ICON.encode())
            case "/healthz":
                return self._health()
            case "/metrics":
                return self._fresh("/metrics", self._metrics)
            case path:
                return self._snapshot().pictures.get(path, NOT_FOUND)

    def _fresh(self, path: str, make: Callable[[], Answer]) -> Answer:
        now = self._now()
        at, answer = self._made.get(path, (float("-inf"), NOT_FOUND))
        if not 0 <= now - at < FRESH:
            answer = make()
            self._made[path] = now, answer
        return answer

    def _page(self, *, still: bool = False) -> Answer:
        silent = self._silent()
        hangs = silent if silent > SILENT else 0.0
        text = page_html(self._snapshot().watched, self._read(self._now()), silent=hangs, still=still)
        return Answer(200, _HTML, self._encoded(text))

    def _metrics(self) -> Answer:
        text = metrics_text(self._snapshot().watched, self._now(), self._silent())
        return Answer(200, CONTENT_TYPE, self._encoded(text))

    def _health(self) -> Answer:
        silent = self._silent()
        if silent > SILENT:
            return plain(503, f"the daemon has given no sign of life for {duration(silent)}")
        return plain(200, "ok")

    def _encoded(self, text: str) -> bytes:
        return self._redact(text).encode("utf-8", "backslashreplace")
