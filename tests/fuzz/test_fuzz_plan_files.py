"""Plan files with anything in them: a plan comes out that can be shown, or one of two errors, and never a path that is
opened."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.errors import StaleError, UnreadableError
from imgur_sync.model.reviewed import Element
from imgur_sync.report.counts import gitlab_json
from imgur_sync.report.elements import difference, difference_json, difference_text
from imgur_sync.report.html import plan_html
from imgur_sync.report.jsons import plan_json
from imgur_sync.report.markdown import LIMIT, plan_markdown
from imgur_sync.report.plan_file import checksum
from imgur_sync.report.plan_reading import PlanFile, read_plan
from imgur_sync.report.text import Moment, plan_text
from tests.fuzz.amounts import examples
from tests.support.comments import live_parts
from tests.support.inside import Inside
from tests.support.mirror import mirror, table

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@cache
def whole() -> str:
    """A plan file with all that one can hold: uploads, edits, removals, gates, moves, blocked files."""
    with TemporaryDirectory() as folder, mirror(Path(folder), kind=Inside) as home:
        home.run("apply", "-y")
        home.manifest(
            table("cats", 'description = "d"', "[albums.cats.images]", '"c0.png" = { title = "T" }')
            + table("dogs", 'privacy = "public"')
            + table("birds")
        )
        for name in ("c1.png", "c2.png", "c3.png", "c4.png"):
            (home.folder / "cats" / name).unlink()
        (home.folder / "dogs/d0.png").rename(home.folder / "cats/moved.png")
        home.put("dogs/d1.png", 90)
        home.put("birds/b.png", 91)
        home.put("birds/empty.png", b"")
        home.run("plan", "-o", "plan.json", "--refresh")
        return (home.folder / "plan.json").read_text()


def _shown(text: str) -> None:
    """It is read and shown, in every form, or refused in words. What is shown is harmless."""
    told, file = "", None
    try:
        file = read_plan(text, "plan.json")
    except (UnreadableError, StaleError) as error:
        told = error.message
    assert "\n" not in told
    if file is not None:
        _harmless(file)


def _harmless(file: PlanFile) -> None:
    plan, now = file.plan, Moment(1_800_000_000.0)
    assert plan_text(plan, now).replace("\n", "").isprintable()
    assert plan_html(plan, now).encode()
    comment = plan_markdown(plan, now)
    assert (live_parts(comment), len(comment) <= LIMIT) == ([], True)
    assert json.loads(plan_json(plan))["digest"] == plan.digest
    assert json.loads(gitlab_json(plan.albums)).keys() == {"create", "update", "delete"}
    found = difference(file.expected.elements, whole_elements())
    assert difference_text(found).replace("\n", "").isprintable()
    assert json.loads(difference_json(found))["kind"] == "plan_diff"


@cache
def whole_elements() -> tuple[Element, ...]:
    """What the plan that is changed below does."""
    return read_plan(whole(), "plan.json").expected.elements


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inner:
        found += _places(below, (*path, name))
    return found


def _changed(table: Any, place: tuple[Any, ...], value: Any, *, drop: bool) -> Any:
    if not place:
        return value
    copy = json.loads(json.dumps(table))
    inner = copy
    for name in place[:-1]:
        inner = inner[name]
    if drop:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return copy


def test_the_plan_that_is_changed_below_is_a_rich_one() -> None:
    """Or else the tests below would say little."""
    table = json.loads(whole())
    kinds = {step["kind"] for album in table["albums"] for step in album["wanted"]}
    assert kinds >= {"create_album", "upload", "edit_album", "edit_image"}
    assert {gate["name"] for album in table["albums"] for gate in album["gates"]} >= {"prune", "publish"}
    _shown(whole())


@examples(300)
@given(st.data())
def test_any_change_of_a_value_is_refused_or_shown(data: st.DataObject) -> None:
    """One value replaced by another or dropped, in a file that is sealed anew: as somebody would who means it."""
    table = json.loads(whole())
    place = data.draw(st.sampled_from(_places(table)))
    made = _changed(table, place, data.draw(VALUES), drop=data.draw(st.booleans()))
    if isinstance(made, dict) and data.draw(st.booleans()):
        made["checksum"] = checksum(made)
    _shown(json.dumps(made))


@examples(200)
@given(st.data())
def test_any_damage_is_refused_or_shown(data: st.DataObject) -> None:
    """Cut off, a byte flipped, a piece twice, and texts of any kind."""
    text = whole()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    kind = data.draw(st.sampled_from(["cut", "out", "twice", "other"]))
    pieces = {
        "cut": text[:start],
        "out": text[:start] + text[end:],
        "twice": text[:end] + text[start:],
        "other": text[:start] + data.draw(st.text(max_size=20)) + text[end:],
    }
    _shown(pieces[kind])
    _shown(data.draw(st.text(max_size=60)))
