"""What was changed on Imgur, as the text of an issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from imgur_sync.model.plan import AlbumPlan, Drift, Gate, GateName, Plan, Unsettled
from imgur_sync.report import commonmark
from imgur_sync.report.drift_markdown import LIMIT, drift_markdown
from tests.support.comments import live_parts

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]

TITLE = Drift("cats", "the title was changed on Imgur", "it is set back")


def test_each_change_stands_with_its_answer(album: Albums, plan: Plans) -> None:
    """Album by album, then the pictures of others, which nobody touches."""
    gate = Gate(GateName.RESTORE, "cats", 4, "4 of 5 pictures are gone from Imgur")
    part = album(drift=(TITLE,), gates=(gate,), foreign=2)
    text = drift_markdown(plan(part, unchanged_foreign=(("dogs", 1),)))
    assert text.splitlines()[1] == "### imgur-sync drift: 1 change on Imgur, in 1 album"
    assert "#### `cats`\n\n- the title was changed on Imgur: **it is set back**\n- gate **restore**: 4 of 5" in text
    assert "- `cats`: 2 pictures\n- `dogs`: 1 picture\n" in text
    assert live_parts(text) == []


def test_nothing_changed_is_told_as_such(album: Albums, plan: Plans) -> None:
    """The changes that you made yourself are not told."""
    text = drift_markdown(plan(album()))
    assert text.splitlines()[1] == "### imgur-sync drift: nothing was changed"
    assert "4 albums looked at" in text
    blind = album(gates=(Gate(GateName.LISTING, "cats", 1, "the list is not whole"),))
    assert "nothing was changed" not in drift_markdown(plan(blind))


def test_the_digest_changes_with_what_is_told_and_with_nothing_else(album: Albums, plan: Plans) -> None:
    """A job rewrites its issue only when there is news."""
    one = plan(album(drift=(TITLE,)))
    later = replace(one, made_at=one.made_at + 3600, digest="sha256:" + "cd" * 32, observation_reads=7)
    assert drift_markdown(one) == drift_markdown(later)
    other = plan(album(drift=(replace(TITLE, what="the privacy was changed on Imgur to public"),)))
    assert drift_markdown(one).splitlines()[0] != drift_markdown(other).splitlines()[0]


def test_hostile_names_are_inert_in_an_issue(
    hostile: str, album: Albums, plan: Plans, inert: Callable[[str], None]
) -> None:
    """Wherever one can stand."""
    part = album(
        key=hostile,
        drift=(Drift(hostile, hostile, hostile),),
        unsettled=(Unsettled(hostile, hostile, 0.0),),
        gates=(Gate(GateName.LISTING, hostile, 1, hostile),),
        foreign=1,
    )
    text = drift_markdown(plan(part, unchanged_foreign=((hostile, 2),)))
    inert(text)
    assert live_parts(text) == []


def test_a_thousand_changed_albums_fit(album: Albums, plan: Plans) -> None:
    """Those that do not fit are counted."""
    many = tuple(
        replace(TITLE, what=f"the text of {'x' * 100}{number}.jpg was changed on Imgur") for number in range(99)
    )
    text = drift_markdown(plan(*(album(key=f"album-{number}", drift=many) for number in range(4000))))
    assert 30_000 < commonmark.length(text) <= LIMIT
    assert "more albums: `imgur-sync drift` lists all._" in text
    assert live_parts(text) == []
