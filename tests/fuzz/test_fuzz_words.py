"""Words of a command line, rules of a folder and visits of a browser, with anything in them."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from imgur_sync.cli.asking import approvals
from imgur_sync.cli.keys import exact, fitting
from imgur_sync.cli.redaction import Redactor
from imgur_sync.errors import UsageError
from imgur_sync.imgur.auth import Grant
from imgur_sync.imgur.plain import plain, without_markup
from imgur_sync.imgur.visit import Denied, Page, answer, read_visit
from imgur_sync.local.rules import album_rules
from imgur_sync.model.plan import GateName
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.report.escape import terminal
from tests.fuzz import told
from tests.fuzz.amounts import examples
from tests.fuzz.damage import damaged

WORDS = st.text(max_size=12) | st.sampled_from(
    ["prune", "purge", "strike", "=", "=1", "=٣", "=-1", "=1e3", "=+1", ",", ""]
)


@examples(400)
@given(st.lists(st.lists(WORDS, max_size=5).map("".join) | st.just("prune=37,publish=1"), max_size=3))
def test_any_approval_is_understood_or_refused(texts: list[str]) -> None:
    """Names of gates and whole numbers, exactly as they stand there."""
    try:
        found = approvals(texts)
    except UsageError as error:
        told.check(error)
        return
    for gate, number in found.items():
        assert isinstance(gate, GateName)
        assert re.search(rf"{gate.value}\s*=\s*0*{number}\b", ",".join(texts))


@examples(300)
@given(st.text(max_size=20) | st.sampled_from(["*", "trips/*", "[", "[!a", "*" * 60 + "z", "?" * 300]))
def test_any_name_of_an_album_means_one_or_is_refused(name: str) -> None:
    """Patterns in time, odd characters escaped where they are shown."""
    keys = ("cats", "dogs", "trips/alps", "a" * 100)
    for ask in (lambda: fitting(name, keys), lambda: exact(name, keys)):
        with suppress(UsageError):
            found = ask()
            assert found is None or set(found) <= set(keys)


LINES = st.text(max_size=20) | st.lists(
    st.sampled_from(["*", "**", "/", "a", "[", "]", "!", "\\", "?", "#", " ", "b-", "^", ":"]), max_size=8
).map("".join)
RULES = st.lists(LINES, max_size=5).map("\n".join).map(lambda text: text.encode("utf-8", "surrogatepass"))
PATHS = st.lists(st.text("ab*[]!\\ \n^", min_size=1, max_size=6), min_size=1, max_size=5).map("/".join)


@examples(500)
@given(RULES | st.binary(max_size=60), PATHS)
@example(b"[[ab]", "[")
@example(b"[a--b]", "a")
def test_any_pattern_file_decides_or_is_refused(data: bytes, path: str) -> None:
    """No warning of Python's, no error but `ValueError`, and the same answer when it is asked again."""
    rules = album_rules(AlbumSpec("cats", "cats", Path("/cats")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            below = rules.below("", data)
        except ValueError:
            return
        name = path.rpartition("/")[2]
        first = below.leaves_out(path, name), below.leaves_out_folder(path, name)
    assert first == (below.leaves_out(path, name), below.leaves_out_folder(path, name))


STATE, SECRET = "s" * 43, "canary-code-0123456789"
PAGE = Page("/callback", frozenset({"127.0.0.1:8080", "localhost:8080"}), Secret(STATE), "nonce", False)
IMPLICIT = Page("/callback", frozenset({"127.0.0.1:8080"}), Secret(STATE), "nonce", True)
GET = f"GET /callback?{urlencode({'state': STATE, 'code': SECRET})} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n".encode()
FIELDS = urlencode({"state": STATE, "access_token": SECRET, "refresh_token": SECRET, "expires_in": "3600"}).encode()
POST = (
    b"POST /callback HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: http://127.0.0.1:8080\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(FIELDS) + FIELDS
)
NO = f"GET /callback?state={STATE}&error=access_denied HTTP/1.1\r\nHost: localhost:8080\r\n\r\n".encode()


@examples(600)
@given(damaged([GET, POST, NO], most=5) | st.binary(max_size=300), st.booleans(), st.booleans())
def test_any_visit_to_the_page_of_the_log_in_is_answered(data: bytes, implicit: bool, whole: bool) -> None:
    """What is found was sent with the state; the answer says nothing of what was sent."""
    page = IMPLICIT if implicit else PAGE
    visit = read_visit(data, page, whole=whole, largest=16_384)
    if visit is None:
        return
    assert visit.status in (200, 400, 403, 404, 405, 413, 421)
    if isinstance(visit.found, Secret | Grant):
        assert STATE.encode() in data or b"%" in data
    elif isinstance(visit.found, Denied):
        assert visit.found.error.isprintable()
        assert len(visit.found.error) <= 60
    reply = answer(visit, page)
    assert SECRET.encode() not in reply
    assert STATE.encode() not in reply


PIECES = [
    "<script>",
    "</script",
    "<",
    ">",
    "\x1b[2J",
    "\u202e",
    "::error::",
    "Bearer ",
    "access_token=",
    "\n",
    "error 1024",
    "\ud800",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=10), max_size=12).map("".join)


@examples(400)
@given(TEXTS)
def test_any_text_from_outside_is_made_fit_to_be_shown(text: str) -> None:
    """One line for an error, and nothing that moves a terminal's cursor."""
    assert plain(without_markup(text)).isprintable()
    shown = terminal(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    shown.encode()


@examples(300)
@given(TEXTS, TEXTS, st.sampled_from(["", "\n", " ", '"', "\\"]))
def test_a_known_secret_never_comes_through(before: str, after: str, between: str) -> None:
    """Whatever stands around it."""
    redactor = Redactor()
    redactor.know(SECRET)
    assert SECRET not in redactor.redact(f"{before}{between}{SECRET}{between}{after}")


@examples(60)
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8))
def test_any_names_in_a_folder_are_scanned(names: list[bytes]) -> None:
    """Every name that the file system takes: scanned, exact, and in the order of its bytes."""
    from imgur_sync.executor import SystemClock
    from imgur_sync.local.folders import Folders
    from imgur_sync.model.local import LocalAlbum
    from imgur_sync.state.cache import SqliteCache
    from tests.support.pictures import png

    with TemporaryDirectory() as name:
        root = os.fsencode(os.path.join(name, "cats"))
        os.mkdir(root)
        made: set[bytes] = set()
        for number, one in enumerate(names):
            with suppress(OSError, ValueError), open(os.path.join(root, one), "xb") as file:
                if b"/" not in one:
                    file.write(png(seed=number))
                    made.add(one)
        spec = AlbumSpec("cats", "cats", Path(os.fsdecode(root)))
        with SqliteCache(Path(name) / "cache.db") as cache:
            for _ in range(2):  # the second time from the cache
                found = Folders(cache, SystemClock()).scan(spec)
                assert isinstance(found, LocalAlbum)
                paths = [os.fsencode(file.path) for file in found.files]
                assert paths == sorted(paths)
                assert set(paths) <= made
                assert not found.errors
