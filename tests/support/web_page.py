"""A page of the local Imgur as a person without a screen has it: texts, headings, links, tables, and forms to send."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

VOID = {"meta", "link", "input", "img", "br", "rect", "hr", "source"}
CONTROLS = {"input", "select", "textarea", "meter"}


@dataclass
class Node:
    """One element with what stands in it."""

    tag: str
    given: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What can be read in it, blanks folded."""
        if self.tag in ("style", "title"):
            return ""
        return " ".join(" ".join(one if isinstance(one, str) else one.text for one in self.inside).split())

    def all(self, *tags: str) -> list[Node]:
        """Every element of these kinds in it, in order."""
        found: list[Node] = []
        for one in self.inside:
            if isinstance(one, Node):
                found += [one] if one.tag in tags else []
                found += one.all(*tags)
        return found


class WebPage(HTMLParser):
    """A page that was got; ValueError or an assertion if its elements are not closed in order."""

    def __init__(self, reply: httpx.Response) -> None:
        super().__init__()
        self.status = reply.status_code
        self.html = reply.text
        self.root = Node("", {})
        self._open = [self.root]
        self.feed(reply.text)
        self.close()
        assert self._open == [self.root], [one.tag for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without an inside."""
        self._open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Text."""
        self._open[-1].inside.append(data)

    def all(self, *tags: str) -> list[Node]:
        """Every element of these kinds."""
        return self.root.all(*tags)

    @property
    def text(self) -> str:
        """All that is read in the main part."""
        return self.all("main")[0].text

    @property
    def links(self) -> dict[str, str]:
        """Addresses of the main part by their texts."""
        return {one.text: one.given["href"] for one in self.all("main")[0].all("a")}

    def table(self, caption: str) -> list[list[str]]:
        """The rows of the table whose caption begins so, the head too."""
        for table in self.all("table"):
            if table.all("caption") and table.all("caption")[0].text.startswith(caption):
                return [[cell.text for cell in row.all("td", "th")] for row in table.all("tr")]
        raise ValueError(f"no table {caption!r}")

    def facts(self, caption: str) -> dict[str, str]:
        """A table of two columns."""
        return {row[0]: row[1] for row in self.table(caption)}

    def form(self, do: str) -> Node:
        """The form with the button of that value."""
        for form in self.all("form"):
            if any(button.given.get("value") == do for button in form.all("button")):
                return form
        raise ValueError(f"no form has a button {do!r}")

    def flaws(self) -> list[str]:
        """What a person with a screen reader would stumble on."""
        found = [] if self.all("html")[0].given.get("lang") == "en" else ["no language"]
        levels = [int(one.tag[1]) for one in self.all("h1", "h2", "h3", "h4")]
        if levels[:1] != [1] or levels.count(1) != 1 or any(b > a + 1 for a, b in itertools.pairwise(levels)):
            found.append(f"headings {levels}")
        found += [f"no {tag}" for tag in ("header", "nav", "main") if not self.all(tag)]
        found += [f"image without alt {one.given}" for one in self.all("img") if "alt" not in one.given]
        found += [f"table without caption: {one.text[:60]}" for one in self.all("table") if not one.all("caption")]
        found += [f"head without scope: {one.text}" for one in self.all("th") if "scope" not in one.given]
        found += [f"link without a name: {one.given}" for one in self.all("a") if not one.text]
        found += [f"button without a name: {one.given}" for one in self.all("button") if not one.text]
        labelled = {one.given["for"] for one in self.all("label") if "for" in one.given}
        wrapped = [id(one) for label in self.all("label") for one in label.all(*CONTROLS)]
        for one in self.all(*CONTROLS):
            named = one.given.get("id") in labelled or one.given.get("aria-label") or id(one) in wrapped
            if not named and one.given.get("type") != "hidden":
                found.append(f"field without a label: {one.given}")
        ids = [one.given["id"] for one in self.all(*CONTROLS, "main", "h2", "span") if "id" in one.given]
        return found + [f"id twice: {one}" for one in set(ids) if ids.count(one) > 1]


def filled(form: Node) -> dict[str, Any]:
    """What a form sends as it stands, but for its buttons."""
    sent: dict[str, Any] = {}
    for one in form.all("input", "textarea", "select"):
        name, kind = one.given.get("name", ""), one.given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in one.given:
            continue
        if one.tag == "select":
            options = one.all("option")
            chosen = next((option for option in options if "selected" in option.given), options[0])
            sent[name] = chosen.given.get("value", chosen.text)
        elif one.tag == "textarea":
            sent[name] = "".join(str(part) for part in one.inside).removeprefix("\n")
        elif kind != "file":
            sent[name] = one.given.get("value", "on" if kind == "checkbox" else "")
    return sent


def press(web: httpx.Client, path: str, do: str, /, files: Any = None, **typed: Any) -> WebPage:
    """Open a page, type into the form of a button, press it; the page that comes of it. None takes a field away."""
    page = WebPage(web.get(path))
    form = page.form(do)
    sent = {**filled(form), "do": do, **typed}
    sent = {name: value for name, value in sent.items() if value is not None}
    reply = web.post(
        form.given.get("action", path).partition("#")[0],
        data=sent,
        files=files,
        headers={"Origin": str(web.base_url).rstrip("/")},
    )
    if reply.status_code != 303:
        return WebPage(reply)
    return WebPage(web.get(reply.headers["location"]))
