"""Manifests and settings with anything in them: understood, or refused with a place and a remedy."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w
from hypothesis import example, given
from hypothesis import strategies as st

from imgur_sync.cli.completing import album_keys
from imgur_sync.cli.glance import glance
from imgur_sync.cli.stored import Place
from imgur_sync.errors import CredentialsError, ManifestError, UsageError
from imgur_sync.imgur.origin import Origin
from imgur_sync.manifest import dump, load, load_dumped
from imgur_sync.manifest.amounts import MIB, Duration, Size
from imgur_sync.manifest.formatting import Unchangeable, comments, formatted
from imgur_sync.settings import load_settings
from tests.fuzz import told
from tests.fuzz.amounts import examples
from tests.fuzz.damage import VALUES, damaged, misshapen

CANARY = "canary-secret-0123456789"
ROOT = Path(__file__).parents[2]
LIVELY = """\
version = 1
lineage = "k3v9x2mq"
# a comment of its own
[budget]
max_credits_per_run = 400   # behind a value
[gates]
prune = { min = 3, percent = 20, run = 100 }
replace = { min = 5, percent = 30 }
[defaults]
exclude = [
  "drafts/", # inside an array
  '''raw\\*''',
]
[albums.cats]
folder = "cats"
title = \"\"\"Cats
and more\"\"\"
order = ["b.jpg", "a.jpg"]
[albums.cats.images."tom.jpg"]
title = "Tom"
[albums."trips/alps"]
folder = "trips/alps"
[collections.trips]
folders = "trips/*"
title = "{folder}"
[[moved]]
from = "kitties"
to = "cats"
[[removed]]
album = "old"
"""


@cache
def corpus() -> list[bytes]:
    """Manifests that are good."""
    return [LIVELY.encode(), LIVELY.encode(), (ROOT / "sync.example.toml").read_bytes(), LIVELY.encode("utf-16")]


def as_toml(value: Any) -> Any:
    """A JSON value as TOML can hold it: no null, no half of a surrogate pair, integers of 64 bits."""
    match value:
        case dict():
            return {as_toml(str(name)): as_toml(inner) for name, inner in value.items()}
        case list():
            return [as_toml(inner) for inner in value]
        case None:
            return "null"
        case str():
            return value.encode("utf-8", "replace").decode()
        case _:
            return value


@cache
def parsed() -> list[dict[str, Any]]:
    """The same, as values."""
    return [tomllib.loads(LIVELY), tomllib.loads((ROOT / "sync.example.toml").read_text(encoding="utf-8"))]


WRONG_VALUES = st.deferred(lambda: st.sampled_from(parsed()).flatmap(misshapen)).map(
    lambda value: tomli_w.dumps(as_toml(value if isinstance(value, dict) else {"x": value})).encode()
)
BYTES = st.deferred(lambda: damaged(corpus())) | WRONG_VALUES


def judged(folder: Path, data: bytes) -> None:
    """It is a manifest that survives being kept, or an error all of whose parts can be shown."""
    (folder / "sync.toml").write_bytes(data)
    try:
        found = load(None, directory=folder, check_folders=False)
    except ManifestError as error:
        told.check_problems(error, data)
        return
    assert load_dumped(dump(found)) == found


@examples(350)
@given(BYTES)
@example(b'version = 1\n[[moved]]\nfrom = ["a"]\nto = "b"\n[[removed]]\nalbum = "c"\n')
def test_any_manifest_is_understood_or_refused(data: bytes) -> None:
    """Bytes flipped, cut, moved and spliced, and any value in the place of any other."""
    with TemporaryDirectory() as folder:
        judged(Path(folder), data)


@examples(350)
@given(BYTES)
def test_what_is_told_without_checking_never_fails(data: bytes) -> None:
    """`status`, `links` and a shell's completion look at manifests that nobody checked."""
    with TemporaryDirectory() as name:
        path = Path(name) / "sync.toml"
        path.write_bytes(data)
        try:
            manifest = glance(path)
        except (ValueError, RecursionError):
            assert album_keys(str(path)) == []
            return
        place = Place(path, path.parent, manifest)
        for album in ("cats", "trips/alps", "trips/%ff%00", "nobody", ""):
            assert place.folder(album) is None or isinstance(place.folder(album), Path)
            order, listed = place.order(album)
            assert order
            assert all(isinstance(path, str) for path in listed)
        assert all(key.isprintable() for key in album_keys(str(path)))


@examples(400)
@given(BYTES)
@example(b'a = """\n# no comment"""  # one\n')
@example(b"a = [\n# one\n1, # two\n]\n[b]\n[[c]]\n")
def test_tidying_up_changes_no_value_and_no_comment(data: bytes) -> None:
    """Whatever is TOML comes out with the same values in the same order, and tidying up again changes nothing."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        before = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    try:
        new = formatted(text)
    except Unchangeable:
        return
    assert same(tomllib.loads(new), before)
    assert sorted(comments(new)) == sorted(comments(text))
    assert formatted(new) == new


def same(one: Any, other: Any) -> bool:
    """Equal values in an equal order below the first level; NaN equals itself."""
    return {name: repr(value) for name, value in one.items()} == {name: repr(value) for name, value in other.items()}


CONFIG = f"""\
[profiles.default]
client_id = "0123456789abcde"
client_secret_file = "secret"
refresh_token_file = "nowhere"
api_url = "https://api.imgur.com"
settle_seconds = 90
[profiles.work]
access_token = "{CANARY}"
"""


@examples(300)
@given(
    damaged([CONFIG.encode()])
    | misshapen(tomllib.loads(CONFIG)).map(
        lambda value: tomli_w.dumps(as_toml(value if isinstance(value, dict) else {"x": value})).encode()
    ),
    st.sampled_from(["default", "work", "", "no\n", "::x"]),
    st.binary(max_size=20) | st.sampled_from([CANARY.encode(), b"\xef\xbb\xbfok\n", b"a b"]),
)
def test_any_settings_are_understood_or_refused_without_showing_a_secret(
    data: bytes, profile: str, secret: bytes
) -> None:
    """config.toml and the files that it names."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_bytes(data)
        (folder / "secret").write_bytes(secret)
        try:
            found = load_settings({"IMGUR_SYNC_CONFIG_DIR": name, "HOME": name}, profile=profile)
        except (UsageError, CredentialsError) as error:
            told.check(error, CANARY)
            return
        assert Origin.parse(found.api_url).text == found.api_url
        assert CANARY not in repr(found)


NAMES = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN", "API_URL", "SETTLE_SECONDS", "STATE_DIR")
ODD_TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=30) | st.sampled_from(
    [
        CANARY,
        CANARY + "\n",
        f"{CANARY} {CANARY}",
        "http://evil.example",
        "https://a:b@c",
        "https://[::1",
        "1e3",
        "nan",
        "٣",
    ]
)


@examples(300)
@given(st.dictionaries(st.sampled_from(NAMES), ODD_TEXTS, max_size=4))
def test_any_environment_is_understood_or_refused_without_showing_a_secret(given_: dict[str, str]) -> None:
    """Values from a CI system with anything in them."""
    with TemporaryDirectory() as name:
        environ = {f"IMGUR_SYNC_{key}": value for key, value in given_.items() if key != "STATE_DIR"}
        environ |= {"IMGUR_SYNC_CONFIG_DIR": name, "HOME": name}
        try:
            found = load_settings(environ)
        except (UsageError, CredentialsError) as error:
            told.check(error, *([] if CANARY in given_.get("API_URL", "") else [CANARY]))
            return
        assert found.settle_seconds is None or 0 <= found.settle_seconds <= 3600
        origin = Origin.parse(found.api_url)
        assert origin.loopback or origin.text.startswith("https://")


@examples(500)
@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,14}(\.[0-9]{1,8})?(s|m|h|d|KiB|MB|B)?", fullmatch=True) | VALUES)
def test_any_amount_is_within_its_bounds_or_refused(value: Any) -> None:
    """Durations and sizes: a number in the bounds, or ValueError."""
    for kind, low, high in ((Duration(1.0, 86_400.0), 1.0, 86_400.0), (Size(MIB, 1024 * MIB), MIB, 1024 * MIB)):
        try:
            found = kind(value)
        except ValueError:
            continue
        assert low <= found <= high


@examples(300)
@given(ODD_TEXTS | st.from_regex(r"https?://[a-z0-9.:@\[\]/?#-]{0,30}", fullmatch=True))
def test_any_address_is_an_origin_or_refused(text: str) -> None:
    """What is taken is taken again as it is, and nothing that is no https goes anywhere but to this machine."""
    try:
        origin = Origin.parse(text)
    except UsageError as error:
        told.check(error)
        return
    assert Origin.parse(origin.text) == origin
    assert re.fullmatch(r"https?://(\[[0-9a-f:.%a-z]+\]|[^/?#@:]+)(:\d+)?", origin.text), origin.text
    assert origin.loopback or origin.text.startswith("https://")
