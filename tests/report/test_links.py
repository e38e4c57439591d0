"""Link lists, as they are pasted somewhere."""

from __future__ import annotations

import json

import pytest

from imgur_sync.report.links import LinkAlbum, LinkFormat, LinkRow, links_text

CATS = LinkAlbum(
    "cats",
    "Our [cats]",
    "https://imgur.com/a/AbC",
    (LinkRow("a_1.jpg", "https://i.imgur.com/aaa.jpg"), LinkRow("run.mp4", "https://i.imgur.com/bbb.mp4")),
)
DOGS = LinkAlbum("dogs", "", "", (LinkRow("x.png", "ftp://elsewhere/x.png"),))

EXPECTED = {
    LinkFormat.MARKDOWN: """\
## [Our \\[cats\\]](https://imgur.com/a/AbC)

![a\\_1.jpg](https://i.imgur.com/aaa.jpg)
[run.mp4](https://i.imgur.com/bbb.mp4)

## dogs

- x.png
""",
    LinkFormat.BBCODE: """\
[b][url=https://imgur.com/a/AbC]Our ［cats］[/url][/b]
[img]https://i.imgur.com/aaa.jpg[/img]
[url=https://i.imgur.com/bbb.mp4]run.mp4[/url]

[b]dogs[/b]
x.png
""",
    LinkFormat.HTML: """\
<section>
<h2><a href="https://imgur.com/a/AbC">Our [cats]</a></h2>
<a href="https://i.imgur.com/aaa.jpg"><img src="https://i.imgur.com/aaa.jpg" alt="a_1.jpg" loading="lazy"></a>
<video src="https://i.imgur.com/bbb.mp4" title="run.mp4" controls></video>
</section>
<section>
<h2>dogs</h2>
<p>x.png</p>
</section>
""",
    LinkFormat.CSV: """\
album,path,link
cats,a_1.jpg,https://i.imgur.com/aaa.jpg
cats,run.mp4,https://i.imgur.com/bbb.mp4
dogs,x.png,
""",
    LinkFormat.PLAIN: """\
https://i.imgur.com/aaa.jpg
https://i.imgur.com/bbb.mp4
""",
}


@pytest.mark.parametrize("form", list(EXPECTED))
def test_each_format(form: LinkFormat) -> None:
    """Pictures are shown where the format can show them, videos are links, what has no address is a name."""
    assert links_text([CATS, DOGS], form) == EXPECTED[form]


def test_json_has_everything_as_it_is() -> None:
    """Titles, paths and links unescaped, in order."""
    document = json.loads(links_text([CATS, DOGS], LinkFormat.JSON))
    assert [album["album"] for album in document["albums"]] == ["cats", "dogs"]
    assert document["albums"][0]["title"] == "Our [cats]"
    assert document["albums"][0]["pictures"][1] == {"path": "run.mp4", "link": "https://i.imgur.com/bbb.mp4"}


@pytest.mark.parametrize("form", [LinkFormat.MARKDOWN, LinkFormat.BBCODE, LinkFormat.HTML, LinkFormat.PLAIN])
def test_no_albums_are_no_text(form: LinkFormat) -> None:
    """There is nothing to paste."""
    assert links_text([], form) == ""
