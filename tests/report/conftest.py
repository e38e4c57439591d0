"""Hand-made values for the tests of report/."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from imgur_sync.model.budget import Budget, Cost, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan, Plan, Price
from imgur_sync.model.step import Step, Upload, UploadReason
from imgur_sync.report.text import Moment

NOW = 1_772_370_300.0  # 2026-03-01 13:05 UTC


@pytest.fixture
def read() -> Moment:
    """A reader at 14:05 in a zone an hour east of Greenwich."""
    return Moment(NOW, timezone(timedelta(hours=1)))


@pytest.fixture
def upload() -> Callable[..., Upload]:
    """Makes an upload of a path."""

    def make(path: str, reason: UploadReason = UploadReason.NEW, album: str = "cats", size: int = 300_000) -> Upload:
        return Upload(
            album,
            path,
            sha256(path.encode("utf-8", "surrogateescape")).hexdigest(),
            size,
            "image/jpeg",
            10,
            10,
            False,
            reason,
        )

    return make


@pytest.fixture
def album() -> Callable[..., AlbumPlan]:
    """Makes the plan of an album of twelve pictures; `steps` are both wanted and granted unless said otherwise."""

    def make(*steps: Step, key: str = "cats", **facts: Any) -> AlbumPlan:
        values: dict[str, Any] = {"wanted": steps, "steps": steps, "files": 12, "synced": 12, "title": "Cats"}
        return AlbumPlan(album=key, position=0, priority=0, **{**values, **facts})

    return make


@pytest.fixture
def budget() -> Budget:
    """A usual afternoon: some of each limit is used."""
    return Budget(
        (
            Limit(LimitName.DAY, 12_500, 11_957, NOW + 3600),
            Limit(LimitName.HOUR, 500, 457, NOW + 1800),
            Limit(LimitName.POSTS, 1250, 1244, NOW + 1800),
            Limit(LimitName.UPLOADS, 45, 41, NOW + 2580),
            Limit(LimitName.RUN, None, None),
        ),
        reserved=500,
        used_today=43,
        reading_age=12.0,
    )


@pytest.fixture
def plan(budget: Budget) -> Callable[..., Plan]:
    """Makes a plan of some albums."""

    def make(*albums: AlbumPlan, **facts: Any) -> Plan:
        price = Price(Cost(41, 6, 4), 2, 4, 1_200_000)
        values: dict[str, Any] = {"price": price, "total": price, "unchanged": 3, "unchanged_files": 1204}
        values |= {"budget": budget, "digest": "sha256:" + "ab" * 32, "made_at": NOW}
        values |= {"manifest_digest": "cd" * 32, "lineage": "k3v9x2mq"}
        return Plan(albums=albums, **{**values, **facts})

    return make


def _hostile() -> list[str]:
    """Names that try to be something else: a terminal, a CI command, markup, a formula, another line."""
    controls = [f"a{chr(code)}b.jpg" for code in (*range(1, 32), *range(127, 160))]
    hidden = [f"photo{chr(code)}gpj.exe" for code in (0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F))]
    hidden += [f"x{chr(code)}y" for code in (0x2028, 0x2029, *range(0x2060, 0x206A), 0xFEFF, 0xAD, 0xE0041)]
    raw = ["\udcff\udcfe.jpg", "caf\udce9.jpg", "\udc9b31m"]
    commands = ["::set-output name=x::y", "::add-mask::x", "  ::error::boo", "##[add-path]/tmp", "a##[group]b"]
    commands += ["\n::set-env name=PATH::/tmp", "\r\n##[error]x", "\t::warning::x", "\x1b[2K\r::error::x"]
    escapes = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "\x9b31m"]
    markup = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</details>", "<!-- x", "&lt;b&gt;"]
    markup += ["[x](javascript:alert(1))", "![x](http://evil/x.png)", "](http://evil)", "`code`", "**bold**", "_x_"]
    markup += ["@team", "#123", "| a | b |", "$x^2$", "~~x~~", "# heading", "a\\](http://evil)", "\\"]
    markup += ["[/url][url=http://evil]x", "[img]http://evil/x.png[/img]", "[b]"]
    formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", '"quoted"', "a,b;c", "  padded  ", "'x"]
    rich = ["[red]x[/red]", "[link=http://evil]x[/link]", "[/]", "{x}", "%s%n", "{0.__class__}"]
    other = ["x" * 10_000, "", " ", ".", "..", "-rf", "--approve", "CON", "e\u0301", "👩‍👩‍👧", "日本語.jpg", "a/b"]
    return [*controls, *hidden, *raw, *commands, *escapes, *markup, *formulas, *rich, *other]


HOSTILE = _hostile()


@pytest.fixture(params=HOSTILE, ids=lambda name: ascii(name)[:40])
def hostile(request: pytest.FixtureRequest) -> str:
    """Each of more than a hundred and thirty hostile names."""
    name: str = request.param
    return name


@pytest.fixture
def inert() -> Callable[[str], None]:
    """Asserts that a text holds nothing that a terminal, a log or a CI runner takes for more than text."""

    def check(text: str) -> None:
        for char in text.replace("\n", ""):
            assert char in "\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, ascii(
                text
            )
        for line in text.split("\n"):
            assert not line.lstrip().startswith("::"), ascii(line)
            assert "##[" not in line, ascii(line)
        text.encode("utf-8")

    return check
