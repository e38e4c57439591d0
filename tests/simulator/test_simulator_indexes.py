"""What is found without a walk is what a walk would find, whatever was done before, and also in a world read again."""

import json

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.simulator import Clock, World
from imgur_sync.simulator.changes import DropAlbum, DropImage, Join, Leave, PutAlbum, PutImage, SetMembers
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.snapshot import restored, taken

IMAGES, ALBUMS, OWNERS = ("i1", "i2", "i3", "i4"), ("a1", "a2", "a3"), ("me", "you", None)
OWNER_OF = {key: OWNERS[number % 3] for number, key in enumerate((*IMAGES, *ALBUMS))}


def image(key, title):
    return Image(key, f"d{key}", OWNER_OF[key], "c", "image/png", 1, 1, 1, "s", 1, title=title)


def album(key, title):
    return Album(key, f"d{key}", OWNER_OF[key], "c", 1, title=title)


SOME = st.lists(st.sampled_from(IMAGES), unique=True, max_size=4).map(tuple)
CHANGE = st.one_of(
    st.builds(lambda key, title: PutImage(image(key, title)), st.sampled_from(IMAGES), st.sampled_from("ab")),
    st.builds(lambda key, title: PutAlbum(album(key, title)), st.sampled_from(ALBUMS), st.sampled_from("ab")),
    st.builds(DropImage, st.sampled_from(IMAGES)),
    st.builds(DropAlbum, st.sampled_from(ALBUMS)),
    st.builds(SetMembers, st.sampled_from(ALBUMS), SOME),
    st.builds(Join, st.sampled_from(ALBUMS), SOME, st.sampled_from((-1, 0, 1))),
    st.builds(Leave, st.sampled_from(ALBUMS), SOME),
)


def check(world):
    albums, images = list(world.albums.values()), list(world.images.values())
    for key in IMAGES:
        assert {one.id for one in world.pictures.holding(key)} == {one.id for one in albums if key in one.images}
    for shelf, held in ((world.albums, albums), (world.images, images)):
        assert len(shelf) == len(held)
        assert list(shelf.ids()) == [one.id for one in held]
        for key in (*IMAGES, *ALBUMS):
            assert shelf.find(f"d{key}") == next((one for one in held if one.id == key), None)
            assert (key in shelf) == any(one.id == key for one in held)
        for owner in OWNERS:
            assert list(shelf.newest_of(owner)) == [one for one in held[::-1] if one.owner == owner]


@given(st.lists(CHANGE, max_size=25))
def test_indexes_agree_with_a_walk(changes):
    world = World(seed="s", clock=Clock(lambda: 1_700_000_000.0))
    for number, change in enumerate(changes):
        world.commit([change], float(number))
        check(world)
    again = World(seed="s")
    again.accounts.clear()
    restored(again, {name: json.dumps(part).encode() for name, part in taken(world)})
    check(again)
    assert list(again.albums.values()) == list(world.albums.values())
    assert list(again.images.values()) == list(world.images.values())
    for change in changes:
        for one in (world, again):
            one.commit([change], 100.0)
        check(again)
    assert list(again.albums.values()) == list(world.albums.values())
