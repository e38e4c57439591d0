"""What a run may spend, and when it stops: counted before each request, and read from each reply."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

CAP = 300
"""Credits that a run may spend, cleaning up included."""
LEAST = {"x-ratelimit-userremaining": 60, "x-ratelimit-clientremaining": 500, "x-post-rate-limit-remaining": 100}
"""A run stops where Imgur says that less is left: other programs of the same person want to go on."""
_UPLOAD = re.compile(r"/3/(upload|image)(\.\w+)?/?")


class Stopped(Exception):
    """The run ends here; the text says why. What it made is deleted."""


class OverPrice(Exception):
    """A case wants to spend more than its price."""


def price(method: str, path: str) -> int:
    """What a request costs at most (imgur-api §2, §3): 10 for an upload, also one that is refused."""
    if not path.startswith(("/3/", "/post/")):
        return 0
    return 10 if method == "POST" and _UPLOAD.fullmatch(path) else 1


@dataclass(slots=True)
class Meter:
    """Counts credits. `left` is what the case under way may still spend, None for what all of them share."""

    spent: int = 0
    left: int | None = None

    def charge(self, method: str, path: str, reserved: int) -> None:
        """Count a request before it is sent; `reserved` credits are kept for cleaning up. `Stopped` at the cap."""
        cost = price(method, path)
        if self.spent + cost + reserved > CAP:
            raise Stopped(f"{self.spent} of {CAP} credits are spent, and {reserved} are needed for cleaning up")
        if self.left is not None:
            if cost > self.left:
                raise OverPrice(f"{method} {path} costs {cost}, and {self.left} are left of the case's price")
            self.left -= cost
        self.spent += cost

    def clean(self, method: str, path: str) -> None:
        """Count a request that cleans up: what was reserved is there, whatever the case was to cost."""
        self.spent += price(method, path)
        if self.spent > CAP:
            raise Stopped(f"all {CAP} credits are spent")


def heed(reply: httpx.Response) -> None:
    """`Stopped` where a reply says that a limit is near or reached."""
    if reply.status_code == 429 or (reply.status_code in (400, 403) and _limited(reply.text)):
        raise Stopped(f"Imgur refuses: {reply.status_code} {reply.text[:200]}")
    for name, least in LEAST.items():
        left = reply.headers.get(name, "")
        if left.lstrip("-").isdecimal() and int(left) < least:
            raise Stopped(f"{name} is {left}; less than {least} are left to others")


def _limited(text: str) -> bool:
    return any(words in text for words in ("over capacity", "too fast", "These actions are forbidden"))
