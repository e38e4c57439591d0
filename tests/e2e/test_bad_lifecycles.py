"""Bad values of collections, texts, orders, moved and removed albums, ids: the place, the remedy, and nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_bad_manifests import row
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table
from tests.support.modes import either

KIND = Inside

BOTH = table("cats") + table("dogs")
CATS = HEAD + table("cats")
TRIPS = '[collections.trips]\nfolders = "trips/*"\n'
COLLECTION = HEAD + "[collections.trips]\nfolders = "
MOVED = '[[moved]]\nfrom = "{}"\nto = "{}"\n'
IMAGE = '[albums.cats.images."{}"]\ntitle = "x"\n'


def images(key: str, line: str = 'title = "x"') -> str:
    """The album of cats with a table of one picture, in lines 9 and 10."""
    return CATS + f"[albums.cats.images.{key}]\n{line}\n"


MANIFESTS = [
    row("folders without a star", COLLECTION + '"trips"\n', ":7:11:", "sub-folders of one folder", '"FOLDER/*"'),
    row("a star in the middle", COLLECTION + '"tr*s/*"\n', ":7:11:", "sub-folders of one folder"),
    row("two stars", COLLECTION + '"trips/**"\n', ":7:11:", '"FOLDER/*"'),
    row("folders above", COLLECTION + '"../x/*"\n', ":7:11:", "contains ..", "--allow-root"),
    row("folders of the root", COLLECTION + '"/*"\n', ":7:11:", "--allow-root"),
    row("folders in the state's", COLLECTION + '".imgur-sync/*"\n', ":7:11:", "holds no pictures"),
    row("folders that are a list", COLLECTION + '["a/*", "b/*"]\n', ":7:11:", "trips.folders cannot be"),
    row("folders with NUL", COLLECTION + '"a\\u0000b/*"\n', ":7:11:"),
    row("folders that are not there", COLLECTION + '"nowhere/*"\n', "nowhere", "make the folder"),
    row("folders and folder", COLLECTION + '"cats/*"\nfolder = "x"\n', ":8:1:", "collections.trips.folder"),
    row("an id for many", COLLECTION + '"cats/*"\nid = "AbC1234"\n', ":8:1:", "collections.trips.id"),
    row("a word in a title", COLLECTION + '"cats/*"\ntitle = "{stem}"\n', ":8:9:", "{folder}"),
    row("a name with a slash", HEAD + '[collections."a/b"]\nfolders = "cats/*"\n', ":6:14:", "[collections.trips]"),
    row("a name with an escape", HEAD + '[collections."\\u001b]0;x"]\nfolders = "cats/*"\n', ":6:14:", '"\\x1b]0;x"'),
    row("a collection over an album", CATS + COLLECTION[len(HEAD) :] + '"./*"\n', ":7:10:", "(line 10)"),
    row("a picture above", images('"../x.jpg"'), ":9:21:", 'such as "tom.jpg"'),
    row("an absolute picture", images('"/etc/x.jpg"'), ":9:21:", 'such as "tom.jpg"'),
    row("a picture without a name", images('""'), ":9:21:", "cannot be a file of albums.cats"),
    row("a picture with NUL", images('"a\\u0000.jpg"'), ":9:21:", "cannot be a file of"),
    row("a path of 5,000", images('"' + "a" * 5000 + '"'), ":9:21:", "cannot be a file of"),
    row("a path with escapes", images('"../\\u001b[31m\\u202e"'), ":9:21:", "\\x1b[31m"),
    row("a file twice in two spellings", images('"\\u00e9"') + IMAGE.format("e\\u0301"), ":11:", "line 9"),
    row("an unknown text", images('"a.jpg"', 'titel = "x"'), ":10:1:", "mean title?"),
    row("a number as a text", images('"a.jpg"', "title = 5"), ":10:9:", "a text of up to 1000"),
    row("a title of 2,000", images('"a.jpg"', f'title = "{"x" * 2000}"'), ":10:9:", "up to 1000 characters"),
    row("a text of 10 kB", images('"a.jpg"', f'description = "{"x" * 10_001}"'), ":10:15:", "up to 10000"),
    row("a title of two lines", images('"a.jpg"', 'title = "a\\nb"'), ":10:9:", "one line"),
    row("a title with an escape", images('"a.jpg"', 'title = "\\u001b[2J"'), ":10:9:", "control characters"),
    row("a picture that is a text", CATS + '[albums.cats.images]\n"a.jpg" = "Tom"\n', ":10:1", "albums.cats.images"),
    row("an unknown placeholder", HEAD + table("cats", 'image_title = "{date}"'), ":9:15:", "{stem}, {name}"),
    row("half a placeholder", HEAD + table("cats", 'image_title = "{stem"'), ":9:15:", "{{ or }}"),
    row("code in a placeholder", HEAD + table("cats", 'image_title = "{stem.__class__}"'), ":9:15:"),
    row("an unknown order", HEAD + table("cats", 'order = "size"'), ":9:9:", '"natural", "name", "modified", "taken"'),
    row("an order of nothing", HEAD + table("cats", "order = []"), ":9:9:", "a list of files"),
    row("an order of numbers", HEAD + table("cats", "order = [1, 2]"), ":9:9:", "a list of files"),
    row("an order above", HEAD + table("cats", 'order = ["../a.png"]'), ":9:9:", "a list of files"),
    row("an order twice", HEAD + table("cats", 'order = ["\\u001b", "\\u001b"]'), ":9:9:", '"\\x1b" is there twice'),
    row("an order of 20,000", HEAD + table("cats", f"order = {[f'{n}.png' for n in range(20_000)]}"), ":9:9:"),
    row("a cover above", HEAD + table("cats", 'cover = "../a.png"'), ":9:9:", '"first", "newest"'),
    row("moved to nowhere", CATS + MOVED.format("a", "birds"), ":11:6:", "is no album", "the key that the album has"),
    row("moved to itself", CATS + MOVED.format("cats", "cats"), ":11:6:", "remove this table"),
    row("moved and still there", HEAD + BOTH + MOVED.format("dogs", "cats"), ":13:8:", "still an album", "(line 9)"),
    row(
        "moved in a ring", CATS + MOVED.format("a", "b") + MOVED.format("b", "a"), ":10:8:", "do not follow each other"
    ),
    row("two move to one", CATS + MOVED.format("a", "cats") + MOVED.format("b", "cats"), ":14:6:", "they stay two"),
    row("moved with an escape", CATS + MOVED.format("a", "\\u001b[31m"), ":11:6:", "\\x1b[31m"),
    row("moved as a table", CATS + '[moved]\nfrom = "a"\nto = "cats"\n', ":9:2:", "[[moved]]"),
    row("moved without from", CATS + '[[moved]]\nto = "cats"\n', ":9:3:", "from is missing"),
    row("removed and still there", CATS + '[[removed]]\nalbum = "cats"\n', ":10:9:", "[albums.cats]"),
    row("removed twice", CATS + '[[removed]]\nalbum = "a"\n' * 2, ":12:9:", "(line 10)"),
    row("removed somehow", CATS + '[[removed]]\nalbum = "a"\npictures = "keep"\n', ":11:12:", '"detach" or "delete"'),
    row(
        "a removed key of 2,000",
        CATS + f'[[removed]]\nalbum = "{"x" * 2000}"\n',
        ":10:9:",
        "the key that the album had",
    ),
    row("no id", HEAD + table("cats", 'id = "not an id"'), ":9:6:", 'such as "AbC1234"'),
    row(
        "an id of another kind",
        HEAD + table("cats", 'id = "https://imgur.com/user/me"'),
        ":9:6:",
        "address of its page",
    ),
    row("an id with a path", HEAD + table("cats", 'id = "AbC1234/../../account/me"'), ":9:6:", "address of its page"),
    row("one id for two", HEAD + table("cats", 'id = "AbC12"') + table("dogs", 'id = "AbC12"'), ":13:6:", "(line 9)"),
    row("a key twice in an image", images('"a.jpg"', 'title = "x"\ntitle = "y"'), ":11:1:", "given twice"),
    row("5,000 wrong moves", CATS + MOVED.format("a", "x") * 5000, ":11:6:", "is no album"),
]


@pytest.mark.parametrize(("text", "words"), MANIFESTS)
def test_a_bad_lifecycle_is_refused_with_place_and_remedy(text: bytes, words: tuple[str, ...], shared: Mirror) -> None:
    """65; nothing is sent; no control character reaches the terminal, and no message has no end."""
    path = shared.folder / "sync.toml"
    before, good = shared.last(), path.read_bytes()
    try:
        path.write_bytes(text)
        told = shared.run("plan", code=65)
    finally:
        path.write_bytes(good)
    for word in words:
        assert word in told.stderr, told.stderr[:3000]
    assert "write something else" not in told.stderr, "a remedy that is none"
    assert "\x1b" not in told.stderr
    assert "\u202e" not in told.stderr
    assert len(told.stderr) < 200_000
    assert told.stdout == ""
    assert shared.last() == before


ANONYMOUS: list[Any] = [
    pytest.param(table("cats", 'privacy = "secret"'), ":11:11:", id="a secret album"),
    pytest.param(TRIPS + 'privacy = "secret"\n', ":12:11:", id="a secret collection"),
    pytest.param('[defaults]\nprivacy = "secret"\n' + table("cats"), ":11:11:", id="everything secret"),
    pytest.param(table("cats", 'id = "AbC1234"'), ":13:6:", id="an id"),
]


@pytest.mark.parametrize(("text", "place"), ANONYMOUS)
def test_what_only_an_account_can_have_is_refused_without_one(text: str, place: str, tmp_path: Path) -> None:
    """65 with the place; nothing is asked of Imgur."""
    with either(tmp_path, "anonymous", kind=Inside) as here:
        (here.folder / "trips").mkdir()
        here.manifest("\n" + text if "secret collection" in text else text)
        told = here.run("plan", code=65).stderr
        assert 'needs an account, and account.mode is "anonymous"' in told
        assert here.requests() == []


def test_hostile_folders_of_a_collection_are_albums_like_others(tmp_path: Path) -> None:
    """Names that mean something to terminals and CI systems: keys and titles are written harmlessly, once each."""
    names = [b"a\x1b[31mb", b"new\nline", b"::set-output name=x::y", "x\u202egpj".encode(), b"bad\xff", b"%s {folder}"]
    with mirror(tmp_path, kind=Inside) as here:
        for number, name in enumerate(names):
            folder = here.folder.__fspath__().encode() + b"/trips/" + name
            (here.folder / "trips").mkdir(exist_ok=True)
            Path(folder.decode("utf-8", "surrogateescape")).mkdir()
            path = Path((folder + b"/p.png").decode("utf-8", "surrogateescape"))
            path.write_bytes(here.put("seed.png", number).read_bytes())
        here.manifest('[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n')
        for command in (
            ["validate"],
            ["plan"],
            ["apply", "-y", "-v"],
            ["status"],
            ["links"],
            ["history", "-v"],
            ["diff"],
        ):
            done = here.run(*command)
            told = done.stdout + done.stderr
            assert not {"\x1b", "\u202e", "\udcff"} & set(told), command
            assert not [line for line in told.splitlines() if line.startswith("::")], command
        assert len(here.look("world")["albums"]) == len(names)
        assert here.json("plan", "--refresh")["empty"] is True


def test_a_list_of_ten_thousand_files_and_as_many_texts_are_planned(tmp_path: Path) -> None:
    """Within the limits that are promised; those that are not there are told, and not all of them."""
    with mirror(tmp_path, kind=Inside) as here:
        listed = [f"c{number}.png" for number in range(10_000)][::-1]
        texts = "".join(IMAGE.format(f"c{number}.png") for number in range(10_000))
        here.manifest(table("cats", f"order = {listed}") + texts)
        told = here.run("plan", "--offline")
        assert "uploads bring their own texts" in told.stdout
        assert len(told.stdout) < 50_000
