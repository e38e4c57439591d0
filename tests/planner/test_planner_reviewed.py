"""A plan that continues a reviewed one is told from one that does something else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.model.plan import AlbumPlan, Plan, Price
from imgur_sync.model.reviewed import Doing, Element
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Move, Place, Step, Upload
from imgur_sync.planner.digest import digest
from imgur_sync.planner.reviewed import beyond, reviewed, wanted_elements

A, B, C = (Place(f"{name}.png", name * 64) for name in "abc")


def _upload(place: Place, title: str | None = None) -> Upload:
    return Upload("cats", place.path, place.digest, 10, "image/png", 1, 1, False, title=title)


def _plan(*steps: Step, manifest: str = "m") -> Plan:
    by_album = dict.fromkeys(step.album for step in steps)
    albums = tuple(
        AlbumPlan(key, "", number, 0, 0, 0, wanted=tuple(step for step in steps if step.album == key))
        for number, key in enumerate(by_album)
    )
    return Plan(manifest, "line", albums, 0, 0, Price(), Price(), None, digest(albums), 1.0)


FIRST = _plan(
    CreateAlbum("cats", "Cats"),
    _upload(A),
    _upload(B, "Tom"),
    EditAlbum("cats", (A, B), detached=(C,), title="Cats", privacy="hidden"),
)


def test_what_a_cut_run_leaves_is_part_of_it() -> None:
    """Fewer uploads, pictures that only have to be placed, a title or a text by itself, the order."""
    allowed = reviewed(FIRST)
    assert beyond(FIRST, allowed) == ()
    for rest in (
        (_upload(B, "Tom"),),
        (EditAlbum("cats", (B, A), attached=(A, B)),),
        (EditAlbum("cats", title="Cats"),),
        (EditAlbum("cats", None, detached=(C,), cover=A),),
        (),
    ):
        assert beyond(_plan(*rest), allowed) == ()


def test_anything_else_is_beyond_it() -> None:
    """Another file, other bytes, another text, another album, a deletion in place of a removal, an order by another
    manifest."""
    allowed = reviewed(FIRST)
    others: dict[Doing, Plan] = {
        Doing.UPLOAD: _plan(_upload(Place("a.png", "f" * 64))),
        Doing.PLACE: _plan(EditAlbum("cats", attached=(C,))),
        Doing.TITLE: _plan(EditAlbum("cats", title="Dogs")),
        Doing.PRIVACY: _plan(EditAlbum("cats", privacy="public")),
        Doing.TAKE_OUT: _plan(EditAlbum("cats", detached=(A,))),
        Doing.DELETE_IMAGE: _plan(DeleteImage("cats", C.path, C.digest)),
        Doing.CREATE_ALBUM: _plan(CreateAlbum("dogs", "Cats")),
        Doing.MOVE: _plan(EditAlbum("cats", moves=(Move("x.png", A.path, A.digest),))),
        Doing.ORDER: _plan(EditAlbum("cats", (B, A)), manifest="n"),
    }
    for doing, plan in others.items():
        assert [element.doing for element in beyond(plan, allowed)] == [doing]
    assert [element.doing for element in beyond(_plan(EditAlbum("dogs", (A,))), allowed)] == [Doing.ORDER]


TEXTS = st.text(max_size=4)
ELEMENTS = st.builds(
    Upload,
    st.sampled_from(["cats", "dogs"]),
    TEXTS,
    TEXTS,
    st.just(1),
    st.just("image/png"),
    st.just(1),
    st.just(1),
    st.just(False),
    title=st.none() | TEXTS,
    description=st.none() | TEXTS,
)


@given(st.lists(ELEMENTS, max_size=6), st.lists(ELEMENTS, max_size=6))
def test_a_plan_is_within_another_exactly_when_its_uploads_are(first: list[Upload], second: list[Upload]) -> None:
    """Whatever the names: undecodable ones, too, and texts that look like parts of others."""
    allowed = reviewed(_plan(*first))
    key = {(s.album, s.path, s.digest, s.title or None, s.description or None) for s in first}
    outside = {
        (s.album, s.path, s.digest)
        for s in second
        if (s.album, s.path, s.digest, s.title or None, s.description or None) not in key
    }
    told = {(e.album, e.path, e.digest) for e in beyond(_plan(*second), allowed) if e.doing is Doing.UPLOAD}
    assert outside == told


def test_texts_and_deletions_are_elements_of_their_own() -> None:
    """One for each text that is changed; one that stays is none."""
    plan = _plan(
        EditImage("cats", A.path, A.digest, "Tom", ""),
        EditImage("cats", B.path, B.digest, None, None),
        DeleteImage("cats", C.path, C.digest),
        DeleteAlbum("dogs"),
    )
    assert set(wanted_elements(plan)) == {
        Element("cats", Doing.PICTURE_TITLE, A.path, A.digest, "Tom"),
        Element("cats", Doing.PICTURE_DESCRIPTION, A.path, A.digest, ""),
        Element("cats", Doing.DELETE_IMAGE, C.path, C.digest),
        Element("dogs", Doing.DELETE_ALBUM),
    }
    assert beyond(plan, reviewed(plan)) == ()


def test_a_text_of_nothing_is_none() -> None:
    """An upload that sends an empty description is the one that sends none."""
    empty = replace(_upload(B, "Tom"), description="")
    assert beyond(_plan(empty), reviewed(_plan(_upload(B, "Tom")))) == ()
    assert [one.doing for one in beyond(_plan(_upload(B)), reviewed(_plan(empty)))] == [Doing.UPLOAD]


def test_elements_are_each_once_and_in_order() -> None:
    """By album and doing, however the steps stand."""
    found = wanted_elements(FIRST)
    assert list(found) == sorted(set(found))
    assert Element("cats", Doing.TAKE_OUT, C.path, C.digest) in found
    assert wanted_elements(replace(FIRST, albums=FIRST.albums[::-1])) == found
