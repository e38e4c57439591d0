"""`fmt`: spacing and the order of tables change, and nothing else does."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.manifest.formatting import comments, formatted

ROUGH = """\
# the head

   version=1
lineage   =   "k3v9x2mq"   # keep


# about cats
[ albums . "cats" ]# one
folder="a # no comment"
  include = [
     "**/*",   # all

     "x",
  ]
[[removed]]
album = 'old'
#[albums.dogs]
# below

[budget]
reserve_credits=5"""

TIDY = """\
# the head

version = 1
lineage = "k3v9x2mq"   # keep

[budget]
reserve_credits = 5

# about cats
[albums."cats"]  # one
folder = "a # no comment"
include = [
     "**/*",   # all

     "x",
  ]

[[removed]]
album = 'old'
#[albums.dogs]
# below
"""


def test_a_rough_manifest_becomes_tidy() -> None:
    """Tables in order, each with the comments right above it; what stands inside an array is as it was."""
    assert formatted(ROUGH) == TIDY
    assert formatted(TIDY) == TIDY


def test_the_example_is_tidy() -> None:
    """What we show is what we make."""
    text = (Path(__file__).parents[2] / "sync.example.toml").read_text(encoding="utf-8")
    assert formatted(text) == text


def test_albums_keep_their_order() -> None:
    """It is the order of work, and of matching."""
    text = "version = 1\n\n[albums.z]\nfolder = 'z'\n\n[albums.a]\nfolder = 'a'\n"
    assert formatted(text) == text


BLANKS = st.sampled_from(["", " ", "\t", "  "])
MORE = [
    "[1, 2]",
    "[\n 1, # c\n\n]",
    "{ a = 1, b = [2] }",
    "1979-05-27T07:32:00Z",
    "-2.5",
    '["#", "]"]',
    '""',
    '""""a"""',
]
VALUES = st.sampled_from(
    [
        "1",
        "nan",
        "true",
        '"a # b"',
        "'\\'",
        '"\\""',
        '"""x\n# no\n"""',
        "'''y\n\n[z]'''",
        "[1, 2]",
        "[\n 1, # c\n\n]",
        *MORE,
    ]
)
COMMENTS = st.sampled_from(["", "#", "# words [x] = '", "## ü", "#x = 1"])
TABLES = st.sampled_from(
    ["budget", "state", "albums.a", 'albums."b.c"', "zebra", "gates.prune", "collections.t", "'q r'"]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """TOML of all kinds of lines, badly spaced."""
    lines: list[str] = []
    names = iter(range(1000))
    tables = draw(st.lists(TABLES, unique=True, max_size=6))
    for table in (None, *tables):
        if table is not None:
            lines += draw(st.lists(COMMENTS, max_size=2))
            lines.append(f"{draw(BLANKS)}[{draw(BLANKS)}{table}{draw(BLANKS)}]{draw(BLANKS)}{draw(COMMENTS)}")
        for _ in range(draw(st.integers(0, 3))):
            key = f"{draw(BLANKS)}k{next(names)}{draw(BLANKS)}={draw(BLANKS)}"
            lines.append(f"{key}{draw(VALUES)}{draw(BLANKS)}{draw(COMMENTS)}")
            lines += draw(st.lists(COMMENTS.map(lambda text: f"  {text}"), max_size=2))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n\n"]))


def plain(text: str) -> dict[str, str]:
    return {name: repr(value) for name, value in tomllib.loads(text).items()}


@given(texts())
def test_no_value_and_no_comment_is_lost_and_twice_is_once(text: str) -> None:
    """Whatever stands where."""
    new = formatted(text)
    assert plain(new) == plain(text)
    assert sorted(comments(new)) == sorted(comments(text))
    assert formatted(new) == new
    told = [line.strip() for line in text.split("\n") if line.strip().startswith("#")]
    assert [line for line in sorted(told) if line not in {one.strip() for one in new.split("\n")}] == []


@pytest.mark.parametrize("text", ["", "\n\n", "# only words", "version = 1"])
def test_next_to_nothing_stays_so(text: str) -> None:
    """One line end at the end."""
    assert formatted(text).strip() == text.strip()
