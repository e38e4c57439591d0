"""Ways of damaging bytes and values, for Hypothesis."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

_MAGIC = [
    b"\0",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"\0\0\0\0\0\0\0\0",
    b"\xff" * 8,
    b"\x01" * 20,
    b"\n",
    b'"',
    b"\\u0000",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"NaN",
    b"1e999",
    b"[[[[[[[[",
]


@st.composite
def damaged(draw: st.DrawFn, corpus: Sequence[bytes], most: int = 4) -> bytes:
    """One of `corpus` after up to `most` bit flips, cuts, doublings, moves, insertions and splices with another."""
    data = bytearray(draw(st.sampled_from(corpus)))
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.sampled_from([1, 1, 2, 4, 8, 16, 100, 1000, 5000]))
        match draw(st.sampled_from(["flip", "set", "cut", "end", "double", "insert", "overwrite", "splice", "move"])):
            case "flip" if data:
                data[start] ^= 1 << draw(st.integers(0, 7))
            case "set" if data:
                data[start] = draw(st.integers(0, 255))
            case "cut":
                del data[start : start + length]
            case "end":
                del data[start:]
            case "double":
                data[start:start] = data[start : start + length]
            case "insert":
                data[start:start] = draw(st.sampled_from(_MAGIC) | st.binary(max_size=8))
            case "overwrite":
                piece = draw(st.sampled_from(_MAGIC) | st.binary(max_size=8))
                data[start : start + len(piece)] = piece
            case "splice":
                other = draw(st.sampled_from(corpus))
                at = draw(st.integers(0, len(other)))
                data[start : start + length] = other[at : at + length]
            case "move":
                piece = data[start : start + length]
                del data[start : start + length]
                at = draw(st.integers(0, len(data)))
                data[at:at] = piece
    return bytes(data)


ODD = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1,
        2**31,
        2**53 + 1,
        2**63,
        -(2**63) - 1,
        10**19,
        10**400,
        0.5,
        -0.0,
        1e308,
        float("nan"),
        float("inf"),
        float("-inf"),
        "",
        " ",
        "0",
        "null",
        "NaN",
        "\0",
        "\ud800",
        "\x1b[31m",
        "\u202e",
        "../../etc/passwd",
        "::error::x",
        "</script>",
        "x" * 300,
        [],
        {},
        [[]],
        {"": {}},
    ]
)
"""Values that a careless reader trips over."""
VALUES = st.recursive(
    ODD | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


def paths_of(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value inside a JSON value, the whole first."""
    found = [here]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        found += paths_of(inner, (*here, name))
    return found


@st.composite
def misshapen(draw: st.DrawFn, good: Any, most: int = 3) -> Any:
    """A JSON value with up to `most` of its parts replaced, removed, renamed or doubled."""
    value = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(paths_of(value)))
        if not path:
            if draw(st.integers(0, 9)) == 0:
                value = copy.deepcopy(draw(VALUES))
            continue
        holder = value
        for name in path[:-1]:
            holder = holder[name]
        last = path[-1]
        match draw(st.sampled_from(["replace", "replace", "replace", "remove", "wrap", "text", "double"])):
            case "replace":
                holder[last] = copy.deepcopy(draw(VALUES))
            case "remove":
                del holder[last]
            case "wrap":
                holder[last] = draw(st.sampled_from([[holder[last]], {"data": holder[last]}, str(holder[last])]))
            case "text":
                holder[last] = draw(st.text(max_size=30))
            case "double":
                holder[last] = [holder[last], holder[last]]
    return value


@st.composite
def encoded(draw: st.DrawFn, value: st.SearchStrategy[Any]) -> bytes:
    """The JSON of a value: at times with a key twice, deeply nested, in another encoding or cut."""
    drawn = draw(value)
    text = json.dumps(drawn, ensure_ascii=draw(st.booleans()))
    body = text.encode("utf-8", "surrogatepass")
    match draw(st.sampled_from(["plain"] * 6 + ["twice", "deep", "utf-16", "cut", "jsonp", "bom", "digits"])):
        case "twice" if isinstance(drawn, dict):
            body = b"{" + body[1:-1] + (b"," if drawn else b"") + body[1:]
        case "deep":
            body = b'{"data":' + b"[" * 20_000 + b"]" * 20_000 + b',"success":true,"status":200}'
        case "utf-16":
            body = text.encode("utf-16", "surrogatepass")
        case "cut":
            body = body[: draw(st.integers(0, len(body)))]
        case "jsonp":
            body = b"callback(" + body + b");"
        case "bom":
            body = b"\xef\xbb\xbf" + body
        case "digits":
            body = body.replace(b"1", b"1" * draw(st.sampled_from([30, 5000])), 1)
    return body
