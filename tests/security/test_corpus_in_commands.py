"""The corpus as names of files, and as titles and descriptions on Imgur, in every format of every command."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.report.commonmark import length
from imgur_sync.report.markdown import LIMIT
from tests.security.canaries import acting
from tests.security.corpus import TEXTS, file_names, shown_hidden
from tests.support.comments import live_parts
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table
from tests.support.pictures import png

CHROMIUM = shutil.which("chromium")
NAMES = file_names()
HALF = (len(NAMES) + 1) // 2


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """Two albums with a picture of each name, synced; then somebody put a hostile title and description on each, and
    on the albums."""
    with mirror(tmp_path_factory.mktemp("corpus"), kind=Inside) as made:
        made.manifest("".join(table(key, 'image_title = "{stem}"', 'prune = "never"') for key in ("cats", "dogs")))
        for number, name in enumerate(NAMES):
            folder = os.fsencode(made.folder / ("cats" if number < HALF else "dogs"))
            with open(folder + b"/" + name, "xb") as file:
                file.write(png(seed=1000 + number))
        made.run("apply", "-y", "-q")
        world = made.look("world")
        for number, image in enumerate(world["images"]):
            text = TEXTS[number % len(TEXTS)]
            made.steer("edit", {"op": "set_image", "id": image["id"], "title": text, "description": text})
        for number, album in enumerate(world["albums"]):
            text = "\x1b]0;owned\x07\n::error::x<script>document.title='owned'</script>@team" + TEXTS[number]
            made.steer("edit", {"op": "set_album", "id": album["id"], "title": text, "description": text})
        for number in range(0, len(NAMES), 3):  # these will have left the folders
            (made.folder / os.fsdecode(b"cats/" if number < HALF else b"dogs/") / os.fsdecode(NAMES[number])).unlink()
        yield made


COMMANDS = (
    ["plan", "--refresh", "-v"],
    ["diff", "--refresh"],
    ["drift"],
    ["drift", "--format", "markdown"],
    ["status"],
    ["history", "-v"],
    ["restore"],
    ["purge", "--older-than", "0s"],
    ["links", "--format", "plain"],
    ["links", "--format", "bbcode"],
    ["apply", "-y", "--debug", "--approve", "publish=1"],
    ["explain", "cats/<script>document.title='owned'<\u2215script>.png"],
    ["plan", "\x1b]0;owned\x07"],
    ["links", "::error::\n##[x]"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: ascii(" ".join(command))[:30])
def test_text_is_inert(command: list[str], here: Mirror) -> None:
    """For a terminal, for a log, and for a CI runner; bounded, and as JSON nothing but JSON."""
    done = here.place.run(*command)
    for told in (done.stdout, done.stderr):
        assert acting(told) == []
        assert shown_hidden(told) == []
        assert max((len(line) for line in told.splitlines()), default=0) < 6_000
    if "--format" not in command:
        told = here.place.run(*command, "--json").stdout
        for line in told.splitlines():
            assert not line.lstrip().startswith(("::", "##["))
        assert told.isascii() or shown_hidden(told) == []
        if told:
            json.loads(told)


class Page(html.parser.HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.addresses: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add((tag, name))
            if name in ("href", "src", "action", "srcdoc"):
                self.addresses.add(value or "")


PLAN_TAGS = """
html head meta title style body main h1 h2 p ul ol li strong code table caption thead tbody tr th td div section
details summary figure figcaption svg g path rect line text circle polyline polygon desc img
"""
"""All elements of a plan's page."""


def pages(here: Mirror) -> dict[str, str]:
    """Both kinds of HTML that there are."""
    return {
        "plan": here.run("plan", "--refresh", "-q", "--format", "html").stdout,
        "links": here.run("links", "--format", "html").stdout,
    }


def test_html_holds_our_own_elements_only(here: Mirror) -> None:
    """No name or title adds an element, an attribute, an address or a comment."""
    told = pages(here)
    plan, links = Page(told["plan"]), Page(told["links"])
    assert plan.tags <= set(PLAN_TAGS.split()), plan.tags
    assert links.tags <= {"section", "h2", "a", "img", "p"}
    for tag, name in plan.attributes | links.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("srcdoc", "action", "formaction", "ping"), (tag, name)
    assert not [one for one in plan.addresses if not re.fullmatch(r"data:image/(png|jpeg);base64,[\w+/=]+", one)]
    assert all(re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/[\w./]*", address) for address in links.addresses)
    for text in told.values():
        assert "<!--" not in text.removeprefix("<!")
        assert shown_hidden(text) == []
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_a_browser_runs_nothing(here: Mirror, tmp_path: Path) -> None:
    """As a real browser, where there is one, understands the pages: no script ran, no element is there but ours."""
    for name, text in pages(here).items() if CHROMIUM else ():
        page = tmp_path / f"{name}.html"
        page.write_text(text if name == "plan" else f"<!doctype html><title>links</title>{text}", encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={tmp_path}/{name}"]
        options += ["--host-resolver-rules=MAP * ~NOTFOUND", page.as_uri()]
        done = subprocess.run(
            [CHROMIUM, *options],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        seen = Page(done.stdout)
        assert seen.tags <= set(PLAN_TAGS.split()) | {"a", "img"}, seen.tags
        assert not [name for _, name in seen.attributes if name.startswith("on")]
        title = "Plan: imgur-sync" if name == "plan" else "links"
        assert f"<title>{title}</title>" in done.stdout


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_a_comment_holds_words_and_code_only(command: str, here: Mirror) -> None:
    """No mention, no link, no tag, no command to a bot, and one marker, as a renderer of Markdown reads it."""
    text = here.run(command, "-q", "--format", "markdown").stdout
    assert live_parts(text) == []
    assert shown_hidden(text) == []
    assert length(text) <= LIMIT
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_csv_runs_no_formula(here: Mirror) -> None:
    """Every row reads back as three cells; none begins as a formula does, in whatever a spreadsheet makes of blanks."""
    text = here.run("links", "--format", "csv").stdout
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) > 200
    for row in rows:
        assert len(row) == 3
        for cell in row:
            assert not cell.strip(" \t\r\n\xa0'\"").startswith(("=", "@")) or cell.startswith(("'", '"')), ascii(cell)
            assert not re.match(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]", cell), ascii(cell)
    assert shown_hidden(text) == []


def test_markdown_mentions_nobody_and_links_nowhere(here: Mirror) -> None:
    """By the rules of GitHub's Markdown: what stands in a name is escaped, character by character, and the only
    addresses are those of the pictures."""
    text = here.run("links", "--format", "markdown").stdout
    assert acting(text) == []
    joined = text.replace("&#8288;", "\u2060")
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", joined)  # what is escaped means only itself
    for line in bare.splitlines():
        inner = re.sub(r"^(## |!?)\[(.*)\]\(http://127\.0\.0\.1:[0-9]+/[\w./]*\)$", r"\2", line)
        assert not re.search(r"[\[\]<>`*~|]", inner), ascii(line)
        assert not re.search(r"(?i)www\.|https?:|@\w|#\d|\bgh-\d", inner), ascii(line)


def test_the_corpus_is_large() -> None:
    """As many as were asked for, and no two alike."""
    assert len(TEXTS) >= 300
    assert len(NAMES) >= 300
