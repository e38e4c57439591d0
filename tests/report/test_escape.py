"""What any foreign text becomes."""

from __future__ import annotations

import csv
import html.parser
import io
from collections.abc import Callable

import pytest

from imgur_sync.report import escape
from imgur_sync.report.links import LinkAlbum, LinkFormat, LinkRow, links_text


def test_hostile_names_are_inert_in_every_form(hostile: str, inert: Callable[[str], None]) -> None:
    """No escape function lets a control, bidirectional or invisible character, a line break or a CI command through."""
    for function in (escape.terminal, escape.quoted, escape.markdown, escape.html, escape.bbcode, escape.csv_cell):
        text = function(hostile)
        inert(text)
        assert "\n" not in text


@pytest.mark.parametrize("form", list(LinkFormat))
def test_hostile_names_are_inert_in_every_list_of_links(
    form: LinkFormat, hostile: str, inert: Callable[[str], None]
) -> None:
    """A list holds as many lines for a hostile name, title and address as for harmless ones."""
    bad = LinkAlbum(hostile, hostile, hostile, (LinkRow(hostile, "https://i.imgur.com/a.jpg" + hostile),))
    text = links_text([bad], form)
    inert(text)
    good = LinkAlbum("a", "a", "", (LinkRow("a", "https://i.imgur.com/a.jpg"),))
    assert text.count("\n") == links_text([good], form).count("\n")


def test_a_name_comes_back_visible() -> None:
    """Escapes say what was there: bytes as \\x, characters as \\u, backslashes doubled."""
    assert escape.terminal("a\x1b[31m\udce9\u202e\\.jpg\n") == "a\\u001b[31m\\xe9\\u202e\\\\.jpg\\n"
    assert escape.terminal("日本語 👩‍👩‍👧 é.jpg") == "日本語 👩‍👩‍👧 é.jpg"


def test_long_text_is_cut() -> None:
    """A title of ten megabytes takes no more than a few lines."""
    assert escape.terminal("x" * 10_000_000) == "x" * 200 + "…"
    assert len(escape.markdown("@" * 10_000_000)) < 2000
    assert escape.terminal("x" * 300, 0) == "x" * 300


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_html_holds_only_our_own_tags(hostile: str) -> None:
    """No name adds a tag or an attribute, and every address is http or https."""
    rows = (LinkRow(hostile, "https://i.imgur.com/a.jpg"), LinkRow(hostile, "javascript:alert(1)"))
    parser = _Tags()
    parser.feed(links_text([LinkAlbum(hostile, hostile, hostile, rows)], LinkFormat.HTML))
    assert [tag for tag, _ in parser.seen] == ["section", "h2", "a", "img", "p"]
    assert parser.seen[2][1] == {"href": "https://i.imgur.com/a.jpg"}
    assert parser.seen[3][1].keys() == {"src", "alt", "loading"}


def test_csv_rows_read_back_and_run_no_formula(hostile: str) -> None:
    """A reader of CSV sees three cells a row; none begins like a formula."""
    album = LinkAlbum("cats", "", "", (LinkRow(hostile, "https://i.imgur.com/a.jpg"),))
    rows = list(csv.reader(io.StringIO(links_text([album], LinkFormat.CSV))))
    assert [len(row) for row in rows] == [3, 3]
    assert not rows[1][1].lstrip().startswith(("=", "+", "-", "@", "::"))
    assert rows[1][2] == "https://i.imgur.com/a.jpg"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://i.imgur.com/aB1.jpg", "https://i.imgur.com/aB1.jpg"),
        ("http://127.0.0.1:8723/i/a.png", "http://127.0.0.1:8723/i/a.png"),
        (
            "https://i.imgur.com/a b)<\"'>[x]\n::\udce9.jpg",
            "https://i.imgur.com/a%20b%29%3C%22%27%3E%5Bx%5D%0A::%E9.jpg",
        ),
        ("javascript:alert(1)", ""),
        ("//evil/x", ""),
        ("https://", ""),
        ("", ""),
    ],
)
def test_addresses_are_harmless_or_nothing(link: str, shown: str) -> None:
    """Only http and https addresses are links; what does not belong in one is percent-encoded."""
    assert escape.address(link) == shown


def test_markdown_neither_mentions_nor_links() -> None:
    """GitHub turns @name and #1 into links after unescaping, so they are broken up."""
    assert escape.markdown("@team #12") == "@&#8288;team \\#&#8288;12"
    assert escape.markdown("[a](b) *c* <d>") == "\\[a\\](b) \\*c\\* \\<d\\>"


def test_bbcode_has_no_brackets_of_data(hostile: str) -> None:
    """A name cannot close or open a tag."""
    assert "[" not in escape.bbcode(hostile)
    assert "]" not in escape.bbcode(hostile)
