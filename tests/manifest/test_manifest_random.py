"""Whatever the bytes are: a manifest, or a ManifestError whose places are in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.errors import ManifestError
from imgur_sync.manifest import dump, load, load_dumped
from imgur_sync.model.spec import Manifest

WORDS = re.findall(
    r"\w+",
    """version lineage account budget upload gates state defaults albums cats dogs mode profile reserve_credits
in_flight bytes_in_flight max_wait prune min percent run path backend folder title privacy order cover recursive include
exclude priority protect moved watch client_secret id""",
)

keys = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(".".join),
    st.sampled_from(['"a b"', "'x'", '"\\u0061"', '""', "a.", ".", '"']),
)
scalars = st.one_of(
    st.sampled_from(
        ["1", "0", "-1", "true", "nan", "1e400", "0x1F", "1979-05-27 07:32:00", "'hidden'", '"cats"', '"a/b"']
    ),
    st.sampled_from(
        ['"3m"', '"natural"', '"first"', '"../x"', '"/etc"', '"""\nx"""', "'''a\n'''", '"\\u0000"', '"', "=", ""]
    ),
    st.integers().map(str),
    st.text(max_size=8).map(lambda text: f'"{text}"'),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(st.tuples(keys, inner), max_size=3).map(
            lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items) + "}"
        ),
    ),
    max_leaves=4,
)
lines = st.one_of(
    st.tuples(keys, values).map(" = ".join),
    keys.map(lambda key: f"[{key}]"),
    keys.map(lambda key: f"[[{key}]]"),
    st.sampled_from(["version = 1", "# x", "", "[albums.cats]", 'folder = "cats"', "\r", "]", "}", '"""', "\ufeff"]),
)
documents = st.tuples(
    st.sampled_from(["", "version = 1\n", 'version = 1\n[albums.cats]\nfolder = "cats"\n']),
    st.lists(lines, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
).map(lambda parts: parts[0] + parts[2].join(parts[1]))


def attempt(directory: Path) -> Manifest | ManifestError:
    try:
        return load(None, directory=directory)
    except ManifestError as error:
        return error


def judge(directory: Path, data: bytes) -> None:
    (directory / "sync.toml").write_bytes(data)
    found = attempt(directory)
    if isinstance(found, ManifestError):
        assert found.problems
        text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        assert [one.line for one in found.problems[:-1]] == sorted(one.line for one in found.problems[:-1])
        for problem in found.problems:
            assert problem.what
            assert 0 <= problem.line <= len(text)
            assert problem.line == 0 or 1 <= problem.column <= len(text[problem.line - 1]) + 1
            assert (problem.what + problem.remedy + problem.source).isprintable()
    else:
        assert load_dumped(dump(found)) == found


@settings(max_examples=400, deadline=None)
@given(documents)
def test_any_toml_is_a_manifest_or_a_manifest_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Made of the words of a manifest in any arrangement, good and broken."""
    judge(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_manifest_or_a_manifest_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Also such as are no text."""
    judge(tmp_path_factory.getbasetemp(), data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_manifest_is_a_manifest_error_or_still_good(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The example with a piece cut out, doubled or replaced."""
    text = (Path(__file__).parents[2] / "sync.example.toml").read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 80)))
    middle = data.draw(st.one_of(st.just(b""), st.binary(max_size=6), st.just(text[start:end] * 2)))
    judge(tmp_path_factory.getbasetemp(), text[:start] + middle + text[end:])
