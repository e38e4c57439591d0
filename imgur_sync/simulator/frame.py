"""The frame of every page: its style, its head, the way around. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from flask import Response

STYLE = (
    ":root{color-scheme:light dark;--dim:#6b6b6b;--line:#d9d9d9;--tile:#f1f1f1;--link:#0a58ca}"
    "@media(prefers-color-scheme:dark){:root{--dim:#a0a0a0;--line:#444;--tile:#262626;--link:#7db0ff}}"
    "*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:68rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}"
    "a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}"
    "nav{display:flex;flex-wrap:wrap;gap:0 1.5rem;padding-bottom:.7rem;border-bottom:1px solid var(--line)}"
    "nav .dim{margin-left:auto}@media(max-width:36rem){nav .dim{margin-left:0;flex-basis:100%;font-size:.9rem}}"
    "h1{font-size:1.6rem;line-height:1.25;margin:1.4rem 0 .2rem}h2{font-size:1.2rem;margin:2rem 0 .2rem}"
    "p{margin:.2rem 0 1rem}.dim{color:var(--dim)}"
    "ul.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:1.2rem .9rem;padding:0;"
    "list-style:none}"
    "ul.grid img,ul.grid video,.blank{display:block;width:100%;aspect-ratio:4/3;object-fit:cover;"
    "background:var(--tile);border-radius:6px}"
    "ul.grid .line{display:block;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:.9rem}"
    ".whole{margin-top:.8rem}.whole img,.whole video{max-width:100%;max-height:80vh;border-radius:6px}"
    "table{border-collapse:collapse;margin:.6rem 0 1rem}"
    "td,th{padding:.35rem 1.2rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}"
    "th{font-weight:600;white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "meter{width:7rem}"
)


def page(title: str, body: str, status: int = 200) -> Response:
    """A whole page. `title` is a plain text, `body` is HTML."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)} – local Imgur</title><style>{STYLE}</style></head><body>"
        '<nav><a href="/">Albums</a><a href="/meters">Meters</a>'
        '<span class="dim">A local Imgur, on this machine: not imgur.com</span></nav>'
        f"<main>{body}</main></body></html>"
    )
    made = Response(text, status=status, content_type="text/html; charset=utf-8")
    made.headers["Content-Security-Policy"] = "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:"
    return made


def count(number: int, one: str) -> str:
    """The number and its noun: "1 picture", "1,204 pictures"."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], figures: frozenset[int] = frozenset()) -> str:
    """A table of HTML cells; the columns of `figures` stand to the right."""

    def row(tag: str, cells: tuple[str, ...]) -> str:
        kinds = (' class="n"' if index in figures else "" for index in range(len(cells)))
        line = "".join(f"<{tag}{kind}>{cell}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        return f"<tr>{line}</tr>"

    return f"<table>{row('th', head)}{''.join(row('td', cells) for cells in rows)}</table>"
