"""Link lists of albums: Markdown, BBCode, HTML, CSV and plain, each properly escaped. JSON is in `jsons`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from imgur_sync.model.synced import RetiredUrl
from imgur_sync.report import jsons
from imgur_sync.report.escape import address, bbcode, csv_cell, html, markdown


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One picture: its path in the folder and its own address."""

    path: str
    link: str


@dataclass(frozen=True, slots=True)
class LinkAlbum:
    """One album: its key, title ("" if none), page address and pictures in the folder's order."""

    key: str
    title: str
    link: str
    rows: tuple[LinkRow, ...]


class LinkFormat(StrEnum):
    """The formats of `links`."""

    MARKDOWN = "markdown"
    BBCODE = "bbcode"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    PLAIN = "plain"


def links_text(albums: Sequence[LinkAlbum], form: LinkFormat) -> str:
    """The list in that format, ending in a newline unless it is empty.

    A picture whose address is not http or https is named without a link. `plain` is one address a line and nothing
    else.
    """
    if form is LinkFormat.JSON:
        return jsons.links_json(
            [(album.key, album.title, album.link, [(row.path, row.link) for row in album.rows]) for album in albums]
        )
    writers: dict[LinkFormat, Callable[[Sequence[LinkAlbum]], Iterator[str]]] = {
        LinkFormat.MARKDOWN: _markdown,
        LinkFormat.BBCODE: _bbcode,
        LinkFormat.HTML: _html,
        LinkFormat.CSV: _csv,
        LinkFormat.PLAIN: _plain,
    }
    return "".join(f"{line}\n" for line in writers[form](albums))


def pictures_text(albums: Sequence[LinkAlbum], form: LinkFormat) -> str:
    """The pictures alone, in the order given, without titles of albums: to paste single ones. CSV and JSON as ever."""
    rows: dict[LinkFormat, Callable[[LinkRow], str]] = {
        LinkFormat.MARKDOWN: _markdown_row,
        LinkFormat.BBCODE: _bbcode_row,
        LinkFormat.HTML: _html_row,
    }
    if form not in rows:
        return links_text(albums, form)
    return "".join(f"{rows[form](row)}\n" for album in albums for row in album.rows)


def retired_text(urls: Sequence[RetiredUrl], form: LinkFormat) -> str:
    """Old and new addresses of replaced pictures, oldest first: CSV, JSON, or else "OLD NEW" a line."""
    if form is LinkFormat.JSON:
        rows = [
            {"album": url.album, "path": url.path, "old": address(url.old_link), "new": address(url.new_link)}
            for url in urls
        ]
        return jsons.document("retired_links", {"retired": rows})
    if form is LinkFormat.CSV:
        cells = ((url.album, url.path, address(url.old_link), address(url.new_link)) for url in urls)
        return "album,path,old,new\n" + "".join(",".join(map(csv_cell, row)) + "\n" for row in cells)
    return "".join(f"{address(url.old_link)} {address(url.new_link)}\n" for url in urls)


def _is_video(link: str) -> bool:
    return link.lower().endswith((".mp4", ".webm"))


def _markdown(albums: Sequence[LinkAlbum]) -> Iterator[str]:
    for index, album in enumerate(albums):
        if index:
            yield ""
        title, page = markdown(album.title or album.key), address(album.link)
        yield f"## [{title}]({page})" if page else f"## {title}"
        yield ""
        yield from map(_markdown_row, album.rows)


def _markdown_row(row: LinkRow) -> str:
    text, link = markdown(row.path), address(row.link)
    if not link:
        return f"- {text}"
    return f"[{text}]({link})" if _is_video(link) else f"![{text}]({link})"


def _bbcode(albums: Sequence[LinkAlbum]) -> Iterator[str]:
    for index, album in enumerate(albums):
        if index:
            yield ""
        title, page = bbcode(album.title or album.key), address(album.link)
        yield f"[b][url={page}]{title}[/url][/b]" if page else f"[b]{title}[/b]"
        yield from map(_bbcode_row, album.rows)


def _bbcode_row(row: LinkRow) -> str:
    link = address(row.link)
    if not link:
        return bbcode(row.path)
    return f"[url={link}]{bbcode(row.path)}[/url]" if _is_video(link) else f"[img]{link}[/img]"


def _html(albums: Sequence[LinkAlbum]) -> Iterator[str]:
    for album in albums:
        title, page = html(album.title or album.key), address(album.link)
        yield "<section>"
        yield f'<h2><a href="{html(page)}">{title}</a></h2>' if page else f"<h2>{title}</h2>"
        yield from map(_html_row, album.rows)
        yield "</section>"


def _html_row(row: LinkRow) -> str:
    text, link = html(row.path), html(address(row.link))
    if not link:
        return f"<p>{text}</p>"
    if _is_video(link):
        return f'<video src="{link}" title="{text}" controls></video>'
    return f'<a href="{link}"><img src="{link}" alt="{text}" loading="lazy"></a>'


def _csv(albums: Sequence[LinkAlbum]) -> Iterator[str]:
    yield "album,path,link"
    for album in albums:
        for row in album.rows:
            yield ",".join((csv_cell(album.key), csv_cell(row.path), csv_cell(address(row.link))))


def _plain(albums: Sequence[LinkAlbum]) -> Iterator[str]:
    for album in albums:
        yield from filter(None, (address(row.link) for row in album.rows))
